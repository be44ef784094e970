import CaissonBuildModel
import CaissonText
import NIOCore
import Synchronization

/// Sends one tree to the engine: the sender's half of the file transfer.
///
/// Three tasks run at once: one walks the tree and sends its entries, one reads the engine's requests, and one sends
/// the contents that were asked for.
struct FileTreeSender {
    let source: FileSource
    let writer: MessageWriter
    /// The connection that the call runs on; nil for one that mustn't be paused.
    var connection: (any Channel)?

    /// How many bytes of packets are sent in one write.
    static let batchSize = 256 << 10

    /// Runs the transfer until the engine has everything that it wants.
    func run(_ reader: inout MessageReader) async throws {
        let queue = RequestQueue()
        let failure = FirstError()
        do {
            try await transfer(&reader, queue, failure)
        } catch {
            // The walk's own error says more than the call's, which broke off because of it.
            let cause = failure.value ?? error
            guard !(cause is BuildError) else { throw cause }
            throw source.refusedName ?? cause
        }
    }

    private func transfer(_ reader: inout MessageReader, _ queue: RequestQueue, _ failure: FirstError) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: FileExecutor.shared) {
                try await guarded(failure) { try await sendStats() }
            }
            group.addTask(executorPreference: FileExecutor.shared) {
                try await guarded(failure) { try await sendContents(queue) }
            }
            defer { queue.finish() }
            try await receive(&reader, queue)
            queue.finish()
            try await group.waitForAll()
        }
    }

    /// How long the engine may take to end a transfer that failed here.
    private static let failureGrace = Duration.seconds(5)

    /// Tells the engine of an error of ours, so that it ends the transfer; if it doesn't, breaks the call off.
    private func guarded(_ failure: FirstError, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            failure.set(error)
            guard let own = error as? BuildError else { throw error }
            var packet = ByteBuffer()
            packet.writeFailure(own.message)
            try? await writer.send(framed: packet)
            try? await Task.sleep(for: FileTreeSender.failureGrace)
            if !Task.isCancelled { writer.outbound.finish() }
            throw error
        }
    }

    private func receive(_ reader: inout MessageReader, _ queue: RequestQueue) async throws {
        var pace = RequestPace()
        var ids: [UInt32] = []
        while true {
            let messages = try await reader.nextBatch()
            if messages.isEmpty { throw GRPCError(.unavailable, "the engine broke off the file transfer") }
            for message in messages {
                switch try Packet(message) {
                case .request(let id): ids.append(id)
                case .finish: return try await finish()
                case .failure(let message):
                    throw GRPCError(.unknown, "the engine couldn't take the files: \(message)")
                case .stat, .endOfStats, .data:
                    throw GRPCError(.invalidArgument, "the engine sent files where it should ask for them")
                }
            }
            // Each file may be asked for once; a peer that asks for more could only fill our memory.
            guard queue.append(contentsOf: ids) <= source.count else {
                throw GRPCError(.invalidArgument, "the engine asked for more files than there are")
            }
            if pace.shouldPause(after: ids.count, averageSize: queue.averageSize) {
                connection?.pauseReading(for: RequestPace.pause)
            }
            ids.removeAll(keepingCapacity: true)
        }
    }

    private func finish() async throws {
        var answer = ByteBuffer()
        answer.writeFinish()
        try await writer.send(framed: answer)
        source.finish()
    }

    private func sendStats() async throws {
        var buffer = ByteBuffer()
        var scratch = ByteBuffer()
        try await source.walk { stat in
            buffer.writePacket(stat, &scratch)
            guard buffer.readableBytes >= FileTreeSender.batchSize else { return }
            try await writer.send(framed: buffer)
            buffer = ByteBuffer()
        }
        buffer.writeEndOfStats()
        try await writer.send(framed: buffer)
    }

    private func sendContents(_ queue: RequestQueue) async throws {
        while true {
            let ids = await queue.take()
            if ids.isEmpty { return }
            var buffer = ByteBuffer()
            var bytes = 0
            for id in ids { bytes += try await send(id, &buffer) }
            queue.count(files: ids.count, bytes: bytes)
            if buffer.readableBytes > 0 { try await writer.send(framed: buffer) }
        }
    }

    /// Appends a file's packets to the buffer, sends the buffer whenever it is full, and returns how large the file is.
    private func send(_ id: UInt32, _ buffer: inout ByteBuffer) async throws -> Int {
        var file = try source.open(id)
        defer { buffer.writeDataHead(id: id, count: 0) }
        var hash = source.hash
        while try file.read(into: &buffer, id: id, limit: FileTreeSender.batchSize, &hash) {
            if buffer.readableBytes >= FileTreeSender.batchSize {
                try await writer.send(framed: buffer)
                buffer = ByteBuffer()
            }
        }
        source.finish(id, hash)
        return file.size
    }
}

/// Keeps the first of several errors, since it caused the others.
final class FirstError: Sendable {
    private let error = Mutex<(any Error)?>(nil)

    /// The first error; nil as long as there was none.
    var value: (any Error)? { error.withLock { $0 } }

    /// Takes an error unless there was one before.
    func set(_ next: any Error) { error.withLock { $0 = $0 ?? next } }
}
