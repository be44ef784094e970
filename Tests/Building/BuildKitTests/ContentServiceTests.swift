import CaissonBuildContext
import CaissonBuildModel
import NIOCore
import Testing

@testable import CaissonBuildKit

extension Wire {
    @Suite struct ContentServiceTests {
        private static let path = "/containerd.services.content.v1.Content/"
        private static let zeros = "sha256:" + String(repeating: "0", count: 64)

        private static func store(_ name: String) -> [(String, String)] { [("buildkit-attachable-store-id", name)] }

        /// One message of a write, as containerd's client sends it.
        private static func message(
            _ action: UInt64,
            offset: Int = 0,
            expected: String = "",
            data: [UInt8] = []
        ) -> ByteBuffer {
            var buffer = ByteBuffer()
            buffer.writeGRPCMessage { buffer in
                buffer.writeField(1, action)
                buffer.writeField(2, bytes: Array("ref".utf8))
                buffer.writeField(4, bytes: Array(expected.utf8))
                buffer.writeField(5, UInt64(offset))
                buffer.writeField(6, bytes: data)
            }
            return buffer
        }

        /// Sends messages one after another, each when the one before was answered; returns the answers.
        private static func write(
            _ client: GRPCClient,
            _ messages: [ByteBuffer],
            to name: String = "s"
        ) async throws -> [WireContentWriteResponse] {
            try await client.call(path + "Write", metadata: store(name)) { reader, writer in
                var answers: [WireContentWriteResponse] = []
                for message in messages {
                    try await writer.send(framed: message)
                    guard let answer = try await reader.next() else { break }
                    answers.append(try answer.decoded(WireContentWriteResponse.self))
                }
                return answers
            }
        }

        private static func read(
            _ client: GRPCClient,
            _ digest: String,
            offset: Int64 = 0,
            size: Int64 = 0,
            from name: String = "s"
        ) async throws -> [UInt8] {
            var request = WireContentReadRequest()
            request.digest = digest
            request.offset = offset
            request.size = size
            let sent = request
            return try await client.call(path + "Read", metadata: store(name)) { reader, writer in
                try await writer.send(sent, isLast: true)
                var bytes: [UInt8] = []
                while var message = try await reader.next() {
                    var start: UInt64 = 0
                    while let field = try message.readField() {
                        if case (1, .number(let value)) = field { start = value }
                        guard case (2, .bytes(let data)) = field else { continue }
                        #expect(start == UInt64(bytes.count))
                        bytes += Array(buffer: data)
                    }
                }
                return bytes
            }
        }

        private static func withStore<Value: Sendable>(
            isWritable: Bool = true,
            _ body: @escaping @Sendable (GRPCClient, ImageLayout) async throws -> Value
        ) async throws -> Value {
            let tree = TemporaryTree()
            let layout = try ImageLayout.create(tree.path)
            let service = ContentService(stores: ["s": ServedLayout(layout, isWritable: isWritable)])
            defer { withExtendedLifetime(tree) {} }
            return try await withSession([service]) { client in try await body(client, layout) }
        }

        @Test func `a blob is written in pieces and read again in any part`() async throws {
            try await Self.withStore { client, _ in
                let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
                let digest = SHA256.digest(bytes)
                let half = bytes.count / 2
                let answers = try await Self.write(
                    client,
                    [
                        Self.message(0, expected: digest), Self.message(1, data: Array(bytes[..<half])),
                        Self.message(1, offset: half, data: Array(bytes[half...])),
                        Self.message(2, offset: bytes.count, expected: digest),
                    ]
                )
                #expect(answers.map(\.offset) == [0, Int64(half), Int64(bytes.count), Int64(bytes.count)])
                #expect(answers.last?.digest == digest)
                #expect(try await Self.read(client, digest) == bytes)
                #expect(try await Self.read(client, digest, offset: 10, size: 5) == Array(bytes[10..<15]))
                #expect(
                    try await Self.read(client, digest, offset: 2_999_990, size: .max) == Array(bytes[2_999_990...])
                )
            }
        }

        @Test func `a blob that is there already is said to be`() async throws {
            try await Self.withStore { client, layout in
                let digest = SHA256.digest([1])
                _ = try await Self.write(client, [Self.message(1, data: [1]), Self.message(2, offset: 1)])
                let error = await gRPCError { _ = try await Self.write(client, [Self.message(0, expected: digest)]) }
                #expect(error?.code == .alreadyExists)
                #expect(layout.lastWritten?.digest == digest)
            }
        }

        @Test func `a blob with the wrong digest, offset or size is refused and gone`() async throws {
            try await Self.withStore { client, layout in
                let attempts = [
                    [Self.message(1, data: [1]), Self.message(2, offset: 1, expected: Self.zeros)],
                    [Self.message(1, data: [1]), Self.message(1, offset: 7, data: [2])],
                    [Self.message(9)],
                ]
                for attempt in attempts {
                    let error = await gRPCError { _ = try await Self.write(client, attempt) }
                    #expect(error != nil)
                }
                let left = try layout.blob(SHA256.digest([1]))
                #expect(left == nil)
            }
        }

        @Test func `a write that begins again forgets what came before`() async throws {
            try await Self.withStore { client, _ in
                let answers = try await Self.write(
                    client,
                    [Self.message(1, data: [9, 9, 9]), Self.message(1, data: [1]), Self.message(2, offset: 1)]
                )
                #expect(answers.last?.digest == SHA256.digest([1]))
            }
        }

        @Test func `only the stores of this build answer, and only those for writing take`() async throws {
            try await Self.withStore(isWritable: false) { client, _ in
                let refused = await gRPCError { _ = try await Self.write(client, [Self.message(0)]) }
                #expect(refused?.code.rawValue == 7)
                let other = await gRPCError { _ = try await Self.read(client, Self.zeros, from: "other") }
                #expect(other?.code == .notFound)
                let missing = await gRPCError { _ = try await Self.read(client, Self.zeros) }
                #expect(missing?.code == .notFound)
                let escape = await gRPCError { _ = try await Self.read(client, "sha256:../../index.json") }
                #expect(escape?.code == .notFound)
            }
        }

        @Test func `without a store there is no such service`() {
            #expect(ContentService(stores: [:]).handlers.isEmpty)
        }
    }
}
