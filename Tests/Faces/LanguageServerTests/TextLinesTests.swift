import CaissonJSON
import Testing

@testable import CaissonLanguageServer

/// Places in texts, as editors count them.
@Suite struct TextLinesTests {
    /// A line of each kind: ASCII, two and three bytes, a character beyond U+FFFF, and all ends that lines have.
    private static let text = "ab\né→x\r\n😀y\r\rz"

    private func at(_ line: Int, _ character: Int) -> LinePosition { LinePosition(line: line, character: character) }

    @Test(
        arguments: [
            (0, 0, 0, 0), (2, 0, 2, 2), (3, 1, 0, 0), (5, 1, 2, 1), (8, 1, 5, 2), (9, 1, 6, 3), (11, 2, 0, 0),
            (15, 2, 4, 2), (16, 2, 5, 3), (17, 3, 0, 0), (18, 4, 0, 0), (19, 4, 1, 1),
        ]
    )
    func `a byte has a line and a column, and those lead back to it`(offset: Int, line: Int, utf8: Int, utf16: Int) {
        let lines = TextLines(Array(Self.text.utf8))
        for (encoding, column) in [(PositionEncoding.utf8, utf8), (.utf16, utf16)] {
            #expect(lines.position(of: offset, encoding) == at(line, column))
            #expect(lines.offset(of: at(line, column), encoding) == offset)
        }
    }

    @Test func `places that no text has are those next to them`() {
        let lines = TextLines(Array(Self.text.utf8))
        #expect(lines.offset(of: at(0, 99), .utf16) == 2)
        #expect(lines.offset(of: at(1, 99), .utf8) == 9)
        #expect(lines.offset(of: at(3, 1), .utf16) == 17)
        #expect(lines.offset(of: at(99, 0), .utf16) == 19)
        // Within the character beyond U+FFFF, and between the bytes of a line's end.
        #expect(lines.offset(of: at(2, 1), .utf16) == 11)
        #expect(lines.offset(of: at(2, 3), .utf8) == 11)
        #expect(lines.position(of: 13, .utf16) == at(2, 0))
        #expect(lines.position(of: 10, .utf16) == at(1, 3))
        #expect(TextLines([]).offset(of: at(0, 5), .utf8) == 0)
        #expect(TextLines([]).position(of: 7, .utf16) == at(0, 0))
    }

    @Test func `every beginning of a character in a random text leads back to itself`() {
        var random = SystemRandomNumberGenerator()
        let pieces = ["a", "\t", "é", "→", "😀", "\n", "\r\n", "\r", "\u{301}", "\u{FEFF}", "👩‍👩‍👧"]
        for _ in 0..<200 {
            let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in pieces.randomElement() ?? "" }.joined()
            let bytes = Array(text.utf8)
            let lines = TextLines(bytes)
            for offset in 0...bytes.count {
                let isInside = offset < bytes.count && bytes[offset] & 0xC0 == 0x80
                let isInEnd = offset > 0 && offset < bytes.count && bytes[offset - 1] == 13 && bytes[offset] == 10
                guard !isInside, !isInEnd else { continue }
                for encoding in [PositionEncoding.utf8, .utf16] {
                    let position = lines.position(of: offset, encoding)
                    #expect(lines.offset(of: position, encoding) == offset, "\(bytes) \(offset) \(encoding)")
                }
            }
        }
    }

    @Test(
        arguments: [
            #"{}"#, #"{"line":1}"#, #"{"line":-1,"character":0}"#, #"{"line":1.5,"character":0}"#,
            #"{"line":"1","character":0}"#, #"{"line":99999999999,"character":0}"#, "null", "[]",
            #"{"line":123456789012345678901234567890,"character":0}"#,
        ]
    )
    func `a place of another form is an error`(text: String) throws {
        let json = try JSON(parsing: Array(text.utf8))
        #expect(throws: ResponseError.self) { try LinePosition(json, of: "x") }
    }
}
