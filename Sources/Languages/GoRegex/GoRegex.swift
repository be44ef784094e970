/// A regular expression with the syntax, the meaning and the errors of Go's `regexp`, which is RE2's: the first match
/// from the left, and of several there the one that a search with back tracking would find first.
///
/// A search takes no more time than text length × program length, whatever the regular expression. Texts are bytes
/// that need not be UTF-8.
package struct GoRegex: Sendable {
    /// A match: the ranges of bytes of the whole and of each group.
    package struct Match: Sendable, Hashable {
        /// The ranges, the whole first; nil where a group isn't part of the match.
        package let groups: [Range<Int>?]

        /// The range of the whole match.
        package var range: Range<Int> { groups[0] ?? 0..<0 }
    }

    /// The most places that threads may have to note, which bounds the memory of a search.
    private static let mostPlaces = 8_000_000

    /// The names of the groups, the whole first; nil where a group has none.
    package let groupNames: [String?]
    private let program: RegexProgram

    /// Compiles a regular expression.
    package init(_ text: String) throws(RegexError) {
        let scalars = text.unicodeScalars.map(\.value)
        let tree = try RegexParser.parse(scalars)
        groupNames = tree.names
        program = RegexProgram(tree, keepingGroups: true)
        guard program.steps.count * groupNames.count * 2 <= Self.mostPlaces else {
            throw RegexError(.tooLarge, scalars, "it has too many groups")
        }
    }

    /// The first match at or after a place in the text.
    package func firstMatch(in text: [UInt8], from start: Int = 0) -> Match? {
        guard (0...text.count).contains(start) else { return nil }
        var machine = machine
        return machine.search(text.span, from: start).map(Match.init(places:))
    }

    /// All matches that don't overlap, from the left; one of nothing isn't found right after another.
    package func allMatches(in text: [UInt8], atMost limit: Int = .max) -> [Match] {
        var machine = machine
        var found: [Match] = []
        var start = 0
        var lastEnd = -1
        while found.count < limit, start <= text.count,
            let match = machine.search(text.span, from: start).map(Match.init(places:))
        {
            let isNothingAgain = match.range.upperBound == start && match.range.lowerBound == lastEnd
            start = match.range.upperBound == start ? start + width(in: text, at: start) : match.range.upperBound
            lastEnd = match.range.upperBound
            if !isNothingAgain { found.append(match) }
        }
        return found
    }

    /// The text with each match replaced by what a template says, such as `$1` or `${name}`.
    package func replacingAll(in text: [UInt8], with template: String) -> [UInt8] {
        let template = RegexTemplate(template, names: groupNames)
        return replacingAll(in: text) { template.expand($0, of: text, into: &$1) }
    }

    /// The text with each match replaced by a text as it is.
    package func replacingAll(in text: [UInt8], withLiteral replacement: [UInt8]) -> [UInt8] {
        replacingAll(in: text) { $1 += replacement }
    }

    /// The text with each match replaced by what a function appends for it.
    package func replacingAll(in text: [UInt8], by append: (Match, inout [UInt8]) -> Void) -> [UInt8] {
        var machine = machine
        var out: [UInt8] = []
        var (start, lastEnd) = (0, 0)
        while start <= text.count, let match = machine.search(text.span, from: start).map(Match.init(places:)) {
            let range = match.range
            out += text[lastEnd..<range.lowerBound]
            // Nothing right after another match isn't replaced again.
            if range.upperBound > lastEnd || range.lowerBound == 0 { append(match, &out) }
            lastEnd = range.upperBound
            start = max(start + width(in: text, at: start), range.upperBound)
        }
        return out + text[lastEnd...]
    }

    private var machine: RegexMachine { RegexMachine(program, groupCount: groupNames.count) }

    /// The bytes of the scalar at a place; 1 at the end.
    private func width(in text: [UInt8], at place: Int) -> Int {
        place < text.count ? decodeScalar(text.span, at: place).width : 1
    }
}

extension GoRegex.Match {
    /// Makes a match of the places where its groups begin and end.
    fileprivate init(places: [Int]) {
        groups = stride(from: 0, to: places.count, by: 2).map { place in
            places[place] < 0 || places[place + 1] < 0 ? nil : places[place]..<places[place + 1]
        }
    }
}

// MARK: - Texts

extension GoRegex {
    /// Whether the regular expression matches anywhere in the text.
    package func matches(_ text: String) -> Bool { program.matches(Array(text.utf8).span) }

    /// The first match in the text; the ranges are of its UTF-8.
    package func firstMatch(in text: String) -> Match? { firstMatch(in: Array(text.utf8)) }

    /// The text with each match replaced by what a template says, such as `$1` or `${name}`.
    package func replacingAll(in text: String, with template: String) -> String {
        String(decoding: replacingAll(in: Array(text.utf8), with: template), as: UTF8.self)
    }

    /// The number of the first group of a name.
    package func group(named name: String) -> Int? {
        name.isEmpty ? nil : groupNames.firstIndex(of: name)
    }
}
