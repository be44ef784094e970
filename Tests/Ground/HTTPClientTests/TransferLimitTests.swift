import Glibc
import Testing

@testable import CaissonHTTPClient

@Suite("Limits and redirects of requests", .timeLimit(.minutes(1)))
struct TransferLimitTests {
    private func fails(_ request: HTTPRequest) async -> HTTPClientError.Code? {
        await code { try await withHTTPClient { _ = try await $0.collect(request, upTo: 1 << 20) } }
    }

    @Test("A peer that stops in mid-body meets the silence limit, one that goes on slowly doesn't")
    func silence() async throws {
        let silent = try StubServer.unix { peer in
            _ = peer.readHead()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab")
            peer.waitForClose()
        }
        let slow = try StubServer.unix { peer in
            _ = peer.readHead()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n")
            for _ in 0..<8 {
                usleep(150_000)
                peer.write("x")
            }
        }
        var request = HTTPRequest("GET", silent.endpoint, "/")
        request.timeouts = HTTPTimeouts(silence: .milliseconds(600))
        #expect(await fails(request) == .silence)
        request.endpoint = slow.endpoint
        #expect(await fails(request) == nil)
    }

    @Test("A peer that takes no upload meets the silence limit, a producer that rests doesn't")
    func uploadSilence() async throws {
        let stuck = try StubServer.unix { peer in
            _ = peer.readHead()
            sleep(30)
        }
        var request = HTTPRequest("POST", stuck.endpoint, "/")
        request.timeouts = HTTPTimeouts(silence: .milliseconds(400))
        request.body = .stream(length: nil) { writer in
            while true { try await writer.write([UInt8](repeating: 0, count: 64 << 10)) }
        }
        #expect(await fails(request) == .silence)
        let taking = try StubServer.unix { peer in
            guard let (_, rest) = peer.readHead() else { return }
            var all = rest
            while !all.suffix(5).elementsEqual(Array("0\r\n\r\n".utf8)) { all += peer.read() }
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        request.endpoint = taking.endpoint
        request.body = .stream(length: nil) { writer in
            try await writer.write([1])
            try await Task.sleep(for: .milliseconds(900))
            try await writer.write([2])
        }
        #expect(await fails(request) == nil)
    }

    @Test("The total limit ends a request that still moves")
    func total() async throws {
        let server = try endlessServer()
        var request = HTTPRequest("GET", server.endpoint, "/")
        request.timeouts = HTTPTimeouts(total: .milliseconds(300))
        let sent = request
        let found = await code {
            try await withHTTPClient { client in
                try await client.withResponse(to: sent) { response in for try await _ in response.body {} }
            }
        }
        #expect(found == .deadlineExceeded)
    }

    @Test("A socket that is absent or refuses is told like when dialled")
    func connectErrors() async {
        #expect(await fails(HTTPRequest("GET", .unix(path: "/nowhere/s"), "/")) == .socketMissing)
        #expect(await fails(HTTPRequest("GET", .tcp(host: "127.0.0.1", port: 1, tls: nil), "/")) == .connectionRefused)
    }

    @Test("A redirect to a file is refused", arguments: ["file:///etc/passwd", "gopher://x/", "ftp://127.0.0.1/x"])
    func redirectToFile(_ location: String) async throws {
        let server = try StubServer.tcp { peer in
            while peer.readHead() != nil {
                peer.write("HTTP/1.1 302 Found\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
            }
        }
        var request = HTTPRequest("GET", server.endpoint, "/")
        #expect(await fails(request) == nil)
        request.followsRedirects = true
        #expect(await fails(request) == .redirectRefused)
    }

    @Test("Redirects are followed when asked, five at most")
    func redirects() async throws {
        let server = try StubServer.tcp { peer in
            while let (head, _) = peer.readHead() {
                let number = Int(head.dropFirst(5).prefix { $0.isNumber }) ?? 0
                let answer = number == 0 ? "200 OK\r\n" : "307 Go\r\nLocation: /\(number - 1)\r\nX-Hop: 1\r\n"
                peer.write("HTTP/1.1 \(answer)Content-Length: 0\r\n\r\n")
            }
        }
        var request = HTTPRequest("GET", server.endpoint, "/5")
        request.followsRedirects = true
        let sent = request
        let answer = try await withHTTPClient { try await $0.collect(sent, upTo: 1) }
        #expect(answer.status == 200)
        #expect(answer.headers["X-Hop"] == nil)
        request.target = "/6"
        #expect(await fails(request) == .redirectRefused)
    }

    @Test("A connection that breaks in mid-body, or isn't HTTP, is an error")
    func broken() async throws {
        let cut = try StubServer.unix { peer in
            _ = peer.readHead()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab")
        }
        #expect(await fails(HTTPRequest("GET", cut.endpoint, "/")) == .connectionClosed)
        let other = try StubServer.unix { peer in
            _ = peer.readHead()
            peer.write("SSH-2.0-x\r\n")
        }
        #expect(await fails(HTTPRequest("GET", other.endpoint, "/")) == .notHTTP)
    }

    @Test("A client that is shut down refuses further requests, and many run at once", arguments: [64, 0] as [Int32])
    func manyAndShutDown(backlog: Int32) async throws {
        // A full queue refuses at once, with EAGAIN.
        let server = try StubServer.unix(backlog: backlog) { peer in
            while peer.readHead() != nil { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") }
        }
        let request = HTTPRequest("GET", server.endpoint, "/")
        let client = try await withHTTPClient { client in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 { group.addTask { try await client.collect(request, upTo: 10).body.count } }
                var sum = 0
                for try await count in group { sum += count }
                #expect(sum == 200)
            }
            return client
        }
        #expect(await code { _ = try await client.collect(request, upTo: 1) } == .closed)
    }
}
