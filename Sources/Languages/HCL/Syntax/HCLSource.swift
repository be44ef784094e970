package import CaissonText

/// A text with its name, in which places are found.
package final class HCLSource: Sendable {
    /// The name that messages give it: a path.
    package let name: String
    /// The bytes.
    package let bytes: [UInt8]
    /// Where the text begins in another one, as that of a string of JSON does.
    let parent: HCLRange?
    /// How the text is written in the other one.
    private let notation: HCLNotation
    /// The offsets at which lines begin.
    private let lineStarts: [Int]

    /// Takes a text, and where it stands when it is part of another.
    package init(name: String, bytes: [UInt8], within parent: HCLRange? = nil, _ notation: HCLNotation = .quoted) {
        self.name = name
        self.bytes = bytes
        self.parent = parent
        self.notation = notation
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
        let first = parent.start
        let mark = notation == .quoted ? 1 : 0
        if case .block(let indent) = notation {
            return HCLPosition(line: first.line + 1 + low, column: indent + column, byte: first.byte + offset)
        }
        return HCLPosition(
            line: first.line + low,
            column: low == 0 ? first.column + mark + column - 1 : column,
            byte: first.byte + mark + offset
        )
    }
}

/// How a text is written within another one.
package enum HCLNotation: Sendable, Hashable {
    /// Between quotation marks, where the first one begins.
    case quoted
    /// As it is.
    case plain
    /// In the lines below, each of them behind so many columns.
    case block(indent: Int)
}

/// Finds parts of a text by lines and columns, in a time that doesn't grow with the length of a line.
package struct HCLPlaces: Sendable {
    private static let step = 256

    private let source: HCLSource
    /// For each line the number of characters before it, a byte order mark not counted.
    private var lines = [0]
    /// The offset of every `step`th character.
    private var marks: [Int] = []

    /// Prepares a text.
    package init(_ source: HCLSource) {
        self.source = source
        var count = 0
        let skipped = source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        for (offset, byte) in source.bytes.enumerated().dropFirst(skipped) where byte & 0xC0 != 0x80 {
            if count.isMultiple(of: Self.step) { marks.append(offset) }
            count += 1
            if byte == 0x0A { lines.append(count) }
        }
    }

    /// What stands between two places, line and column of which count from 1; columns are characters of Unicode.
    package func range(from start: TextPlace, to end: TextPlace) -> HCLRange {
        let first = offset(of: start)
        return HCLRange(source, first, max(first, offset(of: end)))
    }

    /// How far the first line of a block, which stands below a line, is indented; blank lines don't count.
    package func indent(below line: Int) -> Int {
        for number in max(1, line + 1)..<max(1, line + 1) + 100 {
            guard let text = source.line(number) else { return 0 }
            let blanks = text.utf8.prefix { $0 == 0x20 }.count
            if blanks < text.utf8.count { return blanks }
        }
        return 0
    }

    private func offset(of place: TextPlace) -> Int {
        guard place.line <= lines.count else { return source.bytes.count }
        let number = lines[max(0, place.line - 1)] + max(0, place.column - 1)
        guard number / Self.step < marks.count else { return source.bytes.count }
        var offset = marks[number / Self.step]
        var left = number % Self.step
        while left > 0, offset < source.bytes.count {
            offset += 1
            while offset < source.bytes.count, source.bytes[offset] & 0xC0 == 0x80 { offset += 1 }
            left -= 1
        }
        return offset
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
