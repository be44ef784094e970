import Testing

@testable import CaissonHTTPClient

@Suite("A small document over a connected stream", .timeLimit(.minutes(1)))
struct GetTests {
    private func answer(_ text: String, upTo limit: Int = 100) async throws -> SmallAnswer {
        let server = try StubServer.unix { peer in
            let head = peer.readHead()?.head ?? ""
            peer.write(head.hasPrefix("GET /images/a%2Fb/json HTTP/1.1\r\n") ? text : "HTTP/1.1 400 Bad\r\n\r\n")
        }
        return try await dial(server.endpoint).get("/images/a%2Fb/json", upTo: limit)
    }

    @Test(
        "However the body's end is told, all of it is there",
        arguments: [
            "Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            "\r\nhello",
        ]
    )
    func whole(_ rest: String) async throws {
        let found = try await answer("HTTP/1.1 200 OK\r\n" + rest)
        #expect(found.status == 200)
        #expect(String(decoding: found.body, as: UTF8.self) == "hello")
    }

    @Test("Another status is told with its body")
    func missing() async throws {
        let found = try await answer("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")
        #expect(found == SmallAnswer(status: 404, body: Array("{}".utf8)))
    }

    @Test(
        "A body that is too long or breaks off is an error",
        arguments: [
            ("Content-Length: 101\r\n\r\n" + String(repeating: "a", count: 101), HTTPClientError.Code.bodyTooLarge),
            ("\r\n" + String(repeating: "a", count: 101), .bodyTooLarge),
            ("Content-Length: 9\r\n\r\nhello", .connectionClosed),
            ("Transfer-Encoding: chunked\r\n\r\n5\r\nhel", .connectionClosed),
        ]
    )
    func broken(_ rest: String, _ code: HTTPClientError.Code) async throws {
        let error = await #expect(throws: HTTPClientError.self) { _ = try await answer("HTTP/1.1 200 OK\r\n" + rest) }
        #expect(error?.code == code)
    }
}
