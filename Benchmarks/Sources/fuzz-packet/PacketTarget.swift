import CaissonBuildContext
import NIOCore

/// Gives one input of libFuzzer's, which brings the `main`, to the parser.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzPacket(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// A stream of framed file transfer packets, in two pieces; what can be read as an entry is written and read again.
func fuzzPacket(_ bytes: [UInt8]) {
    var deframer = GRPCDeframer()
    for piece in [bytes.prefix(bytes.count / 2), bytes.dropFirst(bytes.count / 2)] {
        var buffer = ByteBuffer(bytes: piece)
        deframer.append(&buffer)
        do throws(GRPCError) {
            while let message = try deframer.next() { try check(try Packet(message)) }
        } catch {
            return
        }
    }
    // Most random streams are no frames: the whole is tried as one packet as well.
    if let packet = try? Packet(ByteBuffer(bytes: bytes)) { try? check(packet) }
}

private func check(_ packet: Packet) throws(GRPCError) {
    // An attribute without name and value isn't written.
    guard case .stat(let entry) = packet, entry.attributes.allSatisfy({ !$0.name.isEmpty }) else { return }
    var buffer = ByteBuffer()
    buffer.writePacket(entry)
    var deframer = GRPCDeframer()
    deframer.append(&buffer)
    guard let message = try deframer.next(), case .stat(let again) = try Packet(message) else {
        preconditionFailure("a packet of ours can't be read")
    }
    precondition(again == entry, "an entry changes on the way")
}
