import CaissonText

/// Puts variables into a text: `$NAME`, `${NAME}`, and with an operator `-`, `:-`, `+`, `:+`, `?` or `:?` after the name.
///
/// `$$` is a dollar sign, and so is a `$` that nothing of this follows. What stands after an operator may hold variables itself,
/// and ends on its line.
struct ComposeTemplate {
    /// Why a text can't be filled in.
    struct Failure: Error {
        /// What is wrong, and what to do.
        var message: String
    }

    /// The value of a variable; nil for one that isn't set.
    private let variables: (String) -> String?
    /// Variables that were put in though they aren't set.
    private(set) var unset: [String] = []
    /// How many bytes may still be put in.
    private(set) var budget: Int

    init(budget: Int, variables: @escaping (String) -> String?) {
        self.variables = variables
        self.budget = budget
    }

    /// The text with all variables put in.
    mutating func substitute(_ text: String) throws(Failure) -> String {
        guard text.utf8.contains(Self.dollar) else { return text }
        let bytes = Array(text.utf8)
        return String(decoding: try substitute(bytes[...], depth: 0), as: UTF8.self)
    }

    private static let dollar = UInt8(ascii: "$")
    private static let open = UInt8(ascii: "{")
    private static let close = UInt8(ascii: "}")

    private mutating func substitute(_ text: ArraySlice<UInt8>, depth: Int) throws(Failure) -> [UInt8] {
        guard depth <= ComposeBounds.depth else {
            throw Failure(message: "variables stand in each other more than \(ComposeBounds.depth) deep")
        }
        var output: [UInt8] = []
        var index = text.startIndex
        var line = Line()
        while index < text.endIndex {
            let next = index + 1 < text.endIndex ? text[index + 1] : 0
            if text[index] != Self.dollar {
                output.append(text[index])
                index += 1
            } else if next == Self.dollar {
                output.append(next)
                index += 2
            } else if next == Self.open {
                index = try braced(text, index, &line, &output, depth)
            } else {
                index = try named(text, index, &output)
            }
        }
        return output
    }

    /// Puts in what follows a `$` without a brace, and tells where it ends.
    private mutating func named(
        _ text: ArraySlice<UInt8>,
        _ index: Int,
        _ output: inout [UInt8]
    ) throws(Failure) -> Int {
        let name = Self.name(text[(index + 1)...])
        guard !name.isEmpty else {
            output.append(Self.dollar)
            return index + 1
        }
        try append(try value(String(decoding: name, as: UTF8.self)), to: &output)
        return name.endIndex
    }

    /// Puts in what stands in the braces after a `$`, and tells where it ends.
    private mutating func braced(
        _ text: ArraySlice<UInt8>,
        _ index: Int,
        _ line: inout Line,
        _ output: inout [UInt8],
        _ depth: Int
    ) throws(Failure) -> Int {
        let name = Self.name(text[(index + 2)...])
        guard !name.isEmpty, name.endIndex < text.endIndex else { throw Self.invalid(text[index...]) }
        let key = String(decoding: name, as: UTF8.self)
        if text[name.endIndex] == Self.close {
            try append(try value(key), to: &output)
            return name.endIndex + 1
        }
        guard let (sign, isStrict, operand) = Self.sign(text[name.endIndex...]),
            let last = line.lastBrace(text, index), last >= operand
        else { throw Self.invalid(text[index...]) }
        let end = Self.balanced(text[index...last]) ?? last
        guard end >= operand else { throw Self.invalid(text[index...]) }
        let rest = text[operand..<end]
        let value = variables(key)
        let isThere = value.map { !isStrict || !$0.isEmpty } ?? false
        switch sign {
        case UInt8(ascii: "+"):
            if isThere { try append(try substitute(rest, depth: depth + 1), to: &output) }
        case UInt8(ascii: "-"):
            try append(isThere ? Array((value ?? "").utf8) : try substitute(rest, depth: depth + 1), to: &output)
        default:
            guard isThere else { throw missing(key, try substitute(rest, depth: depth + 1)) }
            try append(Array((value ?? "").utf8), to: &output)
        }
        return end + 1
    }

    private func missing(_ name: String, _ reason: [UInt8]) -> Failure {
        let reason = String(decoding: reason, as: UTF8.self)
        return Failure(
            message: "the variable \(name) is needed here and not set\(reason.isEmpty ? "" : ": " + reason.shortened)"
        )
    }

    private mutating func value(_ name: String) throws(Failure) -> [UInt8] {
        if let value = variables(name) { return Array(value.utf8) }
        if unset.count < 100 { unset.append(name) }
        return []
    }

    private mutating func append(_ bytes: [UInt8], to output: inout [UInt8]) throws(Failure) {
        budget -= bytes.count
        guard budget >= 0 else { throw Failure(message: "variables make the texts too long; there is a loop in them") }
        output += bytes
    }

    private static func invalid(_ text: ArraySlice<UInt8>) -> Failure {
        let shown = String(decoding: text.prefix(60), as: UTF8.self)
        return Failure(message: "\(shown.quoted) is no variable; write ${NAME}, or $$ for a dollar sign")
    }

    private static func name(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let first = text.first, !first.isDigit else { return text.prefix(0) }
        return text.prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "_") }
    }

    /// The operator, whether an empty value counts as none, and where what belongs to it begins.
    private static func sign(_ text: ArraySlice<UInt8>) -> (UInt8, Bool, Int)? {
        let isStrict = text.first == UInt8(ascii: ":")
        let rest = isStrict ? text.dropFirst() : text
        guard let sign = rest.first, "-+?".utf8.contains(sign) else { return nil }
        return (sign, isStrict, rest.startIndex + 1)
    }

    /// Where the braces that open first are closed; a character right after `{` isn't looked at, as with docker.
    private static func balanced(_ text: ArraySlice<UInt8>) -> Int? {
        var open = 0
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == close {
                open -= 1
                if open == 0 { return index }
            } else if text[index] == self.open {
                open += 1
                index += 1
            }
            index += 1
        }
        return nil
    }

    /// The last closing brace of a line, looked for once a line.
    private struct Line {
        private var end = Int.min
        private var brace: Int?

        mutating func lastBrace(_ text: ArraySlice<UInt8>, _ index: Int) -> Int? {
            if index >= end {
                end = text[index...].firstIndex(of: 0x0A) ?? text.endIndex
                brace = text[index..<end].lastIndex(of: ComposeTemplate.close)
            }
            return brace
        }
    }
}

extension String {
    /// The text on one line, cut where it is long, for messages.
    var shortened: String { String(quoted.dropFirst().dropLast()) }
}
