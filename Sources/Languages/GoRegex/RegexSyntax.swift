// The scalars of patterns are compared with literals throughout; these make `scalar == "*"` and `case "*":` possible.

/// Whether a scalar is there and is this one.
package func == (scalar: UInt32?, literal: Unicode.Scalar) -> Bool { scalar == literal.value }

/// Whether a scalar is this one.
package func ~= (literal: Unicode.Scalar, scalar: UInt32) -> Bool { scalar == literal.value }

/// A part of a regular expression.
indirect enum RegexNode: Sendable {
    /// Exactly this scalar.
    case scalar(UInt32)
    /// One scalar of a set.
    case set(ScalarSet)
    /// Any scalar but a line break.
    case any
    /// A place rather than a scalar.
    case assertion(Assertion)
    /// One after the other.
    case sequence([RegexNode])
    /// One of these.
    case choice([RegexNode])
    /// So many times in a row; without `most` without a limit.
    case repeated(RegexNode, least: Int, most: Int?)

    /// The places that a regular expression can ask for.
    enum Assertion: Sendable { case textStart, textEnd, wordBoundary, noWordBoundary }
}

/// Why a regular expression has no meaning.
package struct RegexError: Error {
    /// The reason, for a message.
    package var reason: String
}

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
    }

    /// The parts of the set.
    var items: [Item] = []
    /// Whether the set has what no item has.
    var isNegated = false

    /// Whether the set has the scalar.
    func contains(_ scalar: UInt32) -> Bool {
        items.contains { item in
            let isInside = item.ranges.contains { $0.contains(scalar) } || Self.isOfCategory(item.category, scalar)
            return isInside != item.isNegated
        } != isNegated
    }

    private static func isOfCategory(_ category: String?, _ scalar: UInt32) -> Bool {
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
        "Sm",
        "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
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

extension RegexNode {
    /// ASCII bytes that every text that it matches has.
    var needed: ByteSet {
        switch self {
        case .scalar(let scalar): scalar < 0x80 ? ByteSet([UInt8(scalar)]) : ByteSet()
        case .sequence(let nodes): nodes.reduce(ByteSet()) { $0.union($1.needed) }
        case .choice(let nodes): nodes.reduce(nodes.isEmpty ? ByteSet() : .all) { $0.intersection($1.needed) }
        case .repeated(let node, let least, _): least > 0 ? node.needed : ByteSet()
        case .set, .any, .assertion: ByteSet()
        }
    }
}
