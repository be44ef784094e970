import NIOCore
import NIOHPACK
import NIOHTTP2

/// A call that the peer opened: its path and headers, its messages and where the answers go.
package struct GRPCServerCall {
    let metadata: HPACKHeaders
    var reader: MessageReader
    let writer: MessageWriter

    /// All values of a header.
    func values(_ name: String) -> [String] { metadata[canonicalForm: name].map { String($0) } }
}

/// The server's side of a connection: answers calls by their path.
struct GRPCServer: Sendable {
    /// Answers one call; an error thrown becomes its status.
    typealias Handler = SessionHandler

    /// Handlers by path, e.g. `/grpc.health.v1.Health/Check`.
    let handlers: [String: Handler]

    /// Answers calls until the peer closes the connection or the task is cancelled.
    func serve(_ connection: GRPCConnection) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for try await stream in connection.multiplexer.inbound {
                group.addTask {
                    // A call that breaks is the caller's to notice; the others go on.
                    try? await stream.executeThenClose { inbound, outbound in
                        try await answer(MessageReader(inbound, role: .server), outbound)
                    }
                }
            }
        }
    }

    private func answer(_ reader: MessageReader, _ outbound: NIOAsyncChannelOutboundWriter<GRPCOutbound>) async throws {
        var reader = reader
        guard let headers = try await reader.metadata() else { return }
        let ok = HPACKHeaders([(":status", "200"), ("content-type", "application/grpc")])
        try await outbound.write(.metadata(ok))
        var failure: GRPCError?
        do {
            guard let handler = handlers[headers.first(name: ":path") ?? ""] else {
                throw GRPCError(.unimplemented, "unknown method \(headers.first(name: ":path") ?? "")")
            }
            var call = GRPCServerCall(metadata: headers, reader: reader, writer: MessageWriter(outbound: outbound))
            try await handler(&call)
        } catch let error as GRPCError {
            failure = error
        } catch {
            failure = GRPCError(.unknown, String(describing: error))
        }
        try await outbound.write(.trailers(GRPCStatus.trailers(failure)))
    }
}
