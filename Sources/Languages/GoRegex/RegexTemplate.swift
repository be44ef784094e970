/// What matches are replaced by, with the rules of Go's `Regexp.Expand`: `$1`, `$name`, `${1}`, `${name}`, and `$$` for
/// a `$`.
///
/// A name is as long as can be: `$1x` is the group named `1x`. What isn't there is nothing.
struct RegexTemplate: Sendable {
    private enum Part: Sendable {
        case text([UInt8])
        /// The first of these groups that is part of the match.
        case groups([Int])
    }

    private var parts: [Part] = []

    /// Reads a template for a regular expression with groups of these names.
    init(_ text: String, names: [String?]) {
        var rest = text.unicodeScalars[...]
        var literal: [UInt8] = []
        while let next = rest.popFirst() {
            if next == "$", rest.first == "$" {
                rest.removeFirst()
                literal.append(UInt8(ascii: "$"))
            } else if next == "$", let name = Self.takeName(&rest) {
                parts += [.text(literal), .groups(Self.groups(name, names))]
                literal = []
            } else {
                literal += Array(UTF8.encode(next) ?? UTF8.encodedReplacementCharacter)
            }
        }
        parts.append(.text(literal))
    }

    /// Appends what the template says for a match.
    func expand(_ match: GoRegex.Match, of text: [UInt8], into out: inout [UInt8]) {
        for part in parts {
            switch part {
            case .text(let bytes): out += bytes
            case .groups(let groups):
                if let range = groups.lazy.compactMap({ match.groups[$0] }).first { out += text[range] }
            }
        }
    }

    /// Takes the name or number after a `$`; nil where none is there, and then the `$` stands for itself.
    private static func takeName(_ rest: inout Substring.UnicodeScalarView) -> String? {
        var tail = rest
        let hasBrace = tail.first == "{"
        if hasBrace { tail.removeFirst() }
        let name = tail.prefix { scalar in
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
                true
            default: scalar == "_"
            }
        }
        guard !name.isEmpty else { return nil }
        tail = tail[name.endIndex...]
        if hasBrace, tail.popFirst() != "}" { return nil }
        rest = tail
        return String(name)
    }

    private static func groups(_ name: String, _ names: [String?]) -> [Int] {
        let isNumber = name.utf8.allSatisfy { (0x30...0x39).contains($0) } && (name == "0" || !name.hasPrefix("0"))
        if isNumber, name.utf8.count <= 9, let number = Int(name) {
            return names.indices.contains(number) ? [number] : []
        }
        return names.indices.filter { names[$0] == name }
    }
}
