import CaissonJSON

/// What a column counts.
enum PositionEncoding: String {
    /// Bytes of UTF-8.
    case utf8 = "utf-8"
    /// Units of UTF-16: two for a character beyond U+FFFF.
    case utf16 = "utf-16"

    /// How many units the scalar has that a byte begins; none for a byte that continues one.
    func units(_ byte: UInt8) -> Int {
        switch self {
        case .utf8: 1
        case .utf16: byte & 0xC0 == 0x80 ? 0 : (byte >= 0xF0 ? 2 : 1)
        }
    }
}

/// A place as the protocol has it: line and column from 0.
struct LinePosition: Hashable, Comparable {
    /// The line.
    var line: Int
    /// How many units of the encoding come before it in the line.
    var character: Int

    /// A place.
    init(line: Int, character: Int) {
        self.line = line
        self.character = character
    }

    /// Reads `{"line": 1, "character": 2}`.
    init(_ json: JSON?, of name: String) throws(ResponseError) {
        guard let line = json?["line"]?.unsigned, let character = json?["character"]?.unsigned else {
            throw .params("\(name) must have the numbers line and character")
        }
        self.init(line: line, character: character)
    }

    var json: JSON { .members(["line": .whole(line), "character": .whole(character)]) }

    static func < (one: LinePosition, other: LinePosition) -> Bool {
        (one.line, one.character) < (other.line, other.character)
    }
}

/// A text's bytes and where its lines begin; they end with `\n`, `\r\n` or `\r`, as the protocol has it.
struct TextLines {
    /// The text in UTF-8.
    let bytes: [UInt8]
    /// The offset of each line's first byte.
    private let starts: [Int]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var starts = [0]
        bytes.withUnsafeBufferPointer { bytes in
            for offset in bytes.indices {
                let isEnd = bytes[offset] == 0x0A
                let isLoneReturn = bytes[offset] == 0x0D && (offset + 1 == bytes.count || bytes[offset + 1] != 0x0A)
                if isEnd || isLoneReturn { starts.append(offset + 1) }
            }
        }
        self.starts = starts
    }

    /// The bytes of a line, from 0, without its end.
    func range(ofLine line: Int) -> Range<Int> {
        guard starts.indices.contains(line) else { return bytes.count..<bytes.count }
        var end = line + 1 < starts.count ? starts[line + 1] : bytes.count
        if end > starts[line], bytes[end - 1] == 0x0A { end -= 1 }
        if end > starts[line], bytes[end - 1] == 0x0D { end -= 1 }
        return starts[line]..<end
    }

    /// The byte at a place; a column behind a line's end is that end, and a line behind the last one the text's end.
    ///
    /// A column within a character is that character's first byte.
    func offset(of position: LinePosition, _ encoding: PositionEncoding) -> Int {
        guard position.line < starts.count else { return bytes.count }
        let line = range(ofLine: position.line)
        var units = 0
        var offset = line.lowerBound
        while offset < line.upperBound {
            units += encoding.units(bytes[offset])
            if units > position.character { break }
            offset += 1
        }
        while offset > line.lowerBound, offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset -= 1 }
        return offset
    }

    /// The place of a byte.
    func position(of offset: Int, _ encoding: PositionEncoding) -> LinePosition {
        let line = lineNumber(of: offset)
        let range = range(ofLine: line)
        var end = min(max(offset, range.lowerBound), range.upperBound)
        while end > range.lowerBound, end < range.upperBound, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        let units = bytes[range.lowerBound..<end].reduce(0) { $0 + encoding.units($1) }
        return LinePosition(line: line, character: units)
    }

    /// The places of a range, as the protocol has them.
    func json(_ range: Range<Int>, _ encoding: PositionEncoding) -> JSON {
        .members([
            "start": position(of: range.lowerBound, encoding).json,
            "end": position(of: range.upperBound, encoding).json,
        ])
    }

    private func lineNumber(of offset: Int) -> Int {
        var low = 0
        var high = starts.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }
}
