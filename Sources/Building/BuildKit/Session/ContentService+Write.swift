import CaissonBuildContext
import NIOCore

/// One message of a write: what to do, and the bytes, which are not copied through a message object.
private struct WriteRequest {
    enum Action: UInt64 {
        case stat = 0
        case write = 1
        case commit = 2
    }

    var action = Action.stat
    var total: Int64 = 0
    var expected = ""
    var offset: Int64 = 0
    var data: ByteBuffer?

    init(_ message: ByteBuffer) throws {
        var message = message
        while let field = try message.readField() {
            switch (field.number, field.value) {
            case (1, .number(let value)):
                guard let known = Action(rawValue: value) else { throw GRPCError(.invalidArgument, "unknown action") }
                action = known
            case (3, .number(let value)): total = Int64(bitPattern: value)
            case (4, .bytes(let bytes)): expected = String(buffer: bytes)
            case (5, .number(let value)): offset = Int64(bitPattern: value)
            case (6, .bytes(let bytes)): data = bytes
            default: break
            }
        }
    }
}

extension ContentService {
    /// Takes one blob: its bytes come in order, each message is answered, and the last one names the digest.
    func write(_ call: inout GRPCServerCall) async throws {
        let store = try writableStore(call)
        guard let first = try await call.reader.next() else { return }
        var request = try WriteRequest(first)
        var writer = try store.writer()
        var expected = ""
        while true {
            if !request.expected.isEmpty {
                expected = request.expected
                if let present = try store.blob(expected) {
                    store.noteWritten(present)
                    throw GRPCError(.alreadyExists, "blob with expected digest \(expected) exists")
                }
            }
            if request.action != .stat { try Self.append(request, to: &writer) }
            var answer = WireContentWriteResponse()
            answer.action = Int32(request.action.rawValue)
            answer.total = request.total
            guard request.action != .commit else {
                return try await commit(request, expected, writer, answer, &call)
            }
            answer.offset = writer.offset
            answer.digest = writer.digest
            try await call.writer.send(answer)
            guard let message = try await call.reader.next() else { return }
            request = try WriteRequest(message)
        }
    }

    private func commit(
        _ request: WriteRequest,
        _ expected: String,
        _ writer: consuming BlobWriter,
        _ answer: WireContentWriteResponse,
        _ call: inout GRPCServerCall
    ) async throws {
        guard request.total <= 0 || request.total == writer.offset else {
            throw GRPCError(
                GRPCError.Code(rawValue: 9),
                "\(writer.offset) bytes were written in place of \(request.total)"
            )
        }
        let info = try writer.finish(expected: expected.isEmpty ? nil : expected)
        var answer = answer
        answer.offset = info.size
        answer.digest = info.digest
        try await call.writer.send(answer)
    }

    private static func append(_ request: WriteRequest, to writer: inout BlobWriter) throws {
        if request.offset == 0, writer.offset > 0, request.action == .write { try writer.restart() }
        guard request.offset == 0 || request.offset == writer.offset else {
            throw GRPCError(
                GRPCError.Code(rawValue: 11),
                "write at \(request.offset) must be at \(writer.offset)"
            )
        }
        try request.data?.withUnsafeReadableBytes { try writer.write($0) }
    }

    private func writableStore(_ call: GRPCServerCall) throws -> ImageLayout {
        let store = try store(call)
        guard store.isWritable else { throw GRPCError(GRPCError.Code(rawValue: 7), "the store is only read") }
        return store.layout
    }
}
