import Glibc
import Synchronization
import Testing

@testable import CaissonHTTPClient

@Suite("Requests", .timeLimit(.minutes(1)))
struct TransferTests {
    @Test(
        "A request arrives as written and its answer is read",
        arguments: ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]
    )
    func roundTrip(_ method: String) async throws {
        let server = try StubServer.tcp { peer in
            while let (head, _) = peer.readHead() {
                let body = method == "HEAD" ? "" : head
                peer.write("HTTP/1.1 200 OK\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: \(head.utf8.count)\r\n\r\n\(body)")
            }
        }
        let request = HTTPRequest(method, server.endpoint, "/a/../b?c=%20", headers: ["X-Empty": "", "X-One": "1"])
        let answer = try await withHTTPClient { client in
            _ = try await client.collect(request, upTo: 1 << 20)
            return try await client.collect(request, upTo: 1 << 20)
        }
        #expect(answer.status == 200)
        #expect(answer.headers.all("x-a") == ["1", "2"])
        #expect(server.connections == 1)
        let echo = String(decoding: answer.body, as: UTF8.self)
        if method != "HEAD" {
            #expect(echo.hasPrefix("\(method) /a/../b?c=%20 HTTP/1.1\r\n"))
            #expect(echo.contains("X-Empty:\r\n") && echo.contains("X-One: 1\r\n"))
            #expect(!echo.contains("Expect") && !echo.contains("Content-Type"))
        }
    }

    /// Reads one request whose body has a length or is chunked, and answers with what came.
    private func echoServer() throws -> StubServer {
        try .unix { peer in
            guard let (head, rest) = peer.readHead() else { return }
            let lower = head.lowercased()
            let length = lower.split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }
                .flatMap { Int($0.dropFirst(16)) }
            let framing: HTTPBodyFraming = lower.contains("chunked") ? .chunked : .length(length ?? 0)
            var reader = HTTPBodyReader(framing, keeping: 1 << 24)
            var bytes = rest[...]
            while (try? reader.consume(&bytes)) != nil, !reader.isDone {
                bytes = peer.read()[...]
                if bytes.isEmpty { return }
            }
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(reader.body.count)\r\n\r\n")
            peer.write(reader.body)
        }
    }

    @Test("Bodies of every kind arrive whole", arguments: ["POST", "PUT"])
    func bodies(_ method: String) async throws {
        let chunks = (0..<300).map { index in [UInt8](repeating: UInt8(index % 251), count: 7001) }
        let all = chunks.flatMap { $0 }
        let stream = AsyncStream<[UInt8]> { continuation in
            for chunk in chunks { continuation.yield(chunk) }
            continuation.finish()
        }
        let again = AsyncStream<[UInt8]> { continuation in
            for chunk in chunks { continuation.yield(chunk) }
            continuation.finish()
        }
        for body in [HTTPRequestBody.bytes(all), .bytes([]), .chunks(stream), .chunks(length: Int64(all.count), again)]
        {
            let server = try echoServer()
            var request = HTTPRequest(method, server.endpoint, "/")
            request.body = body
            let sent = request
            let answer = try await withHTTPClient { try await $0.collect(sent, upTo: 1 << 24) }
            if case .bytes(let bytes) = body { #expect(answer.body == bytes) } else { #expect(answer.body == all) }
        }
    }

    @Test("A body of another length than announced is an error", arguments: [3, 5] as [Int64])
    func wrongLength(_ announced: Int64) async throws {
        let server = try echoServer()
        var request = HTTPRequest("POST", server.endpoint, "/")
        request.body = .stream(length: announced) { try await $0.write([1, 2, 3, 4]) }
        let sent = request
        #expect(await code { try await withHTTPClient { _ = try await $0.collect(sent, upTo: 10) } } == .uploadStopped)
    }

    @Test("A slow reader holds the producer of a request's body")
    func uploadBackPressure() async throws {
        let gate = Counter()
        let received = Counter()
        let server = try StubServer.unix { peer in
            guard let (_, rest) = peer.readHead() else { return }
            var count = rest.count
            while gate.value == 0 { usleep(1000) }
            while count < 64 << 20 { count += peer.read().count }
            received.add(count)
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        let produced = Counter()
        var request = HTTPRequest("POST", server.endpoint, "/")
        request.body = .stream(length: 64 << 20) { writer in
            for _ in 0..<1024 {
                try await writer.write([UInt8](repeating: 1, count: 64 << 10))
                produced.add(64 << 10)
            }
        }
        let sent = request
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let answer = try await withHTTPClient { try await $0.collect(sent, upTo: 10) }
                #expect(answer.status == 200)
            }
            #expect(await eventually { produced.value > 0 })
            try await Task.sleep(for: .milliseconds(300))
            // The queue, libcurl's buffer and the kernel's.
            #expect(produced.value < 2 << 20)
            gate.add(1)
            try await group.waitForAll()
        }
        #expect(produced.value == 64 << 20)
        #expect(received.value == 64 << 20)
    }

    @Test("A slow consumer holds a fast server")
    func downloadBackPressure() async throws {
        let total = 64 << 20
        let written = Counter()
        let server = try StubServer.unix { peer in
            guard peer.readHead() != nil else { return }
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let chunk = [UInt8](repeating: 7, count: 64 << 10)
            while written.value < total, peer.write(chunk) { written.add(chunk.count) }
            peer.waitForClose()
        }
        let request = HTTPRequest("GET", server.endpoint, "/")
        let count = try await withHTTPClient { client in
            try await client.withResponse(to: request) { response in
                try await Task.sleep(for: .milliseconds(300))
                #expect(written.value > 0 && written.value < 3 << 20)
                var count = 0
                for try await chunk in response.body { count += chunk.count }
                return count
            }
        }
        #expect(count == total)
    }

    @Test("An answer larger than the limit is refused")
    func bodyBound() async throws {
        let server = try endlessServer()
        let request = HTTPRequest("GET", server.endpoint, "/")
        #expect(
            await code { try await withHTTPClient { _ = try await $0.collect(request, upTo: 1000) } } == .bodyTooLarge
        )
    }

    @Test("Headers without end are refused")
    func headBound() async throws {
        let server = try StubServer.unix { peer in
            _ = peer.readHead()
            peer.write("HTTP/1.1 200 OK\r\n")
            while peer.write("A: \(String(repeating: "b", count: 1000))\r\n") {}
        }
        let request = HTTPRequest("GET", server.endpoint, "/")
        #expect(await code { try await withHTTPClient { _ = try await $0.collect(request, upTo: 1) } } == .headTooLarge)
    }

    @Test("The head is there before the body")
    func headFirst() async throws {
        let gate = Counter()
        let server = try StubServer.unix { peer in
            _ = peer.readHead()
            peer.write("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
            while gate.value == 0 { usleep(1000) }
            peer.write("ok")
        }
        let request = HTTPRequest("GET", server.endpoint, "/")
        let body = try await withHTTPClient { client in
            try await client.withResponse(to: request) { response in
                gate.add(1)
                return try await response.body.collect(upTo: 10)
            }
        }
        #expect(body == Array("ok".utf8))
    }

    @Test("Cancelling in mid-body closes the connection and frees every descriptor and thread")
    func cancelFrees() async {
        await #expect(processExitsWith: .success) {
            await warmUpTimers()
            let closed = Counter()
            let server = try endlessServer { closed.add(1) }
            let request = HTTPRequest("GET", server.endpoint, "/")
            // Once to load the library, whose own descriptors stay.
            _ = await code { try await withHTTPClient { _ = try await $0.collect(request, upTo: 1) } }
            #expect(await eventually { closed.value == 1 })
            let (descriptors, threads) = (openDescriptors(), threadCount())
            let reading = Counter()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await withHTTPClient { client in
                            try await client.withResponse(to: request) { response in
                                for try await chunk in response.body { reading.add(chunk.count) }
                            }
                        }
                    }
                }
                #expect(await eventually { reading.value > 1 << 20 })
                #expect(openDescriptors() > descriptors)
                group.cancelAll()
            }
            #expect(await eventually { closed.value == 2 })
            #expect(await eventually { openDescriptors() == descriptors })
            #expect(await eventually { threadCount() <= threads + 1 })
        }
    }

    @Test("Leaving the body early closes the connection while the client lives on")
    func earlyDrop() async throws {
        let closed = Counter()
        let server = try endlessServer { closed.add(1) }
        let request = HTTPRequest("GET", server.endpoint, "/")
        try await withHTTPClient { client in
            let first = try await client.withResponse(to: request) { response in
                try await response.body.start(upTo: 10)
            }
            #expect(first.count == 10)
            #expect(await eventually { closed.value == 1 })
        }
    }
}

/// A server that sends without end.
func endlessServer(_ closed: @escaping @Sendable () -> Void = {}) throws -> StubServer {
    try .unix { peer in
        _ = peer.readHead()
        peer.write("HTTP/1.1 200 OK\r\n\r\n")
        while peer.write([UInt8](repeating: 0x61, count: 4096)) {}
        closed()
    }
}

/// A number that several threads count.
final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add(_ more: Int) { count.withLock { $0 += more } }
}
