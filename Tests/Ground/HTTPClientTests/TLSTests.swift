import Foundation
import Testing

@testable import CaissonHTTPClient

/// An authority, a server's and a client's certificate, made by the openssl command in a directory of their own.
struct Certificates {
    static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl", "/bin/openssl"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    let directory: URL

    func path(_ name: String) -> String { directory.appending(path: name).path }

    static func make() throws -> Certificates {
        let directory = URL(filePath: "/tmp/caisson-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let made = Certificates(directory: directory)
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try made.openssl(
            ["req", "-x509", "-days", "2", "-subj", "/CN=Test CA", "-keyout", "ca.key", "-out", "ca.pem"] + key
        )
        for name in ["server", "client"] {
            try made.openssl(["req", "-subj", "/CN=\(name)", "-keyout", "\(name).key", "-out", "\(name).csr"] + key)
            let names = "subjectAltName=DNS:localhost,DNS:engine.example,IP:127.0.0.1\n"
            try Data(names.utf8).write(to: directory.appending(path: "names"))
            try made.openssl(
                ["x509", "-req", "-days", "2", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key"]
                    + ["-CAcreateserial", "-extfile", "names", "-out", "\(name).pem"]
            )
        }
        return made
    }

    func openssl(_ arguments: [String]) throws {
        let process = try start(arguments)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw StubError(what: "openssl \(arguments)") }
    }

    /// Starts openssl with its output in a file.
    func start(_ arguments: [String], input: Any? = FileHandle.nullDevice, output: String = "log") throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: Self.openssl ?? "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = directory
        _ = FileManager.default.createFile(atPath: path(output), contents: nil)
        let log = try FileHandle(forWritingTo: directory.appending(path: output))
        process.standardInput = input
        process.standardOutput = log
        process.standardError = log
        try process.run()
        return process
    }

    func remove() { try? FileManager.default.removeItem(at: directory) }
}

@Suite(
    "TLS",
    .timeLimit(.minutes(2)),
    .enabled(if: Certificates.openssl != nil, "skipped: the openssl command isn't installed")
)
struct TLSTests {
    /// Runs the closure with a TLS server that sends back every line reversed (`-rev`) or, with `-www`, speaks HTTP.
    private func withServer(
        _ extra: [String],
        _ body: (Certificates, UInt16) async throws -> Void
    ) async throws {
        let certificates = try Certificates.make()
        defer { certificates.remove() }
        // A port that was free a moment ago.
        let port: UInt16 = try {
            guard case .tcp(_, let port, _) = try StubServer.tcp({ _ in }).endpoint else { return 0 }
            return port
        }()
        let server = try certificates.start(
            ["s_server", "-accept", "127.0.0.1:\(port)", "-cert", "server.pem", "-key", "server.key"]
                + ["-CAfile", "ca.pem"] + extra,
            input: Pipe(),
            output: "server.log"
        )
        defer {
            // The child inherits the pool thread's mask, in which SIGTERM is blocked.
            kill(server.processIdentifier, SIGKILL)
            server.waitUntilExit()
        }
        let plain = Endpoint.tcp(host: "127.0.0.1", port: port, tls: nil)
        var isUp = false
        for _ in 0..<100 where !isUp {
            isUp = (try? await dial(plain)) != nil
            if !isUp { try await Task.sleep(for: .milliseconds(50)) }
        }
        try #require(isUp)
        try await body(certificates, port)
    }

    private func options(_ certificates: Certificates, name: String? = nil) -> TLSOptions {
        TLSOptions(
            authorityFile: certificates.path("ca.pem"),
            certificateFile: certificates.path("client.pem"),
            keyFile: certificates.path("client.key"),
            serverName: name
        )
    }

    /// Sends the line and reads what comes back for it.
    private func exchange(_ line: String, over descriptor: Int32) async throws -> String {
        var rest = Array(line.utf8)[...]
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        for _ in 0..<5000 where all.count < line.utf8.count {
            let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if sent > 0 { rest = rest.dropFirst(sent) }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 { all += buffer.prefix(count) }
            if count == 0 { break }
            if count < 0, sent <= 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
        return String(decoding: all, as: UTF8.self)
    }

    @Test("With a client certificate the stream carries bytes both ways, and ALPN chooses h2")
    func dialsH2() async throws {
        try await withServer(["-Verify", "1", "-verify_return_error", "-alpn", "h2", "-rev"]) { certificates, port in
            let endpoint = Endpoint.tcp(host: "127.0.0.1", port: port, tls: options(certificates))
            let stream = try await dial(endpoint, DialOptions(offersHTTP2: true))
            #expect(stream.negotiatedProtocol == "h2")
            let (descriptor, _) = try stream.take()
            defer { close(descriptor) }
            #expect(try await exchange("hello\n", over: descriptor) == "olleh\n")
        }
    }

    @Test("Without the wish for HTTP/2 it isn't offered")
    func offersHTTP1() async throws {
        try await withServer(["-alpn", "h2,http/1.1", "-rev"]) { certificates, port in
            let endpoint = Endpoint.tcp(host: "localhost", port: port, tls: options(certificates))
            let stream = try await dial(endpoint)
            #expect(stream.negotiatedProtocol != "h2")
        }
    }

    @Test("A certificate of an unknown authority, of another name or a missing one of ours is refused")
    func refuses() async throws {
        try await withServer(["-Verify", "1", "-verify_return_error", "-rev"]) { certificates, port in
            func dialling(_ tls: TLSOptions) async -> HTTPClientError.Code? {
                await code { _ = try await dial(.tcp(host: "127.0.0.1", port: port, tls: tls)) }
            }
            var unknown = options(certificates)
            unknown.authorityFile = nil
            #expect(await dialling(unknown) == .tls)
            #expect(await dialling(options(certificates, name: "other.example")) == .tls)
            #expect(await dialling(options(certificates, name: "engine.example")) == nil)
            var missing = options(certificates)
            missing.keyFile = "/nowhere/key.pem"
            #expect(await dialling(missing) == .tls)
            var unverified = unknown
            unverified.verify = false
            #expect(await dialling(unverified) == nil)
        }
    }

    @Test("Requests go over TLS too")
    func requests() async throws {
        try await withServer(["-Verify", "1", "-verify_return_error", "-www"]) { certificates, port in
            let request = HTTPRequest(
                "GET",
                .tcp(host: "127.0.0.1", port: port, tls: options(certificates, name: "engine.example")),
                "/"
            )
            let answer = try await withHTTPClient { try await $0.collect(request, upTo: 1 << 20) }
            #expect(answer.status == 200)
        }
    }

    @Test("A handshake that hangs meets the connect deadline, and cancelling ends it at once")
    func hanging() async throws {
        let server = try StubServer.tcp { $0.waitForClose() }
        guard case .tcp(let host, let port, _) = server.endpoint else { return }
        let endpoint = Endpoint.tcp(host: host, port: port, tls: TLSOptions())
        let options = DialOptions(connectTimeout: .milliseconds(400))
        #expect(await code { _ = try await dial(endpoint, options) } == .connectTimedOut)
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) { _ = try await dial(endpoint) }
            }
            try? await Task.sleep(for: .milliseconds(100))
            group.cancelAll()
        }
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test("A TLS stream leaves no thread and no descriptor, whoever ends it")
    func leavesNothing() async {
        await #expect(processExitsWith: .success) {
            let tests = TLSTests()
            try await tests.withServer(["-rev"]) { certificates, port in
                let endpoint = Endpoint.tcp(host: "127.0.0.1", port: port, tls: tests.options(certificates))
                // Once to load the library.
                _ = try await dial(endpoint)
                try await Task.sleep(for: .milliseconds(300))
                let (descriptors, threads) = (openDescriptors(), threadCount())
                for _ in 0..<5 {
                    let (descriptor, _) = try await dial(endpoint).take()
                    #expect(try await tests.exchange("abc\n", over: descriptor) == "cba\n")
                    #expect(openDescriptors() >= descriptors + 3)
                    close(descriptor)
                }
                #expect(await eventually { openDescriptors() == descriptors })
                #expect(await eventually { threadCount() <= threads + 1 })
            }
        }
    }

    @Test("Shutting our writing side reaches the peer after the last byte, and the peer's end reaches us")
    func halfClose() async throws {
        try await withServer(["-rev"]) { certificates, port in
            let endpoint = Endpoint.tcp(host: "127.0.0.1", port: port, tls: options(certificates))
            let (descriptor, _) = try await dial(endpoint).take()
            defer { close(descriptor) }
            _ = send(descriptor, "last\n", 5, Int32(MSG_NOSIGNAL))
            shutdown(descriptor, Int32(SHUT_WR))
            var all: [UInt8] = []
            var hasEnded = false
            var buffer = [UInt8](repeating: 0, count: 100)
            for _ in 0..<1000 where !hasEnded {
                let count = recv(descriptor, &buffer, 100, 0)
                if count > 0 { all += buffer.prefix(count) }
                hasEnded = count == 0
                if count < 0 { try await Task.sleep(for: .milliseconds(5)) }
            }
            #expect(hasEnded)
            #expect(String(decoding: all, as: UTF8.self) == "tsal\n")
        }
    }

    @Test("Megabytes cross the pump whole while both sides send")
    func bulk() async throws {
        try await withServer(["-rev"]) { certificates, port in
            let endpoint = Endpoint.tcp(host: "127.0.0.1", port: port, tls: options(certificates))
            let (descriptor, _) = try await dial(endpoint).take()
            defer { close(descriptor) }
            // The stub reverses line by line, so that a palindrome comes back as it went.
            let line = String(repeating: "x", count: 199) + "\n"
            let text = String(repeating: line, count: 20_000)
            #expect(try await exchange(text, over: descriptor) == text)
        }
    }
}
