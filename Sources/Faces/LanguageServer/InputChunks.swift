import CaissonSystem
import Dispatch
import Glibc

/// A descriptor's bytes as they come, read by a thread of its own, as a read may wait for hours.
///
/// The next bytes are read when the ones before are used, so that there never are more than one piece of them.
struct InputChunks: Sendable {
    /// The pieces; the stream ends with the input, or when reading it fails.
    let stream: AsyncStream<[UInt8]>
    private let room: DispatchSemaphore

    private static let pieceSize = 64 << 10

    /// Begins to read.
    /// - Throws: An `Errno` when no thread can be started.
    init(_ descriptor: BorrowedDescriptor) throws(Errno) {
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        // It begins at zero, as libdispatch stops the program when one goes that is lower than it began.
        let room = DispatchSemaphore(value: 0)
        room.signal()
        self.stream = stream
        self.room = room
        try DetachedThread.start {
            while true {
                room.wait()
                guard let bytes = try? descriptor.readOnce(upTo: Self.pieceSize), !bytes.isEmpty else { break }
                guard case .enqueued = continuation.yield(bytes) else { break }
            }
            continuation.finish()
        }
    }

    /// Tells that a piece is used, so that the next one may be read.
    func useNext() { room.signal() }
}
