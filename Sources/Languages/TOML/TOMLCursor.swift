import CaissonText

/// A place in the bytes of a text, and what can be read there: blanks, names, words and texts.
struct TOMLCursor {
    private let bytes: [UInt8]
    private var next: Int
    private var line = 1

    /// Stands at the first byte after a byte order mark.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        next = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        counted = next
    }

    /// A byte of the line up to which columns are counted: a line of a megabyte is not counted once for each of its items.
    private var counted: Int
    private var column = 1

    /// The byte that is read next; nil at the end.
    var peek: UInt8? { next < bytes.count ? bytes[next] : nil }

    /// Where that byte stands.
    var place: TextPlace {
        mutating get {
            column += bytes[counted..<next].count { $0 & 0xC0 != 0x80 }
            counted = next
            return TextPlace(line: line, column: column)
        }
    }

    /// Goes over that character, if it is the next.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let byte = peek, UInt32(byte) == character.value else { return false }
        next += 1
        return true
    }

    /// Goes over blanks, and over comments and ends of lines if wanted.
    mutating func skip(lines: Bool) throws(TOMLError) {
        while let byte = peek {
            switch byte {
            case 0x20, 0x09: next += 1
            case UInt8(ascii: "#") where lines: try comment()
            case 0x0A, 0x0D:
                guard lines, takeLineEnd() else { return }
            default: return
            }
        }
    }

    /// Goes over what may follow an entry or a header in its line, and over the line's end.
    mutating func endLine() throws(TOMLError) {
        try skip(lines: false)
        if peek == UInt8(ascii: "#") { try comment() }
        guard peek == nil || takeLineEnd() else {
            throw TOMLError(place, "nothing more can stand in this line; begin another one")
        }
    }

    private mutating func comment() throws(TOMLError) {
        while let byte = peek, byte != 0x0A, !(byte == 0x0D && isLineEnd(at: next)) {
            guard !Self.isControl(byte) else { throw control() }
            next += 1
        }
    }

    /// A name without quotes or with them.
    mutating func name() throws(TOMLError) -> String {
        if peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "'") {
            let place = place
            let before = line
            let text = try text()
            guard line == before else { throw TOMLError(place, "a key can't go over several lines") }
            return text
        }
        let start = next
        while let byte = peek, byte.isAlphanumeric || byte == 0x2D || byte == 0x5F { next += 1 }
        guard next > start else { throw TOMLError(place, "this is no \"key = value\"") }
        return String(decoding: bytes[start..<next], as: UTF8.self)
    }

    /// What stands up to a comma, a bracket, a comment or the end of the line.
    mutating func word() throws(TOMLError) -> String {
        let start = next
        while let byte = peek, !"\n\r,]}#".utf8.contains(byte) {
            guard !Self.isControl(byte) else { throw control() }
            next += 1
        }
        return String(decoding: bytes[start..<next], as: UTF8.self).trimmed
    }

    /// A text between quotes.
    mutating func text() throws(TOMLError) -> String {
        let start = place
        var reader = TOMLText(bytes, next)
        do {
            let end = try reader.read()
            while next < end {
                if !takeLineEnd() { next += 1 }
            }
            return String(decoding: reader.content, as: UTF8.self)
        } catch {
            switch error {
            case .endless: throw TOMLError(start, "the quotation has no end")
            case .control(let offset): throw TOMLError(TextPlace(of: offset, in: bytes), Self.controlMessage)
            case .escape(let offset):
                throw TOMLError(
                    TextPlace(of: offset, in: bytes),
                    "this is no escape; write \\\\ for a backslash, or put the text between single quotes"
                )
            }
        }
    }

    // MARK: Bytes

    private static let controlMessage = "a control character stands here; remove it"

    private mutating func control() -> TOMLError { TOMLError(place, Self.controlMessage) }

    /// Whether a byte may stand in no comment and in no text.
    static func isControl(_ byte: UInt8) -> Bool { (byte < 0x20 && byte != 0x09) || byte == 0x7F }

    private func isLineEnd(at index: Int) -> Bool {
        bytes[index...].first == 0x0A || bytes[index...].starts(with: [0x0D, 0x0A])
    }

    private mutating func takeLineEnd() -> Bool {
        guard next < bytes.count, isLineEnd(at: next) else { return false }
        next += bytes[next] == 0x0D ? 2 : 1
        line += 1
        counted = next
        column = 1
        return true
    }
}
