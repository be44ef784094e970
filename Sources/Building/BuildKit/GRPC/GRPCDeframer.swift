import NIOCore

/// Cuts a byte stream into gRPC messages: one byte of flags, four of length, then the message.
///
/// It is a value without I/O: bytes go in, messages come out. A compressed message, or one beyond the limit, is an
/// error, so a peer can't make us hold more than the limit and one HTTP/2 window.
struct GRPCDeframer {
    /// The longest message that is taken, in bytes: containerd's default for both directions, which BuildKit uses.
    static let messageLimit = 16 << 20

    private var pending = ByteBuffer()

    /// Takes the next bytes of the stream.
    mutating func append(_ bytes: inout ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = bytes
        } else {
            pending.discardReadBytes()
            pending.writeBuffer(&bytes)
        }
    }

    /// The next whole message, or nil when more bytes are needed.
    mutating func next() throws(GRPCError) -> ByteBuffer? {
        guard let flags = pending.getInteger(at: pending.readerIndex, as: UInt8.self),
            let length = pending.getInteger(at: pending.readerIndex + 1, as: UInt32.self)
        else { return nil }
        guard flags == 0 else { throw GRPCError(.unimplemented, "the peer sent a compressed message") }
        guard length <= GRPCDeframer.messageLimit else {
            throw GRPCError(.resourceExhausted, "the peer sent a message of \(length) bytes, more than 16 MiB")
        }
        guard pending.readableBytes >= 5 + Int(length) else {
            pending.reserveCapacity(minimumWritableBytes: 5 + Int(length) - pending.readableBytes)
            return nil
        }
        pending.moveReaderIndex(forwardBy: 5)
        return pending.readSlice(length: Int(length))
    }

    /// Whether the stream stopped in the middle of a message.
    var isInMessage: Bool { pending.readableBytes > 0 }
}

extension ByteBuffer {
    /// Appends one gRPC message whose bytes `body` writes.
    mutating func writeGRPCMessage(_ body: (inout ByteBuffer) -> Void) {
        let start = writerIndex
        writeInteger(UInt8(0))
        writeInteger(UInt32(0))
        body(&self)
        setInteger(UInt32(truncatingIfNeeded: writerIndex - start - 5), at: start + 1)
    }
}
