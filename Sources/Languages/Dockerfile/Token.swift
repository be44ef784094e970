/// A piece of a file.
///
/// All tokens, one after the other, make up the file byte for byte.
package struct Token: Sendable, Hashable {
    /// What a token is.
    package enum Kind: UInt8, Sendable {
        case byteOrderMark, blank, newline, comment, directive, keyword, flag, argument, continuation
        case heredocBody, heredocEnd
    }

    /// What it is.
    package var kind: Kind
    /// Its first byte.
    package var start: Int
    /// The byte after its last.
    package var end: Int

    /// The bytes it covers.
    package var range: Range<Int> { start..<end }
}

/// The text of an instruction as BuildKit and the shell see it, and the place of each of its bytes in the file.
///
/// Continuation lines are joined, and the comments between them are left out.
package struct LogicalText: Sendable {
    /// The joined bytes.
    package private(set) var bytes: [UInt8] = []
    private var starts: [Int] = []
    private var sources: [Int] = []

    package init() {}

    /// Takes bytes of the source.
    mutating func append(_ source: [UInt8], _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        starts.append(bytes.count)
        sources.append(range.lowerBound)
        bytes.append(contentsOf: source[range])
    }

    /// Where a byte is in the file; the end is after the last byte.
    package func source(of offset: Int) -> Int {
        guard let first = starts.first, let firstSource = sources.first else { return 0 }
        if starts.count == 1 { return firstSource + offset - first }
        var low = 0
        var high = starts.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return sources[low] + offset - starts[low]
    }

    /// Where a range is in the file; a range over several lines includes what is between them.
    package func source(of range: Range<Int>) -> Range<Int> {
        let start = source(of: range.lowerBound)
        guard !range.isEmpty else { return start..<start }
        return start..<(source(of: range.upperBound - 1) + 1)
    }

    /// The text of a range.
    package func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }

    /// The ranges of the file that the text consists of.
    var pieces: [Range<Int>] {
        zip(starts.indices, starts).map { index, start in
            let end = index + 1 < starts.count ? starts[index + 1] : bytes.count
            return sources[index]..<(sources[index] + end - start)
        }
    }
}
