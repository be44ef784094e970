import CaissonText
import NIOCore
import NIOHTTP2
import Testing

@testable import CaissonBuildKit

extension Wire {
    @Suite(.timeLimit(.minutes(1))) struct SessionTests {
        private static func health(_ client: GRPCClient) async throws -> WireHealthCheckResponse {
            try await client.unary(
                "/grpc.health.v1.Health/Check",
                WireHealthCheckRequest(),
                as: WireHealthCheckResponse.self
            )
        }

        @Test func `a session says that it is well`() async throws {
            let answer = try await withSession([]) { try await Self.health($0) }
            #expect(answer.status == .serving)
        }

        @Test func `a method that isn't served is said to be unknown`() async throws {
            let error = try await withSession([]) { client in
                await gRPCError {
                    _ = try await client.unary("/no.such/Method", WireInfoRequest(), as: WireInfoResponse.self)
                }
            }
            #expect(error?.code == .unimplemented)
            #expect(error?.message.contains("/no.such/Method") == true)
        }

        @Test func `a session is announced with all that it serves`() {
            let session = Session(id: "i", sharedKey: "k", services: [AuthService { _ in nil }])
            let methods = session.headers.filter { $0.name == "X-Docker-Expose-Session-Grpc-Method" }.map(\.value)
            #expect(methods == ["/grpc.health.v1.Health/Check", "/moby.filesync.v1.Auth/Credentials"])
            #expect(session.headers.contains { $0 == ("X-Docker-Expose-Session-Uuid", "i") })
            #expect(session.headers.contains { $0 == ("X-Docker-Expose-Session-Sharedkey", "k") })
        }

        @Test func `ids have BuildKit's form and differ`() {
            let ids = Set((0..<100).map { _ in Session.makeID() })
            #expect(ids.count == 100)
            #expect(
                ids.allSatisfy { $0.count == 25 && $0.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber) } }
            )
        }

        @Test func `credentials are given for the host that is asked about`() async throws {
            let auth = AuthService { host in host == "r.example" ? RegistryLogin(username: "u", secret: "s") : nil }
            let answers = try await withSession([auth]) { client in
                var answers: [WireCredentialsResponse] = []
                for host in ["r.example", "other.example"] {
                    var request = WireCredentialsRequest()
                    request.host = host
                    answers.append(
                        try await client.unary(
                            "/moby.filesync.v1.Auth/Credentials",
                            request,
                            as: WireCredentialsResponse.self
                        )
                    )
                }
                return answers
            }
            #expect(answers.map(\.username) == ["u", ""])
            #expect(answers.map(\.secret) == ["s", ""])
        }

        @Test func `tokens are got here when the session says so`() async throws {
            let auth = AuthService(login: { _ in nil }) { question in
                TokenAnswer(token: question.host + question.scopes.joined(), lifetime: 300, issuedAt: 7)
            }
            let methods = Session(id: "i", sharedKey: "k", services: [auth]).headers.map(\.value)
            #expect(methods.contains("/moby.filesync.v1.Auth/FetchToken"))
            #expect(methods.contains("/moby.filesync.v1.Auth/GetTokenAuthority"))
            #expect(!methods.contains("/moby.filesync.v1.Auth/VerifyTokenAuthority"))
            let (key, token) = try await withSession([auth]) { client in
                let key = try await client.unary(
                    "/moby.filesync.v1.Auth/GetTokenAuthority",
                    WireGetTokenAuthorityRequest(),
                    as: WireGetTokenAuthorityResponse.self
                )
                var request = WireFetchTokenRequest()
                request.host = "r.example"
                request.scopes = ["a", "b"]
                let token = try await client.unary(
                    "/moby.filesync.v1.Auth/FetchToken",
                    request,
                    as: WireFetchTokenResponse.self
                )
                return (key, token)
            }
            #expect(key.publicKey.count == 32)
            #expect(token.token == "r.exampleab")
            #expect(token.expiresIn == 300)
            #expect(token.issuedAt == 7)
        }

        @Test func `a login's secret is in no text made of it`() {
            let login = RegistryLogin(username: "u", secret: "hidden")
            var dumped = ""
            dump(login, to: &dumped)
            #expect(!"\(login) \(String(reflecting: login)) \(dumped)".contains("hidden"))
        }

        private static func pull(_ client: GRPCClient, _ path: String, pause: Duration? = nil) async throws -> [UInt8] {
            try await client.call("/moby.upload.v1.Upload/Pull", metadata: [("urlpath", path)]) { reader, _ in
                var all: [UInt8] = []
                while var message = try await reader.next() {
                    if let pause { try await Task.sleep(for: pause) }
                    while let field = try message.readField() {
                        if case .bytes(let bytes) = field.value { all += Array(buffer: bytes) }
                    }
                }
                return all
            }
        }

        private static func upload(_ chunks: [[UInt8]]) -> UploadService {
            let rest = Chunks(chunks)
            return UploadService(id: "abc") { await rest.next() }
        }

        @Test func `an upload arrives whole and once, however large its chunks`() async throws {
            let chunks = [[UInt8](repeating: 1, count: 10), [UInt8](repeating: 2, count: 7 << 20), [3]]
            let upload = Self.upload(chunks)
            #expect(upload.address == "http://buildkit-session/abc")
            let (first, second) = try await withSession([upload]) { client in
                let first = try await Self.pull(client, "/abc")
                return (first, await gRPCError { _ = try await Self.pull(client, "/abc") })
            }
            #expect(first == chunks.flatMap(\.self))
            #expect(second?.code == .notFound)
        }

        @Test func `a slow reader of an upload gets its last byte`() async throws {
            let chunks = (0..<6).map { [UInt8](repeating: UInt8($0), count: 1 << 20) }
            let read = try await withSession([Self.upload(chunks)]) { client in
                try await Self.pull(client, "/abc", pause: .milliseconds(50))
            }
            #expect(read == chunks.flatMap(\.self))
        }

        @Test func `an upload that isn't this session's is refused`() async throws {
            let error = try await withSession([Self.upload([[1]])]) { client in
                await gRPCError { _ = try await Self.pull(client, "/other") }
            }
            #expect(error?.code == .notFound)
        }

        @Test func `an upload that waits for its source ends with the session`() async throws {
            let waiting = UploadService(id: "abc") {
                try await Task.sleep(for: .seconds(600))
                return []
            }
            let (ours, theirs) = makeSockets()
            try await within(.seconds(20)) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await Session(sharedKey: "", services: [waiting]).serve(over: ByteStream(descriptor: ours))
                    }
                    try await GRPCConnection.with(
                        ByteStream(descriptor: theirs),
                        role: .client,
                        keepalive: .minutes(6)
                    ) { connection in
                        try await GRPCClient(connection: connection).call(
                            "/moby.upload.v1.Upload/Pull",
                            metadata: [("urlpath", "/abc")]
                        ) { reader, _ in _ = try await reader.metadata() }
                    }
                    // The connection is closed now: the session must end by itself.
                    try? await group.next()
                }
            }
        }

        @Test func `a burst of ten thousand pings doesn't end the session`() async throws {
            let answer = try await withSession([]) { client in
                let channel = client.connection.channel
                for _ in 0..<10_000 { channel.write(PingFrame.frame, promise: nil) }
                try await channel.flushAndWait()
                return try await Self.health(client)
            }
            #expect(answer.status == .serving)
        }

        @Test func `a thousand calls that are broken off don't end the session`() async throws {
            let waiting = AuthService { _ in
                try await Task.sleep(for: .seconds(60))
                return nil
            }
            let answer = try await withSession([waiting]) { client in
                for _ in 0..<1000 {
                    try await client.call("/moby.filesync.v1.Auth/Credentials") { _, writer in
                        try await writer.send(WireCredentialsRequest())
                    }
                }
                return try await Self.health(client)
            }
            #expect(answer.status == .serving)
        }

        @Test func `calls that come while the session is stopped are no harm`() async throws {
            for _ in 0..<20 {
                let (ours, theirs) = makeSockets()
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try? await Session(sharedKey: "", services: []).serve(over: ByteStream(descriptor: ours))
                    }
                    group.addTask {
                        try? await GRPCConnection.with(
                            ByteStream(descriptor: theirs),
                            role: .client,
                            keepalive: .minutes(6)
                        ) { connection in
                            while true { _ = try await Self.health(GRPCClient(connection: connection)) }
                        }
                    }
                    try? await Task.sleep(for: .milliseconds(15))
                    group.cancelAll()
                }
            }
        }
    }
}

/// Chunks one after another, then nothing.
private actor Chunks {
    private var rest: [[UInt8]]

    init(_ chunks: [[UInt8]]) { rest = chunks }

    func next() -> [UInt8] { rest.isEmpty ? [] : rest.removeFirst() }
}
