/// A set of scalars: the union of its items, or everything else.
struct ScalarSet: Sendable {
    /// Ranges or a Unicode category, or everything else.
    struct Item: Sendable {
        /// The ranges.
        var ranges: [ClosedRange<UInt32>] = []
        /// The first letters of the names of the Unicode categories.
        var category: String?
        /// Whether the item has what isn't named.
        var isNegated = false

        /// Whether the scalar is in the ranges or the category.
        func names(_ scalar: UInt32) -> Bool {
            ranges.contains { $0.contains(scalar) } || ScalarSet.isOfCategory(category, scalar)
        }
    }

    /// The parts of the set.
    var items: [Item] = []
    /// Whether the set has what no item has.
    var isNegated = false
    /// Whether the case of letters doesn't matter.
    var foldsCase = false

    /// Whether the set has the scalar.
    func contains(_ scalar: UInt32) -> Bool {
        if foldsCase { return contains(oneOf: CaseFolding.forms(of: scalar)) }
        return items.contains { $0.names(scalar) != $0.isNegated } != isNegated
    }

    private func contains(oneOf forms: [UInt32]) -> Bool {
        items.contains { item in forms.contains { item.names($0) } != item.isNegated } != isNegated
    }

    fileprivate static func isOfCategory(_ category: String?, _ scalar: UInt32) -> Bool {
        guard let category, let value = Unicode.Scalar(scalar) else { return false }
        return categoryName(value.properties.generalCategory).hasPrefix(category)
    }

    private static let byCharacter: [Unicode.Scalar: [ClosedRange<UInt32>]] = [
        "d": [0x30...0x39],
        "s": [0x09...0x0A, 0x0C...0x0D, 0x20...0x20],
        "w": [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A],
    ]

    private static let byName: [String: [ClosedRange<UInt32>]] = [
        "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A], "alpha": [0x41...0x5A, 0x61...0x7A], "ascii": [0...0x7F],
        "blank": [0x09...0x09, 0x20...0x20], "cntrl": [0...0x1F, 0x7F...0x7F], "digit": [0x30...0x39],
        "graph": [0x21...0x7E], "lower": [0x61...0x7A], "print": [0x20...0x7E],
        "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E], "space": [0x09...0x0D, 0x20...0x20],
        "upper": [0x41...0x5A], "word": [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A],
        "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
    ]

    /// The item that `\d`, `\S` and so on mean, by their letter.
    static func item(ofLetter letter: UInt32?) -> Item? {
        guard let letter, let scalar = Unicode.Scalar(letter), scalar.isASCII else { return nil }
        if let ranges = byCharacter[scalar] { return Item(ranges: ranges) }
        guard let lowercase = Unicode.Scalar(letter | 0x20), (0x41...0x5A).contains(letter) else { return nil }
        return byCharacter[lowercase].map { Item(ranges: $0, isNegated: true) }
    }

    /// The item that `[:name:]` or `[:^name:]` means.
    static func item(named name: String) -> Item? {
        let isNegated = name.hasPrefix("^")
        return byName[isNegated ? String(name.dropFirst()) : name].map { Item(ranges: $0, isNegated: isNegated) }
    }

    /// The item that `\p{name}` means; scripts are not known.
    static func item(ofCategory name: String) -> Item? {
        if name == "Any" { return Item(ranges: [0...0x10FFFF]) }
        let groups = ["L", "M", "N", "P", "S", "Z", "C"]
        guard groups.contains(name) || categoryNames.contains(name) else { return nil }
        return Item(category: name)
    }

    private static let categoryNames: Set<String> = [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
    ]

    private static func categoryName(_ category: Unicode.GeneralCategory) -> String {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        default: "-"
        }
    }
}

extension ScalarSet {
    /// Whether a scalar is one of `0-9A-Za-z_`.
    static func isWord(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
        default: false
        }
    }
}
