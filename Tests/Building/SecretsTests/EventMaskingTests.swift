import CaissonBuildModel
import Testing

@testable import CaissonSecrets

/// What a masked stream told.
private struct Told {
    var all: [BuildEvent.Kind] = []

    /// The output of a stream of a step.
    func output(_ vertex: String, _ stream: Int) -> String {
        var logs: [VertexLog] = []
        for case .status(let status) in all { logs += status.logs }
        let bytes = logs.filter { $0.vertex == vertex && $0.stream == stream }.flatMap(\.data)
        return String(decoding: bytes, as: UTF8.self)
    }
}

@Suite struct EventMaskingTests {
    private static let time = Timestamp(seconds: 1, nanoseconds: 0)

    private func log(_ vertex: String, _ stream: Int, _ text: String) -> BuildEvent.Kind {
        let log = VertexLog(vertex: vertex, stream: stream, data: Array(text.utf8), timestamp: Self.time)
        return .status(SolveStatus(logs: [log]))
    }

    private func masking(_ kinds: [BuildEvent.Kind]) throws -> Told {
        let patterns = try SecretPatterns([Array("hunter2".utf8)])
        var masking = EventMasking(OutgoingMask(SecretMask(patterns)))
        return Told(all: kinds.flatMap { masking.take($0) })
    }

    @Test func `a secret cut between pieces is found in each stream by itself`() throws {
        let told = try masking([
            log("a", 1, "x hun"), log("b", 1, "ter2 "), log("a", 2, "hunter"), log("a", 1, "ter2 y"), log("a", 2, "2!"),
            .finished(.cancelled),
        ])
        #expect(told.output("a", 1) == "x *** y")
        #expect(told.output("a", 2) == "***!")
        #expect(told.output("b", 1) == "ter2 ")
    }

    @Test func `what was held back comes when the step ends, and at the end of the build`() throws {
        var vertex = Vertex(digest: "a", name: "step")
        vertex.completed = Self.time
        let told = try masking([log("a", 1, "hun"), log("b", 2, "hunt"), .status(SolveStatus(vertexes: [vertex]))])
        #expect(told.output("a", 1) == "hun")
        #expect(told.output("b", 2) == "")
        let ended = try masking([log("b", 2, "hunt"), .finished(.cancelled)])
        #expect(ended.output("b", 2) == "hunt")
        #expect(ended.all.last == .finished(.cancelled))
        // What only held something back is no event.
        #expect(ended.all.count == 2)
    }

    @Test func `it is known whether a step showed a secret`() throws {
        var masking = EventMasking(OutgoingMask(SecretMask(try SecretPatterns([Array("hunter2".utf8)]))))
        _ = masking.take(.notice("hunter2"))
        _ = masking.take(log("a", 1, "hunter"))
        #expect(!masking.hasMasked)
        _ = masking.take(log("a", 1, "2"))
        #expect(masking.hasMasked)
    }
}
