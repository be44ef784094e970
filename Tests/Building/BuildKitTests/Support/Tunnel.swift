import NIOCore
import NIOHTTP2
import NIOPosix

@testable import CaissonBuildKit

/// The engine's end of `Control.Session`: a client whose bytes travel as the call's messages.
enum Tunnel {
    static func client<Value: Sendable>(
        _ call: inout GRPCServerCall,
        _ body: @escaping @Sendable (GRPCClient) async throws -> Value
    ) async throws -> Value {
        let (inner, outer) = makeSockets()
        let pump = try await ClientBootstrap(group: GRPCConnection.eventLoops).withConnectedSocket(outer) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        let writer = call.writer
        return try await pump.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: Value?.self) { group in
                group.addTask {
                    for try await bytes in inbound {
                        var message = ByteBuffer()
                        message.writeGRPCMessage { $0.writeBytesMessage(bytes.readableBytesView) }
                        try await writer.send(framed: message)
                    }
                    return nil
                }
                group.addTask {
                    try await GRPCConnection.with(
                        ByteStream(descriptor: inner),
                        role: .client,
                        keepalive: .minutes(6)
                    ) { try await body(GRPCClient(connection: $0)) }
                }
                return try await read(&call.reader, into: outbound, &group)
            }
        }
    }

    /// Carries the call's messages until the client's task is done, which its end of the socket tells.
    private static func read<Value: Sendable>(
        _ reader: inout MessageReader,
        into outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ group: inout ThrowingTaskGroup<Value?, any Error>
    ) async throws -> Value {
        do {
            while var message = try await reader.next() {
                while let field = try message.readField() {
                    guard case .bytes(let bytes) = field.value else { continue }
                    try await outbound.write(bytes)
                }
            }
        } catch {
            // The client closed its socket after the last answer.
        }
        while let value = try await group.next() {
            if let value { return value }
        }
        throw GRPCError(.unavailable, "the tunnel ended")
    }
}
