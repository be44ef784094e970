import CaissonBuildContext
import NIOCore

/// One packet of the file transfer (tonistiigi/fsutil `types/wire.proto`).
///
/// The sender walks its tree and sends a STAT for each entry, and an empty one at the end. The receiver asks for
/// contents by the entry's index in that list. Contents come as DATA; an empty one ends a file. Both sides send FIN at
/// the end.
enum Packet {
    case stat(Entry)
    case endOfStats
    case request(id: UInt32)
    case data(id: UInt32, ByteBuffer)
    case finish
    case failure(String)

    /// Reads a packet.
    init(_ message: ByteBuffer) throws(GRPCError) {
        var message = message
        var type: UInt64 = 0
        var id: UInt32 = 0
        var stat: ByteBuffer?
        var data = ByteBuffer()
        while let field = try message.readField() {
            switch (field.number, field.value) {
            case (1, .number(let value)): type = value
            case (2, .bytes(let bytes)): stat = bytes
            case (3, .number(let value)): id = UInt32(truncatingIfNeeded: value)
            case (4, .bytes(let bytes)): data = bytes
            default: continue
            }
        }
        switch type {
        case 0: self = if let stat { .stat(try Entry(stat)) } else { .endOfStats }
        case 1: self = .request(id: id)
        case 2: self = .data(id: id, data)
        case 3: self = .finish
        case 4: self = .failure(String(buffer: data))
        default: throw GRPCError(.invalidArgument, "unknown packet type \(type) in a file transfer")
        }
    }
}

extension Entry {
    /// The most extended attributes that are taken for one entry.
    private static let attributeLimit = 1024

    /// Reads an entry (tonistiigi/fsutil `types/stat.proto`).
    init(_ message: ByteBuffer) throws(GRPCError) {
        self.init(path: [], mode: [])
        var message = message
        while let field = try message.readField() {
            switch field.value {
            case .number(let value): take(field.number, value)
            case .bytes(let bytes): try take(field.number, bytes)
            }
        }
    }

    private mutating func take(_ number: UInt64, _ value: UInt64) {
        switch number {
        case 2: mode = FileMode(rawValue: UInt32(truncatingIfNeeded: value))
        case 3: userID = UInt32(truncatingIfNeeded: value)
        case 4: groupID = UInt32(truncatingIfNeeded: value)
        case 5: size = Int64(bitPattern: value)
        case 6: modificationTime = Int64(bitPattern: value)
        case 8: deviceMajor = Int64(bitPattern: value)
        case 9: deviceMinor = Int64(bitPattern: value)
        default: break
        }
    }

    private mutating func take(_ number: UInt64, _ bytes: ByteBuffer) throws(GRPCError) {
        switch number {
        case 1: path = Array(buffer: bytes)
        case 7: linkname = Array(buffer: bytes)
        case 10: try appendAttribute(bytes)
        default: break
        }
    }

    private mutating func appendAttribute(_ entry: ByteBuffer) throws(GRPCError) {
        guard attributes.count < Entry.attributeLimit else {
            throw GRPCError(.resourceExhausted, "more than \(Entry.attributeLimit) extended attributes of one file")
        }
        var entry = entry
        var attribute = ExtendedAttribute(name: "", value: [])
        while let field = try entry.readField() {
            guard case .bytes(let bytes) = field.value else { continue }
            if field.number == 1 { attribute.name = String(buffer: bytes) }
            if field.number == 2 { attribute.value = Array(buffer: bytes) }
        }
        attributes.append(attribute)
    }
}

extension ByteBuffer {
    /// Appends a STAT packet, framed.
    ///
    /// - Parameter scratch: Where the entry is put together; its storage is used again for the next one.
    mutating func writePacket(_ stat: Entry, _ scratch: inout ByteBuffer) {
        scratch.clear()
        scratch.writeField(1, bytes: stat.path)
        scratch.writeField(2, UInt64(stat.mode.rawValue))
        scratch.writeField(3, UInt64(stat.userID))
        scratch.writeField(4, UInt64(stat.groupID))
        scratch.writeField(5, UInt64(bitPattern: stat.size))
        scratch.writeField(6, UInt64(bitPattern: stat.modificationTime))
        scratch.writeField(7, bytes: stat.linkname)
        scratch.writeField(8, UInt64(bitPattern: stat.deviceMajor))
        scratch.writeField(9, UInt64(bitPattern: stat.deviceMinor))
        for attribute in stat.attributes {
            var entry = ByteBuffer()
            entry.writeField(1, bytes: attribute.name.utf8)
            entry.writeField(2, bytes: attribute.value)
            scratch.writeField(10, bytes: entry.readableBytesView)
        }
        let length = UInt64(scratch.readableBytes)
        writeHead(UInt32(clamping: 1 + ByteBuffer.varintLength(length) + scratch.readableBytes))
        writeVarint(2 << 3 | 2)
        writeVarint(length)
        writeImmutableBuffer(scratch)
    }

    /// Appends a STAT packet, framed.
    mutating func writePacket(_ stat: Entry) {
        var scratch = ByteBuffer()
        writePacket(stat, &scratch)
    }

    /// Appends the packet that ends the list of entries: a STAT without an entry.
    mutating func writeEndOfStats() {
        writeGRPCMessage { _ in }
    }

    /// Appends a REQ packet.
    mutating func writeRequest(id: UInt32) {
        writeGRPCMessage { buffer in
            buffer.writeField(1, 1)
            buffer.writeField(3, UInt64(id))
        }
    }

    /// Appends the head of a DATA packet of `count` bytes, which must be appended next.
    ///
    /// A packet of 0 bytes ends the file.
    mutating func writeDataHead(id: UInt32, count: Int) {
        var length = 2 + count
        if id > 0 { length += 1 + ByteBuffer.varintLength(UInt64(id)) }
        if count > 0 { length += 1 + ByteBuffer.varintLength(UInt64(count)) }
        writeHead(UInt32(clamping: length))
        writeField(1, 2)
        writeField(3, UInt64(id))
        guard count > 0 else { return }
        writeVarint(4 << 3 | 2)
        writeVarint(UInt64(count))
    }

    /// Appends the head of a gRPC message.
    private mutating func writeHead(_ length: UInt32) {
        writeInteger(UInt8(0))
        writeInteger(length)
    }

    /// Appends a FIN packet.
    mutating func writeFinish() {
        writeGRPCMessage { $0.writeField(1, 3) }
    }

    /// Appends an ERR packet.
    mutating func writeFailure(_ message: String) {
        writeGRPCMessage { buffer in
            buffer.writeField(1, 4)
            buffer.writeField(4, bytes: message.utf8)
        }
    }
}
