/// A text with its name, in which places are found.
package final class HCLSource: Sendable {
    /// The name that messages give it: a path.
    package let name: String
    /// The bytes.
    package let bytes: [UInt8]
    /// Where the text begins in another one, as that of a string of JSON does.
    let parent: HCLRange?
    /// The offsets at which lines begin.
    private let lineStarts: [Int]

    /// Takes a text, and where it stands when it is part of another.
    package init(name: String, bytes: [UInt8], within parent: HCLRange? = nil) {
        self.name = name
        self.bytes = bytes
        self.parent = parent
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == 0x0A { starts.append(offset + 1) }
        lineStarts = starts
    }

    /// The number of lines.
    var lineCount: Int { lineStarts.count }

    /// A line without its end, by its number from 1.
    func line(_ number: Int) -> String? {
        guard lineStarts.indices.contains(number - 1) else { return nil }
        let start = lineStarts[number - 1]
        let end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
        var text = bytes[start..<max(start, end)]
        if text.last == 0x0D { text.removeLast() }
        return String(decoding: text, as: UTF8.self)
    }

    /// The place of a byte.
    func position(of offset: Int) -> HCLPosition {
        let offset = min(max(offset, 0), bytes.count)
        var (low, high) = (0, lineStarts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        // A byte order mark is no character of the text.
        let start = low == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? min(3, offset) : lineStarts[low]
        let column = 1 + String(decoding: bytes[start..<offset], as: UTF8.self).count
        guard let parent else { return HCLPosition(line: low + 1, column: column, byte: offset) }
        // The text begins after the quotation mark.
        let first = parent.start
        return HCLPosition(
            line: first.line + low,
            column: low == 0 ? first.column + column : column,
            byte: first.byte + 1 + offset
        )
    }
}

/// A place in a text: lines and columns from 1, bytes from 0; columns are what people see as characters.
package struct HCLPosition: Sendable, Hashable, CustomStringConvertible {
    /// The line.
    package var line: Int
    /// The column.
    package var column: Int
    /// The byte.
    package var byte: Int

    /// Line and column with a comma between them.
    package var description: String { "\(line),\(column)" }
}

/// Part of a text.
package struct HCLRange: Sendable {
    /// The text.
    package let source: HCLSource
    private let first: Int32
    private let behind: Int32

    /// The first byte.
    var from: Int { Int(first) }
    /// The byte after the last.
    var to: Int { Int(behind) }

    /// Part of a text, by its bytes.
    init(_ source: HCLSource, _ from: Int, _ to: Int) {
        self.source = source
        first = Int32(clamping: from)
        behind = Int32(clamping: max(from, to))
    }

    /// Where it begins.
    package var start: HCLPosition { source.position(of: from) }
    /// Where it ends.
    package var end: HCLPosition { source.position(of: to) }
    /// The name of the text.
    package var file: String { source.name }
    /// The bytes.
    package var bytes: ArraySlice<UInt8> { source.bytes[min(from, source.bytes.count)..<min(to, source.bytes.count)] }
    /// The bytes as a text.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// From the start of this to the end of another.
    func joined(to other: HCLRange) -> HCLRange { HCLRange(source, from, other.to) }
    /// The place before it.
    var head: HCLRange { HCLRange(source, from, from) }
    /// The place after it.
    var tail: HCLRange { HCLRange(source, to, to) }
}

extension HCLRange: CustomStringConvertible {
    /// `file:1,2-3`, or `file:1,2-3,4` over several lines.
    package var description: String {
        let (start, end) = (start, end)
        return start.line == end.line ? "\(file):\(start)-\(end.column)" : "\(file):\(start)-\(end)"
    }
}
