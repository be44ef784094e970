import CaissonGoRegex

/// Tells which patterns of a list may match a path, by the path's first and last byte and the set of its bytes.
///
/// Most patterns can't match most paths, and one look at a row of bits rules out nearly all of them.
struct PatternIndex: Sendable {
    /// What all paths that a pattern matches have in common.
    struct Need {
        /// The first byte; nil if it may be any.
        var first: UInt8?
        /// The last byte; nil if it may be any.
        var last: UInt8?
        /// Bytes that are somewhere in it.
        var bytes = ByteSet()
    }

    /// The number of 64-bit words in which each pattern has a bit.
    let wordCount: Int
    private var first: [UInt64]
    private var last: [UInt64]
    private let needed: [ByteSet]

    init(_ needs: [Need]) {
        wordCount = (needs.count + 63) / 64
        first = [UInt64](repeating: 0, count: 256 * wordCount)
        last = first
        needed = needs.map(\.bytes)
        for (index, need) in needs.enumerated() {
            for byte in 0..<256 {
                let place = byte * wordCount + index / 64
                if need.first.map({ Int($0) == byte }) ?? true { first[place] |= 1 << UInt64(index % 64) }
                if need.last.map({ Int($0) == byte }) ?? true { last[place] |= 1 << UInt64(index % 64) }
            }
        }
    }

    /// The patterns, out of one word, that may match a path with this beginning and end.
    func candidates(_ word: Int, first: UInt8, last: UInt8) -> UInt64 {
        self.first[Int(first) * wordCount + word] & self.last[Int(last) * wordCount + word]
    }

    /// Whether a path with these bytes has all bytes that a pattern needs.
    func mayMatch(_ index: Int, _ bytes: ByteSet) -> Bool { needed[index].isSubset(of: bytes) }
}

extension Pattern {
    /// What all paths that it matches have in common.
    var need: PatternIndex.Need { form.need(of: text) }
}

extension Pattern.Form {
    fileprivate func need(of text: [UInt8]) -> PatternIndex.Need {
        switch self {
        case .exact: PatternIndex.Need(first: text.first, last: text.last, bytes: ByteSet(text))
        case .prefix(let length):
            PatternIndex.Need(first: length > 0 ? text.first : nil, bytes: ByteSet(text[..<length]))
        case .suffix(let start):
            // Its `/` may be missing.
            PatternIndex.Need(
                last: start < text.count ? text.last : nil,
                bytes: ByteSet(text[start...].filter { $0 != slash })
            )
        case .glob(let glob, _): glob.need
        case .regex(let program): PatternIndex.Need(bytes: program.needed)
        // Its error is reported when a path is tried, so one must be tried.
        case .malformed: PatternIndex.Need()
        }
    }
}

extension Glob {
    fileprivate var need: PatternIndex.Need {
        var need = PatternIndex.Need()
        if case .byte(let byte) = operations.first { need.first = byte }
        if case .byte(let byte) = operations.last { need.last = byte }
        let literals = operations.compactMap { operation -> UInt8? in
            if case .byte(let byte) = operation { byte } else { nil }
        }
        need.bytes = ByteSet(literals)
        return need
    }
}
