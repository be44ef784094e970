import CaissonBuildModel
import NIOCore
import Synchronization
import Testing

@testable import CaissonBuildKit

extension Wire {
    /// What an engine keeps of a build, from one that says what it is told to.
    @Suite(.timeLimit(.minutes(1))) struct HistoryTests {
        private static let listen = "/moby.buildkit.v1.Control/ListenBuildHistory"
        private static let read = "/containerd.services.content.v1.Content/Read"

        private static func event(_ ref: String, _ platforms: [String]) -> WireBuildHistoryEvent {
            var attestation = WireBuildRecordDescriptor()
            attestation.mediaType = "application/vnd.in-toto+json"
            attestation.digest = "sha256:1"
            attestation.size = 7
            attestation.annotations = ["in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"]
            var result = WireBuildResultInfo()
            result.attestations = [attestation]
            var event = WireBuildHistoryEvent()
            event.record.ref = ref
            if platforms.isEmpty { event.record.result = result }
            for platform in platforms { event.record.results[platform] = result }
            return event
        }

        private static func history(_ events: [WireBuildHistoryEvent]) -> SessionHandler {
            { call in
                while let message = try await call.reader.next() {
                    let request = try message.decoded(WireBuildHistoryRequest.self)
                    guard request.ref == "own", request.earlyExit else {
                        throw GRPCError(.invalidArgument, "not asked so")
                    }
                }
                for event in events { try await call.writer.send(event) }
            }
        }

        @Test(arguments: [[], ["linux/amd64"], ["linux/amd64", "linux/arm64"]])
        func `the statements are told by their platforms`(platforms: [String]) async throws {
            let events = [Self.event("another", ["windows/amd64"]), Self.event("own", platforms)]
            let record = try await withStubControl([Self.listen: Self.history(events)]) {
                try await $0.record(of: "own")
            }
            let statements = try #require(record).attestations
            #expect(Set(statements.keys) == Set(platforms.isEmpty ? [""] : platforms))
            for list in statements.values {
                #expect(list.map(\.digest) == ["sha256:1"])
                #expect(list.first?.annotations["in-toto.io/predicate-type"] == "https://slsa.dev/provenance/v0.2")
            }
        }

        @Test func `an engine without history, or without this build, has no record`() async throws {
            #expect(try await withStubControl([:]) { try await $0.record(of: "own") } == nil)
            let other = Self.history([Self.event("another", [])])
            #expect(try await withStubControl([Self.listen: other]) { try await $0.record(of: "own") } == nil)
        }

        private static func store(_ pieces: [[UInt8]]) -> SessionHandler {
            { call in
                while try await call.reader.next() != nil {}
                var offset: UInt64 = 0
                for piece in pieces {
                    var message = ByteBuffer()
                    message.writeField(1, offset)
                    message.writeField(2, bytes: piece)
                    var framed = ByteBuffer()
                    framed.writeGRPCMessage { $0.writeBytes(message.readableBytesView) }
                    try await call.writer.send(framed: framed)
                    offset += UInt64(piece.count)
                }
            }
        }

        @Test func `content comes in pieces, and no more of it than the limit`() async throws {
            let pieces: [[UInt8]] = [[1, 2, 3], [], [4, 5]]
            let handlers = [Self.read: Self.store(pieces)]
            let content = try await withStubControl(handlers) { try await $0.content("sha256:1", limit: 5) }
            #expect(content == [1, 2, 3, 4, 5])
            try await withStubControl(handlers) { control in
                let error = await gRPCError { _ = try await control.content("sha256:1", limit: 4) }
                #expect(error?.code == .resourceExhausted)
            }
        }
    }
}
