import NIOCore
import Testing

@testable import CaissonBuildKit

@Suite struct DeframerTests {
    private static func framed(_ messages: [[UInt8]]) -> [UInt8] {
        var buffer = ByteBuffer()
        for message in messages { buffer.writeGRPCMessage { $0.writeBytes(message) } }
        return Array(buffer: buffer)
    }

    private static func read(_ pieces: [ArraySlice<UInt8>]) throws -> [[UInt8]] {
        var deframer = GRPCDeframer()
        var messages: [[UInt8]] = []
        for piece in pieces {
            var bytes = ByteBuffer(bytes: piece)
            deframer.append(&bytes)
            while let message = try deframer.next() { messages.append(Array(buffer: message)) }
        }
        #expect(!deframer.isInMessage)
        return messages
    }

    @Test func `messages are the same wherever the stream is cut`() throws {
        let messages: [[UInt8]] = [[1, 2, 3], [], Array(repeating: 7, count: 300), [0]]
        let bytes = Self.framed(messages)
        for cut in 0...bytes.count {
            #expect(try Self.read([bytes[..<cut], bytes[cut...]]) == messages)
        }
        #expect(try Self.read(bytes.indices.map { bytes[$0...$0] }) == messages)
    }

    @Test func `a stream that stops in a message is noticed`() throws {
        let bytes = Self.framed([[1, 2, 3]])
        for cut in 1..<bytes.count {
            var deframer = GRPCDeframer()
            var part = ByteBuffer(bytes: bytes[..<cut])
            deframer.append(&part)
            #expect(try deframer.next() == nil)
            #expect(deframer.isInMessage)
        }
    }

    @Test(arguments: [UInt32(16 << 20) + 1, .max])
    func `a message over the limit is refused by its head alone`(length: UInt32) {
        var deframer = GRPCDeframer()
        var head = ByteBuffer(bytes: [0])
        head.writeInteger(length)
        deframer.append(&head)
        #expect { try deframer.next() } throws: { ($0 as? GRPCError)?.code == .resourceExhausted }
    }

    @Test func `a compressed message is refused`() {
        var deframer = GRPCDeframer()
        var bytes = ByteBuffer(bytes: [1, 0, 0, 0, 1, 9])
        deframer.append(&bytes)
        #expect { try deframer.next() } throws: { ($0 as? GRPCError)?.code == .unimplemented }
    }

    @Test(arguments: 0..<200)
    func `garbage is messages, an error or the wish for more, and never a trap`(seed: Int) {
        var generator = SeededGenerator(UInt64(seed))
        var deframer = GRPCDeframer()
        for _ in 0..<20 {
            var bytes = generator.bytes(upTo: 64)
            // Small numbers make heads that hold.
            if Bool.random(using: &generator) { bytes = bytes.map { $0 & 1 == 0 ? 0 : $0 & 7 } }
            var buffer = ByteBuffer(bytes: bytes)
            deframer.append(&buffer)
            do {
                while let message = try deframer.next() { #expect(message.readableBytes <= GRPCDeframer.messageLimit) }
            } catch {
                return
            }
        }
    }
}
