package import CaissonBuildContext
import NIOCore

/// A store of blobs that the engine may read, and may write to if that is the store's purpose.
package struct ServedLayout: Sendable {
    /// The layout.
    package var layout: ImageLayout
    /// Whether the engine may write to it, because it is a cache's destination.
    package var isWritable: Bool

    /// Makes a store.
    package init(_ layout: ImageLayout, isWritable: Bool) {
        self.layout = layout
        self.isWritable = isWritable
    }
}

/// `containerd.services.content.v1.Content`: local caches and image layouts, by the names that this build gave them.
///
/// The engine tells the store's name in a header of each call (moby/buildkit session/content).
package struct ContentService: SessionService {
    private let stores: [String: ServedLayout]
    private static let prefix = "/containerd.services.content.v1.Content/"
    private static let chunk = 1 << 20

    /// Makes the service for stores by their names.
    package init(stores: [String: ServedLayout]) {
        self.stores = stores
    }

    package var handlers: [String: SessionHandler] {
        guard !stores.isEmpty else { return [:] }
        let methods: [String: SessionHandler] = [
            "Info": { call in try await info(&call) },
            "Read": { call in try await read(&call) },
            "Write": { call in try await write(&call) },
            "Update": { call in try await update(&call) },
            "Status": { call in
                while try await call.reader.next() != nil {}
                throw GRPCError(.notFound, "no such ingest")
            },
            "ListStatuses": { call in try await answerNothing(&call) },
            "Abort": { call in try await answerNothing(&call) },
            "List": { call in while try await call.reader.next() != nil {} },
        ]
        var handlers: [String: SessionHandler] = [:]
        for (name, handler) in methods {
            handlers[Self.prefix + name] = { call in
                // Reading and writing block.
                try await withTaskExecutorPreference(FileExecutor.shared) {
                    do {
                        try await handler(&call)
                    } catch let error as BuildContextError {
                        throw GRPCError(.unknown, error.message)
                    }
                }
            }
        }
        return handlers
    }

    func store(_ call: GRPCServerCall) throws -> ServedLayout {
        guard let name = call.values("buildkit-attachable-store-id").first, let store = stores[name] else {
            throw GRPCError(.notFound, "no such content store in this build")
        }
        return store
    }

    private func answerNothing(_ call: inout GRPCServerCall) async throws {
        while try await call.reader.next() != nil {}
        try await call.writer.send(WireContentEmpty())
    }

    private func info(_ call: inout GRPCServerCall) async throws {
        let store = try store(call)
        guard let message = try await call.reader.next() else { return }
        let digest = try message.decoded(WireContentReadRequest.self).digest
        try await call.writer.send(try Self.info(digest, store))
    }

    /// Labels aren't kept: the answer is what is known without them.
    private func update(_ call: inout GRPCServerCall) async throws {
        let store = try store(call)
        guard let message = try await call.reader.next() else { return }
        let digest = try message.decoded(WireContentInfoMessage.self).info.digest
        try await call.writer.send(try Self.info(digest, store))
    }

    private static func info(_ digest: String, _ store: ServedLayout) throws -> WireContentInfoMessage {
        guard let found = try store.layout.blob(digest) else { throw missing(digest) }
        var answer = WireContentInfoMessage()
        answer.info.digest = found.digest
        answer.info.size = found.size
        return answer
    }

    private func read(_ call: inout GRPCServerCall) async throws {
        let store = try store(call)
        guard let message = try await call.reader.next() else { return }
        let request = try message.decoded(WireContentReadRequest.self)
        guard let reader = try store.layout.reader(request.digest) else { throw Self.missing(request.digest) }
        let start = max(0, request.offset)
        guard start <= reader.size else { throw GRPCError(Self.outOfRange, "read past the end of \(request.digest)") }
        let left = reader.size - start
        let end = request.size <= 0 || request.size > left ? reader.size : start + request.size
        var offset = start
        while offset < end {
            let bytes = try reader.read(at: offset, count: Int(min(Int64(Self.chunk), end - offset)))
            guard !bytes.isEmpty else { throw GRPCError(.unknown, "the blob \(request.digest) became shorter") }
            var buffer = ByteBuffer()
            buffer.writeGRPCMessage { buffer in
                // The engine wants the offset within this answer, not within the blob.
                buffer.writeField(1, UInt64(offset - start))
                buffer.writeField(2, bytes: bytes)
            }
            try await call.writer.send(framed: buffer)
            offset += Int64(bytes.count)
        }
    }

    private static let outOfRange = GRPCError.Code(rawValue: 11)

    private static func missing(_ digest: String) -> GRPCError {
        GRPCError(.notFound, "no blob \(digest.prefix(80)) in this store")
    }
}
