/// A place in a file as people count it: line and column from 1, the column in Unicode scalars.
package struct Position: Sendable, Hashable, Comparable {
    /// The line.
    package var line: Int
    /// The column.
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (one: Position, other: Position) -> Bool {
        (one.line, one.column) < (other.line, other.column)
    }
}

/// The bytes of a file and where its lines begin.
package struct SourceText: Sendable {
    /// The bytes as they were read.
    package let bytes: [UInt8]
    /// The offset of each line's first byte.
    package let lineStarts: [Int]

    /// Finds the lines of a text.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var starts = [0]
        bytes.withUnsafeBufferPointer { buffer in
            for offset in buffer.indices where buffer[offset] == Ascii.newline { starts.append(offset + 1) }
        }
        if starts.count > 1, starts.last == bytes.count { starts.removeLast() }
        lineStarts = starts
    }

    /// The number of lines; a newline at the end of the text doesn't begin another line.
    package var lineCount: Int { lineStarts.count }

    /// The line, from 1, that a byte is in; an offset at the end is in the last one.
    package func line(of offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// Line and column of a byte.
    package func position(of offset: Int) -> Position {
        let line = line(of: offset)
        let start = lineStarts[line - 1]
        let end = min(offset, bytes.count)
        guard start < end else { return Position(line: line, column: 1) }
        return Position(line: line, column: 1 + scalars(in: start..<end))
    }

    /// The bytes of a line, from 1, without its end.
    package func lineRange(_ line: Int) -> Range<Int> {
        guard line >= 1, line <= lineStarts.count else { return bytes.count..<bytes.count }
        let start = lineStarts[line - 1]
        var end = line < lineStarts.count ? lineStarts[line] : bytes.count
        if end > start, bytes[end - 1] == Ascii.newline { end -= 1 }
        if end > start, bytes[end - 1] == Ascii.carriageReturn { end -= 1 }
        return start..<end
    }

    /// The range with its line's end, for removing whole lines.
    package func wholeLines(_ range: Range<Int>) -> Range<Int> {
        let first = line(of: range.lowerBound)
        let last = line(of: max(range.lowerBound, range.upperBound - 1))
        return lineStarts[first - 1]..<(last < lineStarts.count ? lineStarts[last] : bytes.count)
    }

    /// The text of a range; bytes that aren't UTF-8 become U+FFFD.
    package func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }

    private func scalars(in range: Range<Int>) -> Int {
        var count = 0
        // A byte that continues a character (10xxxxxx) is no column of its own.
        for byte in bytes[range] where byte & 0xC0 != 0x80 { count += 1 }
        return count
    }
}

/// Bytes that have a meaning for the readers.
package enum Ascii {
    /// The end of a line.
    package static let newline = UInt8(ascii: "\n")
    /// A carriage return, which may come before the end of a line.
    package static let carriageReturn = UInt8(ascii: "\r")
    /// A blank.
    package static let space = UInt8(ascii: " ")
    /// A tab.
    package static let tab = UInt8(ascii: "\t")

    /// Whether it is white space of one byte, as Go's `unicode.IsSpace` defines it.
    @inline(__always)
    package static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
    }

    /// A blank or a tab.
    @inline(__always)
    package static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// A decimal digit.
    @inline(__always)
    package static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    /// An ASCII letter.
    @inline(__always)
    package static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }

    /// Whether a variable's name may contain it.
    @inline(__always)
    package static func isNameByte(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == 0x5F }
}

/// White space as Go's `unicode.IsSpace` defines it.
enum Spaces {
    /// How many bytes a blank at an offset has; 0 where there is none.
    @inline(__always)
    static func length(at index: Int, in bytes: [UInt8]) -> Int {
        let byte = bytes[index]
        if Ascii.isSpace(byte) { return 1 }
        return byte < 0xC2 ? 0 : wideLength(at: index, in: bytes)
    }

    /// How many bytes a blank before an offset has; 0 where there is none.
    static func length(before end: Int, from start: Int, in bytes: [UInt8]) -> Int {
        if Ascii.isSpace(bytes[end - 1]) { return 1 }
        guard bytes[end - 1] >= 0x80 else { return 0 }
        for length in [2, 3] where end - length >= start && wideLength(at: end - length, in: bytes) == length {
            return length
        }
        return 0
    }

    private static func wideLength(at index: Int, in bytes: [UInt8]) -> Int {
        guard index + 1 < bytes.count else { return 0 }
        let second = bytes[index + 1]
        if bytes[index] == 0xC2 { return second == 0x85 || second == 0xA0 ? 2 : 0 }
        guard index + 2 < bytes.count else { return 0 }
        let third = bytes[index + 2]
        switch (bytes[index], second) {
        case (0xE1, 0x9A): return third == 0x80 ? 3 : 0
        case (0xE2, 0x80): return (0x80...0x8A).contains(third) || [0xA8, 0xA9, 0xAF].contains(third) ? 3 : 0
        case (0xE2, 0x81): return third == 0x9F ? 3 : 0
        case (0xE3, 0x80): return third == 0x80 ? 3 : 0
        default: return 0
        }
    }
}
