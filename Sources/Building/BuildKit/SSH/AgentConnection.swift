import Glibc
import NIOCore
import NIOPosix

/// A connection to an agent's socket: one question, one answer.
package struct AgentConnection {
    /// How long an answer may take; somebody may have to touch a key or confirm.
    private static let patience = TimeAmount.seconds(120)

    private let channel: any Channel
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var deframer = AgentDeframer()

    /// Connects to the socket at a path while `body` runs.
    static func with<Value: Sendable>(
        _ path: String,
        _ body: (inout AgentConnection) async throws -> Value
    ) async throws -> Value {
        let descriptor = try connect(path)
        let socket = try await ClientBootstrap(group: GRPCConnection.eventLoops).withConnectedSocket(descriptor) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await socket.executeThenClose { inbound, outbound in
            var connection = AgentConnection(
                channel: socket.channel,
                outbound: outbound,
                inbound: inbound.makeAsyncIterator()
            )
            return try await body(&connection)
        }
    }

    /// The keys of the agent at a path.
    ///
    /// - Throws: `GRPCError` where nobody answers, or something that isn't an agent.
    package static func keys(at path: String) async throws -> [AgentKey] {
        try await with(path) { agent in
            let answer = try await agent.ask([AgentNumber.requestIdentities])
            guard let keys = AgentFilter(allowed: nil).keys(of: answer) else {
                throw GRPCError(.unavailable, "what answers at \(path) is no SSH agent, or it is locked")
            }
            return keys
        }
    }

    /// The agent's answer to a request.
    mutating func ask(_ request: [UInt8]) async throws -> [UInt8] {
        let channel = channel
        let timer = channel.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
        defer { timer.cancel() }
        try await outbound.write(ByteBuffer(bytes: AgentDeframer.framed(request)))
        while true {
            if let answer = try deframer.next() { return answer }
            guard let bytes = try await inbound.next(isolation: #isolation) else {
                throw GRPCError(.unavailable, "the SSH agent ended the connection or took too long to answer")
            }
            deframer.append(bytes.readableBytesView)
        }
    }

    private static func connect(_ path: String) throws(GRPCError) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path), !bytes.contains(0) else {
            throw GRPCError(.invalidArgument, "the path of the SSH agent's socket is too long")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw GRPCError(.unavailable, String(cString: strerror(errno))) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw GRPCError(.unavailable, "can't reach the SSH agent at \(path): \(String(cString: strerror(code)))")
        }
        return descriptor
    }
}
