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
        let pump = try await ClientBootstrap(group: GRPCConnection.eventLoops).withConnectedSocket(outer) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        let metadata = session.headers.map { ($0.name.lowercased(), $0.value) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await session.serve(over: ByteStream(descriptor: inner)) }
            group.addTask {
                try await client.call("/moby.buildkit.v1.Control/Session", metadata: metadata) { reader, writer in
                    try await carry(&reader, writer, over: pump)
                }
            }
            // Whichever ends first ends the session: the call by the engine, the server by a broken pipe.
            try await group.next()
            group.cancelAll()
        }
    }

    private func carry(
        _ reader: inout MessageReader, _ writer: MessageWriter, over pump: NIOAsyncChannel<ByteBuffer, ByteBuffer>
    ) async throws {
        try await pump.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await bytes in inbound {
                        var message = ByteBuffer()
                        message.writeGRPCMessage { $0.writeBytesMessage(bytes.readableBytesView) }
                        try await writer.send(framed: message)
                    }
                }
                while var message = try await reader.next() {
                    while let field = try message.readField() {
                        guard field.number == 1, case .bytes(let bytes) = field.value else { continue }
                        try await outbound.write(bytes)
                    }
                }
                group.cancelAll()
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
