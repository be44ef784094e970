package import CaissonBuildModel
import NIOCore
import NIOHTTP2

/// BuildKit's control API, for as long as the connection it came with is open.
package struct ControlClient: Sendable {
    let client: GRPCClient

    /// Whether the connection is still there.
    package var isOpen: Bool { client.connection.channel.isActive }

    /// The engine's BuildKit version; empty where the engine is too old to say (before 0.11).
    package func version() async throws -> String {
        do {
            let answer = try await client.unary(
                "/moby.buildkit.v1.Control/Info",
                WireInfoRequest(),
                as: WireInfoResponse.self
            )
            return answer.buildkitVersion.version
        } catch let error as GRPCError where error.code == .unimplemented {
            return ""
        }
    }

    /// The engine's workers, its default first.
    package func workers() async throws -> [Worker] {
        let answer = try await client.unary(
            "/moby.buildkit.v1.Control/ListWorkers",
            WireListWorkersRequest(),
            as: WireListWorkersResponse.self
        )
        return answer.record.map(Worker.init)
    }

    /// Runs a build to its end; cancelling the task cancels it on the engine.
    ///
    /// - Returns: What the exporters said.
    /// - Throws: `GRPCError` with BuildKit's details.
    package func solve(_ request: SolveRequest) async throws -> [String: String] {
        try await client.unary(
            "/moby.buildkit.v1.Control/Solve",
            WireSolveRequest(request),
            as: WireSolveResponse.self
        ).exporterResponse
    }

    /// Passes on every update of a build until the build has ended; may be called before the build is sent.
    package func status(ref: String, _ receive: (SolveStatus) -> Void) async throws {
        var request = WireStatusRequest()
        request.ref = ref
        try await client.call("/moby.buildkit.v1.Control/Status") { reader, writer in
            try await writer.send(request, isLast: true)
            while let message = try await reader.next() {
                receive(SolveStatus(try message.decoded(WireStatusResponse.self)))
            }
        }
    }
}

/// Speaks BuildKit's control API over `stream` while `body` runs.
///
/// - Parameters:
///   - stream: A connected socket to buildkitd, or to dockerd after its upgrade of `/grpc`; owned from here on.
///   - body: Uses the client; it must not be kept.
/// - Throws: What `body` throws; `GRPCError` when the connection breaks.
package func withBuildKit<Result: Sendable>(
    over stream: ByteStream,
    _ body: (ControlClient) async throws -> Result
) async throws -> Result {
    // Go's gRPC servers hang up on clients that ping more often than every five minutes.
    try await GRPCConnection.with(stream, role: .client, keepalive: .minutes(6)) { connection in
        try await body(ControlClient(client: GRPCClient(connection: connection)))
    }
}
