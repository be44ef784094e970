import NIOCore
import NIOHPACK
import NIOHTTP2

/// A call that the peer opened: its path and headers, its messages and where the answers go.
package struct GRPCServerCall {
    let metadata: HPACKHeaders
    var reader: MessageReader
    let writer: MessageWriter
    /// The connection that it came on.
    let connection: (any Channel)?

    /// All values of a header, unchanged: a comma is part of a value, such as a pattern, and doesn't divide it.
    func values(_ name: String) -> [String] { metadata[name] }
}

/// The server's side of a connection: answers calls by their path.
struct GRPCServer: Sendable {
    /// Answers one call; an error that it throws becomes the call's status.
    typealias Handler = SessionHandler

    /// Handlers by path, such as `/grpc.health.v1.Health/Check`.
    let handlers: [String: Handler]

    /// Answers calls until the peer closes the connection or the task is cancelled.
    func serve(_ connection: GRPCConnection) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for try await stream in connection.multiplexer.inbound {
                // The caller will notice a call that breaks; the other calls go on.
                group.addTask { try? await answer(stream) }
            }
            // Without a connection, calls that still wait (for standard input, say) have nobody to answer.
            group.cancelAll()
        }
    }

    private func answer(_ stream: GRPCChannel) async throws {
        try await stream.executeThenClose { inbound, outbound in
            try await answer(MessageReader(inbound, role: .server), outbound, on: stream.channel)
        }
    }

    private func answer(
        _ reader: MessageReader,
        _ outbound: NIOAsyncChannelOutboundWriter<GRPCOutbound>,
        on channel: any Channel
    ) async throws {
        var reader = reader
        guard let headers = try await reader.metadata() else { return }
        let ok = HPACKHeaders([(":status", "200"), ("content-type", "application/grpc")])
        try await outbound.write(.metadata(ok))
        var call = GRPCServerCall(
            metadata: headers,
            reader: reader,
            writer: MessageWriter(outbound: outbound),
            connection: channel.parent
        )
        let failure = await run(&call)
        // The stream must stay open until the trailers are sent. Closing resets it, and drops trailers that still wait
        // behind the contents of other calls; a health check answered that way would fail, and with it the session.
        try await withTaskCancellationHandler {
            try await channel.writeAndFlush(GRPCOutbound.trailers(GRPCStatus.trailers(failure))).get()
        } onCancel: {
            // Otherwise a peer that reads nothing more would hold us for ever.
            channel.close(promise: nil)
        }
        // The peer may still have its side open, as after an upload. Closing now would reset the stream, and a reset
        // discards what the peer hasn't read yet. The peer closes its side when it gets our trailers.
        while try await call.reader.next() != nil {}
    }

    private func run(_ call: inout GRPCServerCall) async -> GRPCError? {
        let path = call.metadata.first(name: ":path") ?? ""
        guard let handler = handlers[path] else { return GRPCError(.unimplemented, "unknown method \(path)") }
        do {
            try await handler(&call)
            return nil
        } catch let error as GRPCError {
            return error
        } catch {
            return GRPCError(.unknown, String(describing: error))
        }
    }
}
