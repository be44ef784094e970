import CaissonBuildContext
import FoundationEssentials
import NIOCore
import SwiftProtobuf
import Testing

@testable import CaissonBuildKit

/// The generated messages are the judge of our own coding.
@Suite struct PacketTests {
    private static func unframed(_ write: (inout ByteBuffer) -> Void) throws -> ByteBuffer {
        var framed = ByteBuffer()
        write(&framed)
        var deframer = GRPCDeframer()
        deframer.append(&framed)
        return try #require(try deframer.next())
    }

    private static func randomEntry(_ generator: inout SeededGenerator) -> Entry {
        var entry = Entry(
            path: generator.bytes(upTo: 40),
            mode: FileMode(rawValue: .random(in: 0 ... .max, using: &generator))
        )
        if Bool.random(using: &generator) { entry.userID = .random(in: 0 ... .max, using: &generator) }
        entry.groupID = .random(in: 0...3, using: &generator)
        entry.size = .random(in: .min ... .max, using: &generator)
        entry.modificationTime = .random(in: -3...3, using: &generator)
        entry.linkname = generator.bytes(upTo: 4)
        entry.deviceMajor = .random(in: 0...1, using: &generator)
        entry.deviceMinor = .random(in: .min ... .max, using: &generator)
        for index in 0..<Int.random(in: 0...3, using: &generator) {
            entry.attributes.append(ExtendedAttribute(name: "user.a\(index)", value: generator.bytes(upTo: 5)))
        }
        return entry
    }

    private static func wire(_ entry: Entry) -> WireStat {
        var stat = WireStat()
        stat.path = Data(entry.path)
        stat.mode = entry.mode.rawValue
        stat.uid = entry.userID
        stat.gid = entry.groupID
        stat.size = entry.size
        stat.modTime = entry.modificationTime
        stat.linkname = Data(entry.linkname)
        stat.devmajor = entry.deviceMajor
        stat.devminor = entry.deviceMinor
        for attribute in entry.attributes { stat.xattrs[attribute.name] = Data(attribute.value) }
        return stat
    }

    @Test(arguments: 0..<300)
    func `an entry is written as the generated message reads it, and the other way round`(seed: Int) throws {
        var generator = SeededGenerator(UInt64(seed))
        let entry = Self.randomEntry(&generator)
        var expected = WirePacket()
        expected.stat = Self.wire(entry)
        let ours = try Self.unframed { $0.writePacket(entry) }
        #expect(try ours.decoded(WirePacket.self) == expected)

        let theirs = ByteBuffer(bytes: try expected.serializedBytes() as [UInt8])
        guard case .stat(var read) = try Packet(theirs) else { Issue.record("no entry"); return }
        read.attributes.sort { $0.name < $1.name }
        #expect(read == entry)
    }

    @Test(arguments: [UInt32(0), 1, 127, 128, .max])
    func `requests, contents and ends are what the generated message says`(id: UInt32) throws {
        var request = WirePacket()
        request.type = .packetReq
        request.id = id
        #expect(try Self.unframed { $0.writeRequest(id: id) }.decoded(WirePacket.self) == request)

        var data = WirePacket()
        data.type = .packetData
        data.id = id
        #expect(try Self.unframed { $0.writeDataHead(id: id, count: 0) }.decoded(WirePacket.self) == data)
        data.data = Data(repeating: 5, count: 200)
        let written = try Self.unframed {
            $0.writeDataHead(id: id, count: 200)
            $0.writeRepeatingByte(5, count: 200)
        }
        #expect(try written.decoded(WirePacket.self) == data)
    }

    @Test func `the ends of lists and transfers and errors are what the generated message says`() throws {
        #expect(try Self.unframed { $0.writeEndOfStats() }.decoded(WirePacket.self) == WirePacket())
        var finish = WirePacket()
        finish.type = .packetFin
        #expect(try Self.unframed { $0.writeFinish() }.decoded(WirePacket.self) == finish)
        var failure = WirePacket()
        failure.type = .packetErr
        failure.data = Data("why".utf8)
        #expect(try Self.unframed { $0.writeFailure("why") }.decoded(WirePacket.self) == failure)
    }

    @Test(arguments: 0..<500)
    func `random bytes are a packet where the generated message takes them, and never a trap`(seed: Int) throws {
        var generator = SeededGenerator(UInt64(seed))
        var bytes = generator.bytes(upTo: 60)
        if seed % 2 == 0 {
            // A good packet with a few wrong bytes gets further than noise.
            var packet = WirePacket()
            packet.stat = Self.wire(Self.randomEntry(&generator))
            bytes = try packet.serializedBytes()
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
        }
        _ = try? Packet(ByteBuffer(bytes: bytes))
    }

    @Test func `unknown fields and types are skipped and refused`() throws {
        // Field 15 of each wire type before the type REQ.
        let unknown: [UInt8] = [0x78, 1, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7a, 1, 9, 0x7d, 1, 2, 3, 4, 0x08, 1]
        guard case .request(0) = try Packet(ByteBuffer(bytes: unknown)) else { Issue.record("no request"); return }
        #expect(throws: GRPCError.self) { try Packet(ByteBuffer(bytes: [0x08, 5])) }
        #expect(throws: GRPCError.self) {
            try Packet(ByteBuffer(bytes: [0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]))
        }
        #expect(throws: GRPCError.self) { try Packet(ByteBuffer(bytes: [0x0b])) }
    }

    @Test func `an entry with too many attributes is refused`() {
        var stat = ByteBuffer()
        for _ in 0...1024 { stat.writeField(10, bytes: [0x0a, 1, 0x61]) }
        #expect { try Entry(stat) } throws: { ($0 as? GRPCError)?.code == .resourceExhausted }
    }

    @Test func `a number of more than ten bytes is none`() {
        var long = ByteBuffer(bytes: Array(repeating: 0xff, count: 11))
        #expect(long.readVarint() == nil)
        var most = ByteBuffer(bytes: Array(repeating: 0xff, count: 9) + [1])
        #expect(most.readVarint() == .max)
    }
}
