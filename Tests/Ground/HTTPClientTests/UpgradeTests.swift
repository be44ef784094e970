import Glibc
import Testing

@testable import CaissonHTTPClient

@Suite("Ping and upgrade", .timeLimit(.minutes(1)))
struct UpgradeTests {
    private static let pong =
        "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nServer: Docker/20.10.24 (linux)\r\nContent-Length: 0\r\n\r\n"
    private static let switched = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"

    /// Answers the connection's requests with these texts, one after the other, then waits for its end.
    private func server(_ answers: String...) throws -> StubServer {
        try .unix { peer in
            for answer in answers {
                guard peer.readHead() != nil else { return }
                peer.write(answer)
            }
            peer.waitForClose()
        }
    }

    @Test("One connection carries the ping, then the upgrade, and the bytes read too far are kept")
    func pingThenUpgrade() async throws {
        let server = try server(Self.pong, Self.switched + "SETTINGS")
        let stream = try await dial(server.endpoint)
        let reply = try await stream.ping()
        #expect(reply.headers["Api-Version"] == "1.41")
        #expect(reply.isReusable)
        let upgraded = try await stream.upgrade("/grpc", headers: ["X-Test": "1"])
        let (descriptor, alreadyRead) = try upgraded.take()
        defer { close(descriptor) }
        // What didn't come with the head comes after it.
        var all = alreadyRead
        while all.count < 8 {
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = recv(descriptor, &buffer, 64, 0)
            if count > 0 { all += buffer.prefix(count) } else { try await Task.sleep(for: .milliseconds(1)) }
        }
        #expect(String(decoding: all, as: UTF8.self) == "SETTINGS")
        #expect(server.connections == 1)
        #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        #expect(await code { _ = try await stream.ping() } == .closed)
    }

    @Test("A head that comes byte by byte is read, and an interim answer is skipped")
    func byteByByte() async throws {
        let server = try StubServer.unix { peer in
            _ = peer.readHead()
            for byte in ("HTTP/1.1 100 Continue\r\n\r\n" + Self.switched + "x").utf8 {
                peer.write([byte])
                usleep(200)
            }
            peer.waitForClose()
        }
        let stream = try await dial(server.endpoint)
        _ = try await stream.upgrade("/session")
    }

    @Test("Where HEAD isn't known the ping is a GET, and its body doesn't disturb the upgrade")
    func pingFallsBack() async throws {
        let server = try server(
            "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 9\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK",
            Self.switched
        )
        let stream = try await dial(server.endpoint)
        let reply = try await stream.ping()
        #expect(reply.status == 200)
        _ = try await stream.upgrade("/grpc")
    }

    @Test("A peer that closes after the ping makes the connection unusable, and says so")
    func pingCloses() async throws {
        let server = try server("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        let stream = try await dial(server.endpoint)
        #expect(try await stream.ping().isReusable == false)
        #expect(await code { _ = try await stream.upgrade("/grpc") } == .closed)
    }

    @Test(
        "A refused upgrade tells what the engine said",
        arguments: [
            ("Content-Length: 35\r\n\r\n{\"message\":\"no such\\u001b[2J page\"}", "no such [2J page"),
            ("Transfer-Encoding: chunked\r\n\r\n3\r\nbad\r\n0\r\n\r\n", "bad"),
            ("Content-Length: 0\r\n\r\n", "Not Found"),
        ]
    )
    func refused(_ rest: String, _ words: String) async throws {
        let server = try server("HTTP/1.1 404 Not Found\r\n" + rest)
        let stream = try await dial(server.endpoint)
        let error = await #expect(throws: HTTPClientError.self) { _ = try await stream.upgrade("/grpc") }
        #expect(error?.code == .upgradeRefused)
        #expect(error?.status == 404)
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }

    @Test("An endless error body is cut off")
    func endlessRefusal() async throws {
        let server = try StubServer.unix { peer in
            _ = peer.readHead()
            peer.write("HTTP/1.1 500 Oops\r\n\r\n")
            while peer.write([UInt8](repeating: 0x61, count: 4096)) {}
        }
        let stream = try await dial(server.endpoint)
        let error = await #expect(throws: HTTPClientError.self) { _ = try await stream.upgrade("/grpc") }
        #expect(error?.code == .upgradeRefused)
        #expect((error?.message.utf8.count ?? 0) < 5000)
    }

    @Test(
        "A peer that isn't HTTP is told at once",
        arguments: ["\0\0\u{06}\u{04}\0\0\0\0\0", "SSH-2.0-OpenSSH\r\n", ""]
    )
    func notHTTP(_ greeting: String) async throws {
        let server = try StubServer.unix { peer in
            peer.write(greeting)
            if !greeting.isEmpty { peer.waitForClose() }
        }
        let stream = try await dial(server.endpoint)
        #expect(await code { _ = try await stream.ping() } == .notHTTP)
    }

    @Test("An endless head is refused")
    func endlessHead() async throws {
        let server = try StubServer.unix { peer in
            _ = peer.readHead()
            peer.write("HTTP/1.1 200 OK\r\n")
            while peer.write("A: b\r\n") {}
        }
        let stream = try await dial(server.endpoint)
        #expect(await code { _ = try await stream.ping() } == .headTooLarge)
    }

    @Test("A peer that trickles its head meets the deadline")
    func slowLoris() async throws {
        let server = try StubServer.unix { peer in
            _ = peer.readHead()
            peer.write("HTTP/1.1 200 OK\r\n")
            while peer.write("A: b\r\n") { usleep(20_000) }
        }
        let stream = try await dial(server.endpoint)
        let start = ContinuousClock.now
        #expect(await code { _ = try await stream.ping(timeout: .milliseconds(300)) } == .deadlineExceeded)
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test("Cancelling a ping ends it and closes the connection")
    func cancelled() async throws {
        let server = try StubServer.unix { peer in
            peer.waitForClose()
        }
        let stream = try await dial(server.endpoint)
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) { _ = try await stream.ping() }
            }
            try? await Task.sleep(for: .milliseconds(100))
            group.cancelAll()
        }
        #expect(ContinuousClock.now - start < .seconds(30))
        #expect(throws: HTTPClientError.self) { _ = try stream.take() }
    }

    @Test("Another protocol than the one asked for is refused")
    func otherProtocol() async throws {
        let server = try server("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        let stream = try await dial(server.endpoint)
        #expect(await code { _ = try await stream.upgrade("/grpc") } == .upgradeRefused)
    }
}
