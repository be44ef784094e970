import CaissonGoRegex

/// The pattern language of Go's `filepath.Match`: `*`, `?`, `[a-z]`, `[^a]` and `\`.
///
/// Ignore patterns must be valid in this language, although they are matched in another way. The paths that an engine
/// asks to follow are matched by it, one name at a time.
package enum FileNamePattern {
    /// Why the pattern is malformed, or nil when it is valid.
    package static func problem(in pattern: [UInt8]) -> String? {
        for chunk in chunks(of: pattern) {
            if let problem = chunk.problem { return problem }
        }
        return nil
    }

    /// What `filepath.Match(pattern, name)` finds wrong; nil when it finds nothing.
    ///
    /// It reads the pattern only up to the first part between stars that doesn't match, so what is malformed after that is
    /// no error: `build*[_-]*` is taken, `build[_-]*` isn't.
    static func problem(in pattern: [UInt8], whileMatching name: [UInt8]) -> String? {
        let chunks = chunks(of: pattern)
        var at = 0
        for (number, chunk) in chunks.enumerated() {
            if chunk.followsStar, chunk.body.isEmpty { return nil }
            if let problem = chunk.problem { return problem }
            let isLast = number == chunks.count - 1
            guard let end = firstEnd(of: chunk, in: name, from: at, isLast: isLast) else { return nil }
            at = end
        }
        return nil
    }

    /// Whether the pattern matches the whole name; false when the pattern is malformed.
    package static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        guard problem(in: pattern) == nil else { return false }
        let chunks = chunks(of: pattern)
        var at = 0
        for (number, chunk) in chunks.enumerated() {
            let isLast = number == chunks.count - 1
            if chunk.followsStar, chunk.body.isEmpty { return !name[at...].contains(slash) }
            guard let end = firstEnd(of: chunk, in: name, from: at, isLast: isLast) else { return false }
            at = end
        }
        return at == name.count
    }

    /// Whether the name has a wildcard that isn't escaped.
    package static func hasWildcard(_ name: ArraySlice<UInt8>) -> Bool {
        var index = name.startIndex
        while index < name.endIndex {
            switch name[index] {
            case backslash: index += 2
            case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["): return true
            default: index += 1
            }
        }
        return false
    }

    /// A part of a pattern without `*`, and whether a `*` comes before it.
    private struct Chunk {
        var followsStar: Bool
        var body: ArraySlice<UInt8>

        /// Why the part is malformed, or nil when it is valid.
        var problem: String? {
            var index = body.startIndex
            while index < body.endIndex {
                switch body[index] {
                case UInt8(ascii: "["):
                    guard let parsed = CharacterClass(body[(index + 1)...]) else {
                        return "a \"[\" has no proper end; write \"\\[\" for the character itself"
                    }
                    index = parsed.end
                case backslash:
                    guard index + 1 < body.endIndex else { return "nothing follows the \"\\\" at its end" }
                    index += 2
                default: index += 1
                }
            }
            return nil
        }
    }

    private static func chunks(of pattern: [UInt8]) -> [Chunk] {
        var chunks: [Chunk] = []
        var index = 0
        while index < pattern.count {
            let start = pattern[index...].firstIndex { $0 != UInt8(ascii: "*") } ?? pattern.count
            var end = start
            var isInClass = false
            scan: while end < pattern.count {
                switch pattern[end] {
                case backslash where end + 1 < pattern.count: end += 1
                case UInt8(ascii: "["): isInClass = true
                case UInt8(ascii: "]"): isInClass = false
                case UInt8(ascii: "*") where !isInClass: break scan
                default: break
                }
                end += 1
            }
            chunks.append(Chunk(followsStar: start > index, body: pattern[start..<end]))
            index = end
        }
        return chunks
    }

    private static func firstEnd(of chunk: Chunk, in name: [UInt8], from start: Int, isLast: Bool) -> Int? {
        var at = start
        while true {
            if let end = end(of: chunk.body, in: name, at: at), !isLast || end == name.count { return end }
            guard chunk.followsStar, at < name.count, name[at] != slash else { return nil }
            at += 1
        }
    }

    private static func end(of body: ArraySlice<UInt8>, in name: [UInt8], at start: Int) -> Int? {
        var at = start
        var index = body.startIndex
        while index < body.endIndex {
            guard at < name.count else { return nil }
            switch body[index] {
            case UInt8(ascii: "["):
                guard let parsed = CharacterClass(body[(index + 1)...]) else { return nil }
                let (scalar, width) = decodeScalar(name.span, at: at)
                guard parsed.contains(scalar) else { return nil }
                index = parsed.end
                at += width
            case UInt8(ascii: "?"):
                guard name[at] != slash else { return nil }
                at += decodeScalar(name.span, at: at).width
                index += 1
            default:
                if body[index] == backslash { index += 1 }
                guard index < body.endIndex, body[index] == name[at] else { return nil }
                index += 1
                at += 1
            }
        }
        return at
    }
}

/// A `[…]` of a file name pattern.
private struct CharacterClass {
    /// The place after the `]`.
    private(set) var end: Int
    private var isNegated = false
    private var ranges: [ClosedRange<UInt32>] = []

    /// Reads what follows a `[`.
    init?(_ text: ArraySlice<UInt8>) {
        end = text.startIndex
        if text.first == UInt8(ascii: "^") {
            isNegated = true
            end += 1
        }
        while ranges.isEmpty || end >= text.endIndex || text[end] != UInt8(ascii: "]") {
            guard let low = scalar(in: text) else { return nil }
            var high = low
            if text[end] == UInt8(ascii: "-") {
                end += 1
                guard let bound = scalar(in: text) else { return nil }
                high = bound
            }
            // A reversed range is valid and empty.
            ranges.append(low <= high ? low...high : UInt32.max...UInt32.max)
        }
        end += 1
    }

    func contains(_ scalar: UInt32) -> Bool {
        ranges.contains { $0.contains(scalar) } != isNegated
    }

    private mutating func scalar(in text: ArraySlice<UInt8>) -> UInt32? {
        guard end < text.endIndex, text[end] != UInt8(ascii: "-"), text[end] != UInt8(ascii: "]") else { return nil }
        if text[end] == backslash { end += 1 }
        guard end < text.endIndex else { return nil }
        let (scalar, width) = decodeScalar(text.span, at: end - text.startIndex)
        if scalar == replacementScalar, width == 1 { return nil }
        end += width
        return end < text.endIndex ? scalar : nil
    }
}
