import Glibc
import NIOCore
import NIOPosix

extension ControlClient {
    /// Serves a session inside the control connection: the HTTP/2 bytes travel as messages of the bidirectional call
    /// `Control.Session` (moby/buildkit session/grpchijack).
    ///
    /// The session's server runs on one end of a socket pair, the call's messages are pumped into the other, so that the
    /// same code serves a tunnelled session and one with a socket of its own.
    func tunnel(_ session: Session) async throws {
        let (inner, outer) = try makeSocketPair()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await session.serve(over: ByteStream(descriptor: inner)) }
            group.addTask { try await pump(outer, announcing: session) }
            // Whichever ends first ends the session: the call by the engine, the server by a broken pipe.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Carries what comes from the descriptor, which is closed at the end, to the engine and back.
    private func pump(_ descriptor: CInt, announcing session: Session) async throws {
        let pump = try await ClientBootstrap(group: GRPCConnection.eventLoops).withConnectedSocket(descriptor) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        let metadata = session.headers.map { ($0.name.lowercased(), $0.value) }
        // The channel is closed whether or not the call comes about.
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
            group.addTask {
                for try await bytes in inbound {
                    var message = ByteBuffer()
                    message.writeGRPCMessage { $0.writeBytesMessage(bytes.readableBytesView) }
                    try await writer.send(framed: message)
                }
            }
            defer { group.cancelAll() }
            while var message = try await reader.next() {
                while let field = try message.readField() {
                    guard field.number == 1, case .bytes(let bytes) = field.value else { continue }
                    try await outbound.write(bytes)
                }
            }
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
