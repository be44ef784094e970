import CaissonBuildContext
import NIOCore

/// Takes one tree from the engine into a directory: the receiver's half of the file transfer.
///
/// Contents are asked for while entries still come, for at most `window` files at a time; so neither side holds more
/// than that, however large the tree is.
struct FileTreeReceiver {
    private let directory: DirectoryReceiver
    private let writer: MessageWriter
    private var wanted: [UInt32] = []
    private var firstWanted = 0
    private var inFlight = 0
    private var hasAllStats = false

    /// Files asked for and not complete.
    private static let window = 64

    init(into directory: DirectoryReceiver, writer: MessageWriter) {
        self.directory = directory
        self.writer = writer
    }

    /// Runs the transfer to its end.
    ///
    /// - Parameter whenComplete: Called when all is written, and before the engine hears of that: it may end the build, and with
    ///   it this call, at once.
    mutating func run(_ reader: inout MessageReader, whenComplete: () -> Void) async throws {
        do {
            try await receive(&reader, whenComplete)
        } catch let error as BuildContextError {
            var packet = ByteBuffer()
            packet.writeFailure(error.message)
            try? await writer.send(framed: packet)
            throw error
        }
    }

    private mutating func receive(_ reader: inout MessageReader, _ whenComplete: () -> Void) async throws {
        while let message = try await reader.next() {
            switch try Packet(message) {
            case .stat(let entry): if case .content(let id) = try directory.begin(entry) { wanted.append(id) }
            case .endOfStats: hasAllStats = true
            case .data(let id, let bytes): try take(bytes, of: id)
            case .finish: throw GRPCError(.unavailable, "the engine ended the file transfer before its end")
            case .failure(let message): throw GRPCError(.unknown, "the engine couldn't send the files: \(message)")
            case .request: throw GRPCError(.invalidArgument, "the engine asked for files where it should send them")
            }
            try await request()
            if hasAllStats, inFlight == 0, firstWanted == wanted.count {
                return try await finish(&reader, whenComplete)
            }
        }
        throw GRPCError(.unavailable, "the engine broke off the file transfer")
    }

    private mutating func take(_ bytes: ByteBuffer, of id: UInt32) throws {
        guard bytes.readableBytes == 0 else {
            return try bytes.withUnsafeReadableBytes { (bytes) throws(BuildContextError) in
                try directory.write(id, bytes)
            }
        }
        try directory.endFile(id)
        inFlight -= 1
    }

    private mutating func request() async throws {
        guard inFlight < FileTreeReceiver.window, firstWanted < wanted.count else { return }
        var packets = ByteBuffer()
        while inFlight < FileTreeReceiver.window, firstWanted < wanted.count {
            packets.writeRequest(id: wanted[firstWanted])
            firstWanted += 1
            inFlight += 1
        }
        if firstWanted == wanted.count { (wanted, firstWanted) = ([], 0) }
        try await writer.send(framed: packets)
    }

    /// Completes the tree here before telling the engine, which otherwise could report a success that we couldn't
    /// write.
    private func finish(_ reader: inout MessageReader, _ whenComplete: () -> Void) async throws {
        _ = try directory.finish()
        whenComplete()
        var packet = ByteBuffer()
        packet.writeFinish()
        try await writer.send(framed: packet)
        while let message = try await reader.next() {
            if case .finish = try Packet(message) { return }
        }
    }
}
