import NIOCore
import NIOHPACK
import NIOHTTP2
import SwiftProtobuf

/// The messages a call's peer sends, in order.
///
/// Belongs to one task.
struct MessageReader {
    private var inbound: NIOAsyncChannelInboundStream<GRPCInbound>.AsyncIterator
    private var batch: ArraySlice<ByteBuffer> = []
    private var isAtEnd = false
    private let role: Role

    /// The two ends of a call; only a server ends a call with a status.
    enum Role { case client, server }

    init(_ inbound: NIOAsyncChannelInboundStream<GRPCInbound>, role: Role) {
        self.inbound = inbound.makeAsyncIterator()
        self.role = role
    }

    /// The headers that begin the call or its answer; nil where the peer answered with a status alone.
    mutating func metadata() async throws -> HPACKHeaders? {
        guard case .metadata(let headers) = try await receive() else { return nil }
        return headers
    }

    /// The next message; nil at the end.
    ///
    /// - Throws: `GRPCError` with the status with which the peer ended the call, or `unavailable` when the connection
    ///   broke.
    mutating func next() async throws -> ByteBuffer? {
        while batch.isEmpty {
            if isAtEnd { return nil }
            switch try await receive() {
            case .metadata: continue
            case .messages(let messages): batch = messages[...]
            case .end(let trailers): try end(trailers)
            }
        }
        return batch.popFirst()
    }

    /// The messages that have come together, at least one; none at the end.
    mutating func nextBatch() async throws -> ArraySlice<ByteBuffer> {
        guard let first = try await next() else { return [] }
        defer { batch = [] }
        return [first] + batch
    }

    private mutating func end(_ trailers: HPACKHeaders?) throws {
        isAtEnd = true
        // A client may end its side with headers instead of data; it sends no status.
        guard role == .client else { return }
        guard let trailers else { throw GRPCError(.unknown, "the engine ended the call without a status") }
        if let error = GRPCStatus.error(of: trailers) { throw error }
    }

    private mutating func receive() async throws -> GRPCInbound {
        do {
            // The call runs in its caller's isolation, because the iterator isn't Sendable and must stay in its task.
            if let part = try await inbound.next(isolation: #isolation) { return part }
        } catch let error as GRPCError {
            throw error
        } catch {
            throw GRPCError.brokenOff(by: error)
        }
        isAtEnd = true
        throw GRPCError.brokenOff()
    }
}

/// Where a call sends its own messages; it waits while the peer's window is full.
///
/// May be used from several tasks.
struct MessageWriter: Sendable {
    let outbound: NIOAsyncChannelOutboundWriter<GRPCOutbound>
    /// Four writes: one that is being sent, one that is being read from a file, and one for each of the two threads to
    /// switch.
    private let window = SendWindow(4)

    init(outbound: NIOAsyncChannelOutboundWriter<GRPCOutbound>) { self.outbound = outbound }

    /// Sends messages that are framed already; waits while too many earlier ones haven't left the process.
    func send(framed bytes: ByteBuffer, isLast: Bool = false) async throws {
        do {
            try await outbound.write(.messages(bytes, isLast: isLast, window.ticket()))
        } catch {
            throw GRPCError.brokenOff(by: error)
        }
    }

    /// Sends one message.
    func send(_ message: some Message, isLast: Bool = false) async throws {
        var buffer = ByteBuffer()
        try buffer.writeGRPCMessage(message)
        try await send(framed: buffer, isLast: isLast)
    }
}

extension GRPCError {
    /// The meaning of a connection's error: our own task was cancelled, the peer reset this call, or the connection
    /// broke.
    static func brokenOff(by error: (any Error)? = nil) -> GRPCError {
        if Task.isCancelled { return GRPCError(.cancelled, "cancelled") }
        if let reset = error as? NIOHTTP2Errors.StreamClosed, reset.errorCode != .noError {
            return GRPCError(.unavailable, "the engine broke off the call (HTTP/2 code \(reset.errorCode.networkCode))")
        }
        return GRPCError(.unavailable, "the engine broke off the connection")
    }
}

extension ByteBuffer {
    /// Appends `message` with its gRPC head.
    mutating func writeGRPCMessage(_ message: some Message) throws {
        let bytes: [UInt8] = try message.serializedBytes()
        writeGRPCMessage { $0.writeBytes(bytes) }
    }

    /// Reads the whole buffer as one protobuf message.
    func decoded<M: Message>(_ type: M.Type) throws -> M {
        do {
            return try withUnsafeReadableBytes { try M(serializedBytes: $0.bytes) }
        } catch {
            throw GRPCError(.internal, "the engine sent a message that isn't a \(type.protoMessageName)")
        }
    }
}
