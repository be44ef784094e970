import Testing

@testable import CaissonLanguageServer

/// Messages out of a stream, whatever comes with them.
@Suite struct FrameReaderTests {
    private typealias Event = FrameReader.Event

    private func message(_ text: String) -> Event { .message(Array(text.utf8)) }

    private func events(_ text: String, pieces size: Int = .max) -> [Event] {
        var reader = FrameReader()
        var rest = Array(text.utf8)[...]
        var events: [Event] = []
        while !rest.isEmpty {
            events += reader.receive(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return events
    }

    private static let two =
        "Content-Length: 2\r\n\r\n{}content-LENGTH:\t3 \r\nContent-Type: x; charset=utf-8\r\n\r\n[1]"

    @Test(arguments: [1, 2, 3, 7, 4096])
    func `messages come out of pieces of any size`(size: Int) {
        #expect(events(Self.two, pieces: size) == [message("{}"), message("[1]")])
    }

    @Test func `lines may end without a carriage return, and a message may be empty`() {
        #expect(events("Content-Length: 0\n\nContent-Length: 1\n\n7") == [message(""), message("7")])
    }

    @Test(
        arguments: [
            "Content-Length: -1\r\n\r\n", "Content-Length: 99999999999999999999\r\n\r\n",
            "Content-Length: 9223372036854775807\r\n\r\n",
            "Content-Length: 4294967297\r\n\r\n", "Content-Length: 1x\r\n\r\n", "Content-Length: 1 2\r\n\r\n",
            "Content-Length:\r\n\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "\r\n\r\n{\"a\":1}",
            "Content-Type: utf-8\r\n\r\n{}", "{\"a\":1}\n\n", "\u{0}\u{1}\r\n\r\n",
        ]
    )
    func `headers that make no sense are told once, and the next message is read`(bad: String) {
        for size in [1, 5, .max] {
            let found = events(bad + Self.two, pieces: size)
            #expect(found.suffix(2) == [message("{}"), message("[1]")], "\(found)")
            let broken = found.dropLast(2)
            #expect(!broken.isEmpty && broken.allSatisfy { if case .broken = $0 { true } else { false } }, "\(found)")
        }
    }

    @Test func `endless headers are cut, and the next message is read`() {
        let found = events("X: " + String(repeating: "x", count: 9000) + Self.two, pieces: 1000)
        #expect(found.count == 3)
        #expect(found.first == .broken("a message's headers may have 8192 bytes at most"))
    }

    @Test func `a message that is too large is passed over without being kept`() {
        let size = FrameReader.largest + 1
        var reader = FrameReader()
        #expect(reader.receive(Array("Content-Length: \(size)\r\n\r\n".utf8)) == [])
        #expect(!reader.isBetweenMessages)
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        for _ in 0..<16 { #expect(reader.receive(piece) == []) }
        let found = reader.receive(Array(("y" + Self.two).utf8))
        let head = [UInt8](repeating: UInt8(ascii: "x"), count: FrameReader.keptHead)
        #expect(found == [.tooLarge(size: size, head: head), message("{}"), message("[1]")])
        #expect(reader.isBetweenMessages)
    }

    @Test(arguments: ["C", "Content-Length: 5\r\n", "Content-Length: 5\r\n\r\n", "Content-Length: 5\r\n\r\n1234"])
    func `an end within a message is seen`(text: String) {
        var reader = FrameReader()
        #expect(reader.isBetweenMessages)
        #expect(reader.receive(Array(text.utf8)) == [])
        #expect(!reader.isBetweenMessages)
    }
}
