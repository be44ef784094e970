import NIOCore
import NIOHPACK
import NIOHTTP2
import SwiftProtobuf

/// The client's side of a connection: opens calls.
struct GRPCClient: Sendable {
    let connection: GRPCConnection

    /// A call with one message each way.
    func unary<Answer: Message>(
        _ path: String,
        _ request: some Message,
        as answer: Answer.Type
    ) async throws -> Answer {
        try await call(path) { reader, writer in
            try await writer.send(request, isLast: true)
            guard let message = try await reader.next() else {
                throw GRPCError(.internal, "the engine answered \(path) without a message")
            }
            let answer = try message.decoded(Answer.self)
            while try await reader.next() != nil {}
            return answer
        }
    }

    /// Makes a call that streams; the call is cancelled when `body` returns or throws before the call's end.
    func call<Result: Sendable>(
        _ path: String,
        metadata: [(String, String)] = [],
        _ body: (inout MessageReader, MessageWriter) async throws -> Result
    ) async throws -> Result {
        let channel = try await connection.openStream()
        return try await channel.executeThenClose { inbound, outbound in
            do {
                try await outbound.write(.metadata(GRPCClient.headers(path, metadata)))
            } catch {
                throw GRPCError.brokenOff(by: error)
            }
            var reader = MessageReader(inbound, role: .client)
            return try await body(&reader, MessageWriter(outbound: outbound))
        }
    }

    private static func headers(_ path: String, _ metadata: [(String, String)]) -> HPACKHeaders {
        var headers = HPACKHeaders([
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"),
            ("content-type", "application/grpc"), ("te", "trailers"), ("user-agent", "caisson"),
        ])
        for (name, value) in metadata { headers.add(name: name, value: value) }
        return headers
    }
}
