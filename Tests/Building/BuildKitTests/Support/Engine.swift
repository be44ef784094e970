import CaissonBuildContext
import NIOCore
import Synchronization

@testable import CaissonBuildKit

/// What an engine got of a tree.
struct ReceivedTree: Sendable {
    var entries: [Entry] = []
    var contents: [UInt32: [UInt8]] = [:]
    var failure: String?

    var names: [String] { entries.map { String(decoding: $0.path, as: UTF8.self) } }

    /// The content of a file by its name.
    func text(_ name: String) -> String? {
        guard let index = names.firstIndex(of: name) else { return nil }
        return contents[UInt32(index)].map { String(decoding: $0, as: UTF8.self) }
    }
}

extension GRPCClient {
    /// Reads a tree as an engine does: asks for every regular file.
    func diffCopy(_ metadata: [(String, String)], pause: Duration? = nil) async throws -> ReceivedTree {
        try await call("/moby.filesync.v1.FileSync/DiffCopy", metadata: metadata) { reader, writer in
            var tree = ReceivedTree()
            var awaited = 0
            var hasAll = false
            while let message = try await reader.next() {
                if let pause { try await Task.sleep(for: pause) }
                switch try Packet(message) {
                case .stat(let entry):
                    tree.entries.append(entry)
                    guard entry.hasContent else { continue }
                    awaited += 1
                    var request = ByteBuffer()
                    request.writeRequest(id: UInt32(tree.entries.count - 1))
                    try await writer.send(framed: request)
                case .endOfStats: hasAll = true
                case .data(let id, let bytes):
                    tree.contents[id, default: []] += Array(buffer: bytes)
                    if bytes.readableBytes == 0 { awaited -= 1 }
                case .failure(let text):
                    tree.failure = text
                    return tree
                case .finish: return tree
                case .request: throw GRPCError(.internal, "a request from the sender")
                }
                if hasAll, awaited == 0 {
                    var finish = ByteBuffer()
                    finish.writeFinish()
                    try await writer.send(framed: finish)
                }
            }
            return tree
        }
    }

    /// Sends a tree as an engine's exporter does.
    func export(_ entries: [(Entry, [UInt8])], as place: String? = nil) async throws {
        let metadata = place.map { [("buildkit-attachable-exporter-id", $0)] } ?? []
        try await call("/moby.filesync.v1.FileSend/DiffCopy", metadata: metadata) { reader, writer in
            var stats = ByteBuffer()
            for (entry, _) in entries { stats.writePacket(entry) }
            stats.writeEndOfStats()
            try await writer.send(framed: stats)
            while let message = try await reader.next() {
                switch try Packet(message) {
                case .request(let id):
                    var data = ByteBuffer()
                    let content = entries[Int(id)].1
                    if !content.isEmpty {
                        data.writeDataHead(id: id, count: content.count)
                        data.writeBytes(content)
                    }
                    data.writeDataHead(id: id, count: 0)
                    try await writer.send(framed: data)
                case .finish:
                    var finish = ByteBuffer()
                    finish.writeFinish()
                    try await writer.send(framed: finish, isLast: true)
                case .failure(let text): throw GRPCError(.unknown, "ERR: \(text)")
                default: throw GRPCError(.internal, "a packet that a receiver doesn't send")
                }
            }
        }
    }

    /// Sends bytes as an engine's tar exporter does.
    func export(_ chunks: [[UInt8]], as place: String? = nil) async throws {
        let metadata = place.map { [("buildkit-attachable-exporter-id", $0)] } ?? []
        try await call("/moby.filesync.v1.FileSend/DiffCopy", metadata: metadata) { reader, writer in
            for chunk in chunks {
                var message = ByteBuffer()
                message.writeGRPCMessage { $0.writeBytesMessage(chunk) }
                try await writer.send(framed: message)
            }
            try await writer.send(framed: ByteBuffer(), isLast: true)
            while try await reader.next() != nil {}
        }
    }
}

/// Collects what several tasks say.
final class Notes: Sendable {
    private let texts = Mutex<[String]>([])

    /// All that was said.
    var all: [String] { texts.withLock { $0 } }

    func add(_ text: String) { texts.withLock { $0.append(text) } }
}
