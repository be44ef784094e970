import NIOCore
import Testing

@testable import CaissonBuildKit

extension Wire {
    @Suite(.timeLimit(.minutes(1))) struct SecretsServiceTests {
        private static func ask(_ client: GRPCClient, _ id: String) async throws -> [UInt8] {
            var request = WireGetSecretRequest()
            request.id = id
            return try await client.call("/moby.buildkit.secrets.v1.Secrets/GetSecret") { reader, writer in
                try await writer.send(request, isLast: true)
                var value: [UInt8] = []
                while var message = try await reader.next() {
                    while let field = try message.readField() {
                        if field.number == 1, case .bytes(let bytes) = field.value { value += Array(buffer: bytes) }
                    }
                }
                return value
            }
        }

        private static func service(_ notes: Notes = Notes(), size: Int = 500 * 1024) -> SecretsService {
            SecretsService(missed: { notes.add($0) }) { id, body in
                let value = ["a": [1, 0, 255], "empty": [], "large": [UInt8](repeating: 7, count: size)][id]
                value.map { $0.withUnsafeBytes(body) }
            }
        }

        @Test func `a secret is given by its id, whatever its bytes`() async throws {
            let values = try await withSession([Self.service()]) { client in
                (
                    try await Self.ask(client, "a"), try await Self.ask(client, "empty"),
                    try await Self.ask(client, "large")
                )
            }
            #expect(values.0 == [1, 0, 255])
            #expect(values.1 == [])
            #expect(values.2 == [UInt8](repeating: 7, count: 500 * 1024))
        }

        @Test(arguments: ["b", "", "A", "a/", "../a"])
        func `any other id isn't found, and that is told once`(id: String) async throws {
            let notes = Notes()
            let errors = try await withSession([Self.service(notes)]) { client in
                [
                    await gRPCError { _ = try await Self.ask(client, id) },
                    await gRPCError { _ = try await Self.ask(client, id) },
                ]
            }
            for error in errors {
                #expect(error?.code == .notFound)
                #expect(error?.message == "not found")
            }
            #expect(notes.all == [id])
        }
    }
}
