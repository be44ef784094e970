import Testing

@testable import CaissonText

@Suite struct PathBytesTests {
    @Test func `every path has a string that gives its bytes back`() {
        var generator = SystemRandomNumberGenerator()
        let pieces: [[UInt8]] = [
            Array("a/b".utf8), Array("é".utf8), Array("日本".utf8), Array("🚀".utf8), [0xFF], [0xFE, 0xFF], [0xC3],
            [0xE2, 0x82],
            [0xF0, 0x9F, 0x9A], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
            Array("\u{10FE80}".utf8), Array("\u{10FEFF}".utf8), [0xF4], [0x80],
        ]
        for _ in 0..<5000 {
            let count = Int.random(in: 0...6, using: &generator)
            let path = (0..<count).flatMap { _ in pieces.randomElement(using: &generator) ?? [] }
            let text = String(pathBytes: path)
            #expect(text.pathBytes == path, "\(path)")
            #expect(text.cPath.map { UInt8(bitPattern: $0) } == path + [0])
            #expect(text.withCString { String(cString: $0) } == text)
            // What is UTF-8 is itself, but for the scalars that stand for bytes.
            if let plain = String(validating: path, as: UTF8.self), !text.hasRawBytes { #expect(text == plain) }
        }
    }

    @Test func `joining and splitting leaves the bytes`() {
        let path = String(pathBytes: [0x2F, 0xFF, 0x2F, 0xC3])
        #expect((path + "/x").pathBytes == [0x2F, 0xFF, 0x2F, 0xC3, 0x2F, 0x78])
        // Bytes of one letter, each in a string of its own, are the letter again.
        #expect((String(pathBytes: [0xC3]) + String(pathBytes: [0xA9])).pathBytes == [0xC3, 0xA9])
        #expect(path.split(separator: "/").map { String($0).pathBytes } == [[0xFF], [0xC3]])
    }

    @Test func `such bytes are shown as bytes`() {
        #expect(String(pathBytes: [0x61, 0xFF]).quoted == #""a\xff""#)
        #expect("\u{10FE80}".quoted == #""\x80""#)
        #expect(String(pathBytes: Array("\u{10FE80}".utf8)).quoted == #""\xf4\x8f\xba\x80""#)
        #expect(!"🚀".hasRawBytes && String(pathBytes: [0x80]).hasRawBytes)
    }
}
