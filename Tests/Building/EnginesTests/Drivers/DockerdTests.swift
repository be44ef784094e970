import CaissonBuildKit
import CaissonBuildModel
import FoundationEssentials
import Glibc
import CaissonHTTPClient
import CaissonRegistry
import Synchronization
import Testing

@testable import CaissonEngines

/// `DockerdConnection` and `DockerdImages` against a daemon that says what a test tells it to.
@Suite(.timeLimit(.minutes(1))) struct DockerdTests {
    private static func ping(_ version: String) -> String {
        "HTTP/1.1 200 OK\r\nApi-Version: \(version)\r\nContent-Length: 0\r\n\r\n"
    }

    private static func openControl(_ answers: [String]) async throws -> (DockerdConnection.Control, StubDaemon) {
        let daemon = try StubDaemon(answers)
        let connection = DockerdConnection(endpoint: daemon.endpoint)
        return (try await connection.openControl(try await connection.greet()), daemon)
    }

    @Test func `an older dockerd is upgraded on the connection that was pinged`() async throws {
        let upgraded = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nsettings"
        let (control, daemon) = try await Self.openControl([Self.ping("1.41"), upgraded])
        defer { close(control.stream.descriptor) }
        #expect(control.version == APIVersion(major: 1, minor: 41))
        #expect(daemon.requests.map { $0.prefix { $0 != "\r\n" } } == ["HEAD /_ping HTTP/1.1", "POST /grpc HTTP/1.1"])
        #expect(daemon.connections == 1)
        #expect(control.stream.alreadyRead == Array("settings".utf8) || control.stream.alreadyRead.isEmpty)
    }

    @Test func `what dockerd says of an image's name tells what a build on it stands on`() async throws {
        let digest = "sha256:" + String(repeating: "a", count: 64)
        let answers: [(Int, String, LocalImage)] = [
            (404, "{}", .absent), (500, "{}", .unknown), (200, "[]", .unknown), (200, "{}", .unknown),
            (200, #"{"Metadata":{"LastTagTime":"0001-01-01T00:00:00Z"}}"#, .unknown),
            (200, #"{"Metadata":{"LastTagTime":"yesterday, at about ten"}}"#, .unknown),
            (
                200, #"{"Metadata":{"LastTagTime":"2026-12-02T10:46:47.477573995Z"}}"#,
                .named(since: Timestamp(seconds: 1_796_208_407, nanoseconds: 477_573_995))
            ),
            (
                200, #"{"Metadata":{"LastTagTime":"2026-12-02T12:46:47.5+02:00"}}"#,
                .named(since: Timestamp(seconds: 1_796_208_407, nanoseconds: 500_000_000))
            ),
            (200, #"{"Id":"\#(digest)","RepoDigests":["debian@\#(digest)"]}"#, .reserve(digest)),
            (
                200,
                #"{"Id":"sha256:b","RepoDigests":["debian@\#(digest)"],"Metadata":{"LastTagTime":"2026-12-02T10:46:47Z"}}"#,
                .named(since: Timestamp(seconds: 1_796_208_407))
            ),
            (200, #"{"Descriptor":{"digest":"\#(digest)"},"Metadata":{"LastTagTime":""}}"#, .reserve(digest)),
        ]
        for (status, body, image) in answers {
            let answer = "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            let daemon = try StubDaemon([answer])
            #expect(await ImageSize.stored("debian:12", at: daemon.endpoint) == image, "\(body)")
            #expect(daemon.requests.first?.hasPrefix("GET /images/debian%3A12/json ") == true, "\(daemon.requests)")
        }
        #expect(await ImageSize.stored("x", at: .unix(path: "/nowhere")) == .unknown)
    }

    @Test func `a dockerd of today is spoken to without an upgrade`() async throws {
        let (control, daemon) = try await Self.openControl([Self.ping("1.53")])
        defer { close(control.stream.descriptor) }
        #expect(control.version == APIVersion(major: 1, minor: 53))
        #expect(control.stream.alreadyRead.isEmpty)
        #expect(daemon.requests.count == 1)
    }

    @Test(
        "an engine says by its first answer which it is",
        arguments: [
            (ping("1.51"), .dockerd), ("220 mail.example ESMTP\r\n", .buildkitd), ("", nil),
            ("HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\nContent-Length: 0\r\n\r\n", .podman),
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", nil),
        ] as [(String, EngineKind?)]
    )
    func kinds(answer: String, kind: EngineKind?) async throws {
        let daemon = try StubDaemon([answer])
        let address = "\(daemon.endpoint)"
        #expect(await EngineKind.asked(at: address, environment: [:], within: .seconds(1)) == kind)
    }

    private static func refusal(_ answers: [String]) async -> BuildError? {
        do {
            let (control, _) = try await openControl(answers)
            close(control.stream.descriptor)
            return nil
        } catch {
            return BuildError.of(error, steps: StepTracker { _ in }) { nil }
        }
    }

    @Test func `an engine without BuildKit is named with what to use`() async {
        let missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        let error = await Self.refusal([Self.ping("1.38"), missing])
        #expect(error?.code == .engine)
        #expect(error?.message.contains("has no BuildKit") == true)
        #expect(error?.fields == [.classicBuilder])
    }

    @Test func `a server that is no docker engine is named`() async {
        let error = await Self.refusal(["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"])
        #expect(error?.message.contains("no Docker engine") == true)
        #expect(await Self.refusal(["220 mail.example ESMTP\r\n"])?.code == .engine)
        #expect(await Self.refusal([])?.code == .engine)
    }

    private static func chunked(_ pieces: [String]) -> String {
        let body = pieces.map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined()
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\(body)0\r\n\r\n"
    }

    private static func push(
        _ pieces: [String],
        _ credentials: Credentials? = nil
    ) async throws -> (digest: String?, lines: [String], request: String) {
        let daemon = try StubDaemon([chunked(pieces)])
        let events = Events()
        let digest = try await withHTTPClient { client in
            try await DockerdImages(endpoint: daemon.endpoint, client: client)
                .push(try ImageReference(parsing: "r.example:5000/a/b:c"), credentials: credentials) {
                    events.add("\($0.id ?? "-"): \($0.status ?? "-") \($0.progressDetail?.current ?? 0)")
                }
        }
        return (digest, events.all, daemon.requests.first ?? "")
    }

    @Test func `progress comes line by line however the stream is cut`() async throws {
        let lines =
            #"{"status":"Pushing","id":"l1","progressDetail":{"current":5,"total":9}}"# + "\r\n"
            + #"{"aux":{"Tag":"c","Digest":"sha256:1","Size":3}}"# + "\n\nno json\n" + #"{"status":"end"}"#
        for size in [1, 7, 1000] {
            var pieces: [String] = []
            var rest = Substring(lines)
            while !rest.isEmpty {
                pieces.append(String(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            let pushed = try await Self.push(pieces)
            #expect(pushed.digest == "sha256:1")
            #expect(pushed.lines == ["l1: Pushing 5", "-: - 0", "-: end 0"])
            #expect(pushed.request.hasPrefix("POST /images/r.example:5000/a/b/push?tag=c "))
        }
    }

    @Test func `an error in the stream is the push's`() async {
        await #expect {
            _ = try await Self.push([#"{"status":"x"}"# + "\n" + #"{"errorDetail":{},"error":"denied: no"}"# + "\n"])
        } throws: {
            ($0 as? BuildError)?.code == .step && ($0 as? BuildError)?.message.contains("denied: no") == true
        }
    }

    @Test func `a line without an end is refused`() async {
        await #expect {
            _ = try await Self.push(Array(repeating: String(repeating: "x", count: 100_000), count: 12))
        } throws: {
            ($0 as? BuildError)?.message.contains("1 MiB") == true
        }
    }

    @Test func `a login is sent as docker sends it`() async throws {
        let pushed = try await Self.push([], Credentials(username: "ü?>", password: "p~~~"))
        let header = try #require(pushed.request.split(separator: "\r\n").first { $0.hasPrefix("X-Registry-Auth: ") })
        let value = header.dropFirst("X-Registry-Auth: ".count)
        #expect(!value.contains("+") && !value.contains("/"))
        let plain = String(value.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        let json = try #require(Data(base64Encoded: plain))
        let fields = try JSONDecoder().decode([String: String].self, from: json)
        #expect(fields == ["username": "ü?>", "password": "p~~~", "serveraddress": "r.example:5000"])
    }
}

/// What was told, in order.
private final class Events: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    func add(_ text: String) { texts.withLock { $0.append(text) } }
}
