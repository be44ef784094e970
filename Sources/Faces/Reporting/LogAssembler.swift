import CaissonBuildModel

/// A whole line of a step's output.
package struct LogLine: Sendable, Hashable {
    /// Its text, safe to print.
    package var text: String
    /// Seconds from the step's start to the line's first byte.
    package var offset: Double

    /// The offset and the text as BuildKit's clients print them: `0.123 text`.
    package var stamped: String {
        let decimals = offset < 10 ? 3 : offset < 100 ? 2 : 1
        return "\(Quantity.decimal(offset, decimals)) \(text)"
    }
}

/// Joins the pieces of one output stream into lines, in bounded memory.
///
/// Of a progress bar that rewrites its line with carriage returns, the last state is given out, and a line every five
/// seconds while it runs. A line longer than `limit` is given out in parts.
struct LogAssembler: Sendable {
    /// The most bytes that are held for a line that has not ended.
    static let limit = 1 << 20
    private static let secondsBetweenRewrites = 5.0

    private var segment: [UInt8] = []
    private var overwritten: [UInt8] = []
    private var began: Timestamp?
    private var lastLine: Timestamp?
    private var hasGivenRewrite = false

    /// A line as bytes and the time of its first byte.
    struct RawLine {
        var bytes: [UInt8]
        var time: Timestamp
    }

    /// The unfinished line, as a terminal would show it now.
    var unfinished: [UInt8] { segment.isEmpty ? overwritten : segment }

    /// Takes a piece and appends the lines that it completes to `lines`.
    mutating func append(_ data: [UInt8], at time: Timestamp, to lines: inout [RawLine]) {
        var start = data.startIndex
        while start < data.endIndex {
            let end = data[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? data.endIndex
            take(data[start..<end], at: time, to: &lines)
            guard end < data.endIndex else { return }
            if data[end] == 0x0A { endLine(at: time, to: &lines) } else { rewrite(at: time, to: &lines) }
            start = end + 1
        }
    }

    /// Gives out what is left when the stream has ended.
    mutating func finish(to lines: inout [RawLine]) {
        guard !unfinished.isEmpty, let began else { return }
        endLine(at: began, to: &lines)
    }

    private mutating func take(_ piece: ArraySlice<UInt8>, at time: Timestamp, to lines: inout [RawLine]) {
        guard !piece.isEmpty else { return }
        if segment.isEmpty { began = time }
        var rest = piece
        while segment.count + rest.count > Self.limit {
            let room = Self.limit - segment.count
            var cut = rest.startIndex + room
            // A character must not be cut: its continuation bytes are 10xxxxxx, and there are at most three of them.
            var steps = 0
            while steps < 3, cut > rest.startIndex, rest[cut] & 0xC0 == 0x80 {
                cut -= 1
                steps += 1
            }
            segment += rest[..<cut]
            give(segment, at: time, to: &lines)
            segment = []
            rest = rest[cut...]
            began = time
        }
        segment += rest
    }

    private mutating func endLine(at time: Timestamp, to lines: inout [RawLine]) {
        let line = unfinished
        if !line.isEmpty || !hasGivenRewrite { give(line, at: time, to: &lines) }
        segment.removeAll(keepingCapacity: true)
        overwritten = []
        began = nil
        hasGivenRewrite = false
    }

    private mutating func rewrite(at time: Timestamp, to lines: inout [RawLine]) {
        guard !segment.isEmpty else { return }
        swap(&overwritten, &segment)
        segment.removeAll(keepingCapacity: true)
        guard let lastLine else {
            self.lastLine = time
            return
        }
        guard time.seconds(since: lastLine) >= Self.secondsBetweenRewrites else { return }
        give(overwritten, at: time, to: &lines)
        overwritten.removeAll(keepingCapacity: true)
        hasGivenRewrite = true
    }

    private mutating func give(_ bytes: [UInt8], at time: Timestamp, to lines: inout [RawLine]) {
        lines.append(RawLine(bytes: bytes, time: began ?? time))
        lastLine = time
    }
}
