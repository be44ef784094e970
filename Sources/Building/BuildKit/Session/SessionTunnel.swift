import Glibc
import NIOCore
import NIOPosix

extension ControlClient {
    /// Serves a session inside the control connection.
    ///
    /// The HTTP/2 bytes travel as messages of the bidirectional call `Control.Session` (moby/buildkit
    /// session/grpchijack). The session's server runs on one end of a socket pair, and the call's messages are pumped
    /// into the other end; so the same code serves a tunnelled session and one with a socket of its own.
    func tunnel(_ session: Session) async throws {
        let (inner, outer) = try makeSocketPair()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await session.serve(over: ByteStream(descriptor: inner)) }
            group.addTask { try await pump(outer, announcing: session) }
            // Either of the two ends the session: the engine by ending the call, the server by closing its pipe.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Carries bytes between the descriptor, which is closed at the end, and the engine.
    private func pump(_ descriptor: CInt, announcing session: Session) async throws {
        let pump = try await ClientBootstrap(group: GRPCConnection.eventLoops).withConnectedSocket(descriptor) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        let metadata = session.headers.map { ($0.name.lowercased(), $0.value) }
        // This closes the channel even when the call doesn't begin.
        try await pump.executeThenClose { inbound, outbound in
            try await client.call("/moby.buildkit.v1.Control/Session", metadata: metadata) { reader, writer in
                try await carry(&reader, writer, inbound, outbound)
            }
        }
    }

    private func carry(
        _ reader: inout MessageReader,
        _ writer: MessageWriter,
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await send(inbound, to: writer) }
            defer { group.cancelAll() }
            while var message = try await reader.next() {
                while let bytes = try message.readBytes(ofField: 1) { try await outbound.write(bytes) }
            }
        }
    }

    private func send(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, to writer: MessageWriter) async throws {
        for try await bytes in inbound {
            var message = ByteBuffer()
            message.writeGRPCMessage { $0.writeBytesMessage(bytes.readableBytesView) }
            try await writer.send(framed: message)
        }
    }

    private func makeSocketPair() throws -> (CInt, CInt) {
        var pair: [CInt] = [-1, -1]
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else {
            throw GRPCError(.internal, "can't make a socket pair: \(String(cString: strerror(errno)))")
        }
        return (pair[0], pair[1])
    }
}
