import CaissonBuildModel
import NIOCore
import NIOHTTP2

/// What an engine may ask of us while it builds: files, credentials, a place for exports.
///
/// The engine is the client here: it dials nothing, but opens calls on the connection that we made
/// (moby/buildkit `session/manager.go`).
///
/// ```
/// caisson ── POST /session (dockerd) or Control.Session (buildkitd) ──▶ engine
/// caisson ◀── Health/Check, FileSync/DiffCopy, FileSend/DiffCopy, Upload/Pull, Auth/Credentials ── engine
/// ```
/// It answers only for the directories, uploads and exports it was made with.
package struct Session: Sendable {
    /// The session's id, 25 characters of `a-z0-9`.
    package let id: String
    /// The same for every build of one context directory, so that the engine finds the files it already has.
    package let sharedKey: String
    let server: GRPCServer

    /// Makes a session that answers with `services`, and for health checks.
    package init(id: String = Session.makeID(), sharedKey: String, services: [any SessionService]) {
        self.id = id
        self.sharedKey = sharedKey
        var handlers = HealthService().handlers
        for service in services { handlers.merge(service.handlers) { first, _ in first } }
        server = GRPCServer(handlers: handlers)
    }

    /// What an engine is told when the session begins: HTTP headers (`POST /session`), or metadata (`Control.Session`).
    ///
    /// Metadata has the names in lower case.
    package var headers: [(name: String, value: String)] {
        var headers = [
            (name: "X-Docker-Expose-Session-Uuid", value: id),
            (name: "X-Docker-Expose-Session-Name", value: ""),
            (name: "X-Docker-Expose-Session-Sharedkey", value: sharedKey),
        ]
        for method in server.handlers.keys.sorted() {
            headers.append((name: "X-Docker-Expose-Session-Grpc-Method", value: method))
        }
        return headers
    }

    /// Serves the session over its own connection, until either side ends it.
    package func serve(over stream: ByteStream) async throws {
        try await GRPCConnection.with(stream, role: .server, keepalive: .seconds(30)) { connection in
            try await server.serve(connection)
        }
    }

    /// A new id in BuildKit's form (`identity.NewID`): 25 random characters of base 36.
    package static func makeID() -> String { BuildID().description }
}

/// One service of a session: answers the engine's calls.
package protocol SessionService: Sendable {
    /// The service's handlers by gRPC path.
    var handlers: [String: SessionHandler] { get }
}

/// Answers one call of the engine.
package typealias SessionHandler = @Sendable (inout GRPCServerCall) async throws -> Void
