import Glibc
import Testing

@testable import CaissonHTTPClient

@Suite("Dialling", .timeLimit(.minutes(1)))
struct DialTests {
    @Test("A socket that isn't there is named")
    func absent() async {
        let error = await #expect(throws: HTTPClientError.self) { _ = try await dial(.unix(path: "/nowhere/x.sock")) }
        #expect(error?.code == .socketMissing)
        #expect(error?.message.contains("unix:///nowhere/x.sock") == true)
    }

    @Test("A socket that nobody listens on refuses")
    func refused() async throws {
        let path = "/tmp/caisson-http-refused-\(getpid()).sock"
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { unlink(path) }
        #expect(withUnixAddress(path) { bind(descriptor, $0, $1) } == 0)
        close(descriptor)
        #expect(await code { _ = try await dial(.unix(path: path)) } == .connectionRefused)
    }

    @Test("A closed port refuses, and a name that doesn't exist can't be found")
    func closedPort() async throws {
        #expect(await code { _ = try await dial(.tcp(host: "127.0.0.1", port: 1, tls: nil)) } == .connectionRefused)
        let absent = Endpoint.tcp(host: "absent.invalid", port: 1, tls: nil)
        let found = await code { _ = try await dial(absent, DialOptions(connectTimeout: .seconds(20))) }
        #expect(found == .cannotResolve || found == .connectTimedOut)
    }

    @Test("A socket that this user may not use says who may")
    func permission() async {
        await #expect(processExitsWith: .success) {
            let server = try StubServer.unix { $0.waitForClose() }
            guard case .unix(let path) = server.endpoint else { return }
            chmod(path, 0)
            // Root may use everything; a process of its own can become somebody else.
            if getuid() == 0 { try #require(setuid(65534) == 0) }
            let error = await #expect(throws: HTTPClientError.self) { _ = try await dial(server.endpoint) }
            #expect(error?.code == .permissionDenied)
            #expect(error?.message.contains("add yourself to the group that owns it (") == true)
            let throughCurl = await code {
                try await withHTTPClient { _ = try await $0.collect(HTTPRequest("GET", server.endpoint, "/"), upTo: 1) }
            }
            #expect(throughCurl == .permissionDenied)
        }
    }

    @Test("A socket whose path is longer than a socket address is reached, also through libcurl")
    func longPath() async throws {
        let base = "/tmp/caisson-http-\(UInt64.random(in: 0...UInt64.max))"
        let directory = base + "/" + String(repeating: "d", count: 150)
        mkdir(base, 0o700)
        mkdir(directory, 0o700)
        defer {
            unlink(directory + "/s.sock")
            rmdir(directory)
            rmdir(base)
        }
        let here = open(directory, O_RDONLY)
        defer { close(here) }
        let server = try StubServer.unix(name: "/proc/self/fd/\(here)/s.sock") { peer in
            while peer.readHead() != nil { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") }
        }
        let endpoint = Endpoint.unix(path: directory + "/s.sock")
        #expect(try await dial(endpoint).ping().status == 200)
        let answer = try await withHTTPClient { try await $0.collect(HTTPRequest("GET", endpoint, "/"), upTo: 10) }
        #expect(answer.body == Array("hi".utf8))
        #expect(server.connections == 2)
    }

    @Test("A listener that doesn't accept meets the connect deadline")
    func fullQueue() async throws {
        let path = "/tmp/caisson-http-full-\(getpid()).sock"
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer {
            close(listener)
            unlink(path)
        }
        #expect(withUnixAddress(path) { bind(listener, $0, $1) } == 0)
        listen(listener, 0)
        var held: [ConnectedStream] = []
        var last: HTTPClientError.Code?
        for _ in 0..<4 where last == nil {
            last = await code {
                held.append(try await dial(.unix(path: path), DialOptions(connectTimeout: .milliseconds(200))))
            }
        }
        #expect(last == .connectTimedOut)
    }

    @Test("TCP connects, and a stream that is dropped closes its connection")
    func dropCloses() async {
        await #expect(processExitsWith: .success) {
            let server = try StubServer.tcp { $0.waitForClose() }
            await warmUpTimers()
            let before = openDescriptors()
            do {
                let stream = try await dial(server.endpoint)
                #expect(openDescriptors() > before)
                _ = stream.endpoint
            }
            #expect(await eventually { openDescriptors() == before })
        }
    }

    @Test("A libcurl that isn't installed is an error that says what to install")
    func libraryMissing() {
        let error = #expect(throws: HTTPClientError.self) { try CurlLibrary.check(named: "libcurl-absent.so.4") }
        #expect(error?.code == .libraryMissing)
        #expect(error?.message.contains("libcurl-absent.so.4 couldn't be loaded") == true)
        #expect(error?.message.contains("install libcurl4") == true)
        let wrong = #expect(throws: HTTPClientError.self) { try CurlLibrary.check(named: "libm.so.6") }
        #expect(wrong?.message.contains("curl_global_init") == true)
    }

    @Test("The fast path doesn't load libcurl, the first request does")
    func loadsLazily() async {
        await #expect(processExitsWith: .success) {
            let server = try StubServer.unix { peer in
                while peer.readHead() != nil { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
            }
            _ = try await dial(server.endpoint).ping()
            #expect(!isLoaded("libcurl.so.4") && !isLoaded("libcurl-gnutls.so.4"))
            _ = try await withHTTPClient { try await $0.collect(HTTPRequest("GET", server.endpoint, "/"), upTo: 1) }
            #expect(isLoaded("libcurl.so.4") || isLoaded("libcurl-gnutls.so.4"))
        }
    }
}

/// Whether a library is in this process already.
private func isLoaded(_ name: String) -> Bool {
    guard let handle = dlopen(name, RTLD_LAZY | RTLD_NOLOAD) else { return false }
    dlclose(handle)
    return true
}
