import NIOCore
import Synchronization

/// `moby.upload.v1.Upload`: gives the engine a stream of bytes, once.
///
/// The engine asks for it as `http://buildkit-session/<id>`: the tar archive of a context that came on standard input.
package struct UploadService: SessionService {
    /// Gives the next bytes; an empty chunk ends them.
    package typealias Source = @Sendable () async throws -> [UInt8]

    private let id: String
    private let source: Source
    private let isTaken = TakenOnce()

    /// Makes the service for one upload; each chunk of `source` is sent as one message of at most 3 MiB.
    package init(id: String, source: @escaping Source) {
        self.id = id
        self.source = source
    }

    /// The address by which the front end is told of the upload.
    package var address: String { "http://buildkit-session/\(id)" }

    package var handlers: [String: SessionHandler] {
        [
            "/moby.upload.v1.Upload/Pull": { call in
                // The path comes as `/<id>`; this build has a single upload, and no other id is answered.
                guard let path = call.values("urlpath").first, path.split(separator: "/").last.map(String.init) == id
                else {
                    throw GRPCError(.notFound, "no such upload in this session")
                }
                // Bytes that were read are gone: a second reader would get the rest only, and build from that.
                guard isTaken.take() else {
                    throw GRPCError(.notFound, "the upload was fetched already; it can be read once")
                }
                while true {
                    let chunk = try await withTaskExecutorPreference(FileExecutor.shared) { try await source() }
                    guard !chunk.isEmpty else { return }
                    try await UploadService.send(chunk, to: call.writer)
                }
            }
        ]
    }

    /// The largest message, below gRPC's usual limit of 4 MiB.
    static let chunkLimit = 3 << 20

    static func send(_ chunk: [UInt8], to writer: MessageWriter) async throws {
        var rest = chunk[...]
        while !rest.isEmpty {
            let piece = rest.prefix(chunkLimit)
            rest = rest.dropFirst(piece.count)
            var buffer = ByteBuffer()
            buffer.writeGRPCMessage { $0.writeBytesMessage(piece) }
            try await writer.send(framed: buffer)
        }
    }
}

/// Something that only the first caller gets.
private final class TakenOnce: Sendable {
    private let isTaken = Mutex(false)

    /// Whether this is the first time.
    func take() -> Bool {
        isTaken.withLock { isTaken in
            defer { isTaken = true }
            return !isTaken
        }
    }
}
