import Testing

@testable import CaissonHTTPClient

@Suite("Reading heads and bodies")
struct HTTPHeadReaderTests {
    /// Feeds the text in portions of that size; the head and what is left.
    private func read(_ text: String, portion: Int) throws(HTTPHeadError) -> (head: HTTPHead?, left: String) {
        var reader = HTTPHeadReader()
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            var part = rest.prefix(portion)
            let taken = part.count
            let head = try reader.consume(&part)
            rest = rest.dropFirst(taken - part.count)
            if let head { return (head, String(decoding: rest, as: UTF8.self)) }
        }
        return (nil, "")
    }

    @Test("A head is read the same in portions of any size", arguments: [1, 2, 3, 7, 1000])
    func readsPortions(_ portion: Int) throws {
        let text = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nX:\r\nserver: \t a b \r\n\r\nHTTP/1.1 404 No\r\n\r\n"
        let (head, left) = try read(text, portion: portion)
        #expect(head?.status == 200)
        #expect(head?.reason == "OK")
        #expect(head?.headers["api-version"] == "1.41")
        #expect(head?.headers["SERVER"] == "a b")
        #expect(head?.headers["x"] == "")
        #expect(left == "HTTP/1.1 404 No\r\n\r\n")
    }

    @Test("An incomplete head is not a head")
    func waitsForMore() throws {
        #expect(try read("HTTP/1.1 200 OK\r\nA: b\r\n", portion: 1).head == nil)
        #expect(try read("HTTP/1.1 200 OK\r\nA: b\r\n\r", portion: 1).head == nil)
    }

    @Test(
        "What breaks the rules is refused",
        arguments: [1, 1000],
        [
            "HTTP/1.1 200 OK\r\n folded: x\r\n\r\n", "HTTP/1.1 200 OK\nA: b\n\n", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "HTTP/1.1 200 OK\r\n: b\r\n\r\n", "HTTP/1.1 200 OK\r\nnothing\r\n\r\n",
            "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "HTTP/1.1 200OK\r\n\r\n",
            "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", "HTTP/1.1 200 OK\r\nA: \u{1B}[2J\r\n\r\n",
        ]
    )
    func refuses(_ portion: Int, _ text: String) throws {
        let error = #expect(throws: HTTPHeadError.self) { _ = try read(text, portion: portion) }
        guard case .malformed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "Another protocol is told from its first bytes",
        arguments: ["\0\0\u{06}\u{04}", "SSH-2.0-x", "HTTP/2", "\r\n", "HTTP/1.1\r\n"]
    )
    func tellsOtherProtocols(_ text: String) {
        #expect(throws: HTTPHeadError.notHTTP) { _ = try read(text, portion: 1) }
    }

    @Test("A head of 16 KiB is read and one byte more is not")
    func bounds() throws {
        let frame = "HTTP/1.1 200 OK\r\nA: \r\n\r\n".utf8.count
        let fits = "HTTP/1.1 200 OK\r\nA: \(String(repeating: "x", count: HTTPHeadReader.limit - frame))\r\n\r\n"
        #expect(try read(fits, portion: 4096).head?.status == 200)
        #expect(throws: HTTPHeadError.tooLarge) { _ = try read(fits.replacing("A: ", with: "A: x"), portion: 4096) }
    }

    @Test("Random changes of a head never trap and never read past its end")
    func survivesNoise() {
        var generator = SystemRandomNumberGenerator()
        let good = Array("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n".utf8)
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            bytes += [0xAA]
            var reader = HTTPHeadReader()
            var rest = bytes[...]
            if let head = try? reader.consume(&rest) {
                #expect(head.status >= 100)
                #expect(rest.last == 0xAA)
            }
        }
    }

    private func framing(
        _ status: Int,
        _ method: String,
        _ headers: HTTPHeaders
    ) throws(HTTPHeadError) -> HTTPBodyFraming {
        try HTTPBodyFraming(of: HTTPHead(status: status, reason: "", minorVersion: 1, headers: headers), method: method)
    }

    @Test("The end of a body is found as RFC 9112 says")
    func framings() throws {
        #expect(try framing(200, "HEAD", ["Content-Length": "5"]) == .none)
        #expect(try framing(204, "GET", [:]) == .none)
        #expect(try framing(200, "GET", [:]) == .untilClose)
        #expect(try framing(200, "GET", ["content-length": "5"]) == .length(5))
        #expect(try framing(200, "GET", ["Content-Length": "5", "Content-Length": "5"]) == .length(5))
        #expect(try framing(200, "GET", ["Transfer-Encoding": "Chunked"]) == .chunked)
        let bad: [HTTPHeaders] = [
            ["Content-Length": "5", "Content-Length": "6"], ["Content-Length": "-1"], ["Content-Length": "+1"],
            ["Content-Length": ""], ["Content-Length": "99999999999999999999"], ["Transfer-Encoding": "gzip, chunked"],
            ["Content-Length": "5", "Transfer-Encoding": "chunked"],
        ]
        for headers in bad {
            #expect(throws: HTTPHeadError.self) { _ = try framing(200, "GET", headers) }
        }
    }

    @Test("A chunked body is read in portions of any size", arguments: [1, 2, 5, 100])
    func chunked(_ portion: Int) throws {
        var reader = HTTPBodyReader(.chunked, keeping: 8)
        var rest = Array("5;x=y\r\nhello\r\nA\r\n, my world\r\n0\r\nT: x\r\n\r\nHTTP".utf8)[...]
        while !reader.isDone {
            var part = rest.prefix(portion)
            let taken = part.count
            try reader.consume(&part)
            rest = rest.dropFirst(taken - part.count)
        }
        #expect(String(decoding: reader.body, as: UTF8.self) == "hello, m")
        #expect(reader.count == 15)
        #expect(String(decoding: rest, as: UTF8.self) == "HTTP")
    }

    @Test(
        "A broken chunked body is refused",
        arguments: ["x\r\n", "\r\n", "5\n", "1\r\nab\r\n", "-1\r\n", "FFFFFFFFFFFFFFFFF\r\n"]
    )
    func brokenChunks(_ text: String) {
        var reader = HTTPBodyReader(.chunked, keeping: 8)
        var bytes = Array(text.utf8)[...]
        #expect(throws: HTTPHeadError.self) { try reader.consume(&bytes) }
    }
}
