import CaissonBuildKit
import CaissonBuildModel
import CaissonHTTPClient
import Synchronization

/// One dockerd: how to reach its BuildKit, for any version of it.
///
/// Up to API 1.52 its BuildKit is behind an HTTP upgrade of `POST /grpc`, and sessions behind `POST /session`. From 1.53 on
/// these are deprecated and the socket itself speaks HTTP/2 with prior knowledge (moby/moby daemon/server).
struct DockerdConnection: Sendable {
    let endpoint: Endpoint
    /// What it answered when it was found, which saves asking again.
    var first: FirstAnswer?

    /// The first API version that speaks HTTP/2 with prior knowledge.
    static let priorKnowledge = APIVersion(major: 1, minor: 53)

    /// A connection to dockerd's BuildKit and what it said of itself.
    struct Control {
        var stream: ByteStream
        var version: APIVersion
        /// The engine's own version; empty where it doesn't say.
        var release = ""
    }

    /// A connection and who answered on it.
    struct Greeting {
        var stream: ConnectedStream
        var reply: PingReply
        var version: APIVersion

        /// The podman that it is; nil where it is dockerd.
        var podman: TarEngine? { TarEngine(podman: reply.headers) }
    }

    /// Connects and asks who is there: dockerd, or podman by the same API.
    ///
    /// - Throws: `BuildError` with code `engine` where it is neither.
    func greet() async throws -> Greeting {
        let stream: ConnectedStream
        let reply: PingReply
        if let answer = first?.take() {
            (stream, reply) = answer
        } else {
            stream = try await dial(endpoint)
            reply = try await stream.ping()
        }
        guard let version = APIVersion(reply.headers["Api-Version"]) else {
            stream.close()
            throw BuildError(
                .engine,
                "the engine at \(endpoint) is no Docker engine — check the address, or name another by \(field: .engineAddress)"
            )
        }
        return Greeting(stream: stream, reply: reply, version: version)
    }

    /// Connects to BuildKit.
    func openControl(_ greeting: Greeting) async throws -> Control {
        let (stream, reply, version) = (greeting.stream, greeting.reply, greeting.version)
        let release = DockerdConnection.release(greeting.reply.headers["Server"] ?? "")
        if version >= DockerdConnection.priorKnowledge {
            stream.close()
            // Over TLS, HTTP/2 is a matter of the handshake.
            let stream = try await dial(endpoint, DialOptions(offersHTTP2: true))
            return Control(stream: try ByteStream(taking: stream), version: version, release: release)
        }
        let ready = reply.isReusable ? stream : try await dial(endpoint)
        do {
            let upgraded = try await ready.upgrade("/grpc")
            return Control(stream: try ByteStream(taking: upgraded), version: version, release: release)
        } catch let error as HTTPClientError where error.status == 404 {
            throw BuildError(
                .engine,
                "the engine at \(endpoint) has no BuildKit (it answered /grpc with 404) — use dockerd 18.09 or newer, or "
                    + "buildkitd; \(field: .classicBuilder) builds with what dockerd had before BuildKit"
            )
        }
    }

    /// The version in `Docker/26.1.5+dfsg1 (linux)`.
    static func release(_ server: String) -> String {
        guard server.hasPrefix("Docker/") else { return "" }
        return String(
            server.dropFirst("Docker/".count).prefix { $0.isLetter || $0.isNumber || ".+-~".contains($0) }.prefix(64)
        )
    }

    /// Opens a session beside the control connection, as dockerd takes it.
    func openSession(_ session: Session, version: APIVersion) async throws -> SessionTransport {
        guard version < DockerdConnection.priorKnowledge else { return .tunnelled }
        var headers = HTTPHeaders()
        for header in session.headers { headers.append(header.name, header.value) }
        return .connection(try ByteStream(taking: await dial(endpoint).upgrade("/session", headers: headers)))
    }
}

/// A connection that the engine has just answered on, for the first who needs one.
final class FirstAnswer: Sendable {
    typealias Answer = (stream: ConnectedStream, reply: PingReply)

    private let answer: Mutex<Answer?>
    private let end: ContinuousClock.Instant

    init(_ stream: ConnectedStream, _ reply: PingReply) {
        answer = Mutex((stream, reply))
        // An engine may close a connection that is idle.
        end = .now + .seconds(2)
    }

    deinit { answer.withLock { $0?.stream.close() } }

    /// The connection; nil where it is taken, or old.
    func take() -> Answer? {
        let found = answer.withLock { answer in
            defer { answer = nil }
            return answer
        }
        guard let found else { return nil }
        if ContinuousClock.now < end { return found }
        found.stream.close()
        return nil
    }
}

extension ByteStream {
    /// Takes over a connected stream.
    init(taking stream: ConnectedStream) throws {
        let (descriptor, alreadyRead) = try stream.take()
        self.init(descriptor: descriptor, alreadyRead: alreadyRead)
    }
}
