import CaissonBuildModel
import Testing

@testable import CaissonHistory

/// Steps have the numbers that they have in what is shown of a build while it runs.
@Suite struct StepNumberTests {
    private static func vertex(
        _ digest: String,
        _ inputs: [String] = [],
        from: Int64? = nil,
        to: Int64? = nil
    ) -> Vertex {
        Vertex(
            digest: digest,
            inputs: inputs,
            name: "RUN \(digest)",
            started: from.map { Timestamp(seconds: $0) },
            completed: to.map { Timestamp(seconds: $0) }
        )
    }

    /// A build whose engine tells the last step first, as it asks for the others from there.
    private static let statuses: [SolveStatus] = [
        SolveStatus(
            vertexes: [vertex("d", ["c"]), vertex("c", ["b"]), vertex("b", ["a"]), vertex("a"), vertex("never")]
        ),
        SolveStatus(
            vertexes: [vertex("c", ["b"], from: 2, to: 3), vertex("b", ["a"], from: 1, to: 2), vertex("a", from: 1)]
        ),
        SolveStatus(logs: [VertexLog(vertex: "printed", stream: 1, data: [65, 10], timestamp: Timestamp(seconds: 3))]),
        SolveStatus(vertexes: [vertex("a", from: 1, to: 4), vertex("d", ["c"], from: 3, to: 5)]),
        SolveStatus(logs: [VertexLog(vertex: "d", stream: 1, data: [66, 10], timestamp: Timestamp(seconds: 4))]),
    ]
    private static let expected = ["b", "c", "a", "printed", "d", "never"]

    @Test func `steps are numbered as they begin, those that ended before the others`() {
        var builder = DossierBuilder(.plain())
        for status in Self.statuses {
            builder.add(.event(BuildEvent(build: BuildID(), sequence: 0, time: .now, kind: .status(status))))
        }
        let steps = builder.dossier.steps
        #expect(steps.map(\.digest) == Self.expected)
        #expect(steps.map(\.number) == Array(1...6))
        #expect(steps.first { $0.digest == "d" }?.inputs == [2])
    }

    @Test func `a journal, a dossier of it, its log and the database give the same numbers`() async throws {
        let folder = try StoreFolder()
        let submission = BuildSubmission.named("app")
        try folder.leave(submission, Self.statuses.map { .status($0) }, .well)
        let told = try snapshot(folder.place, submission.id)
        #expect(told.steps.map(\.digest) == Self.expected)
        var reader = try JournalReader(folder.place, submission.id, output: .pieces)
        var numbers: [String: Int] = [:]
        var pieces: [Int] = []
        while let entry = try reader.next() {
            if case .step(let number, let digest) = entry { numbers[digest] = number }
            if case .output(let piece) = entry {
                #expect(numbers[piece.digest] == piece.step)
                pieces.append(piece.step)
            }
        }
        #expect(numbers == ["b": 1, "c": 2, "a": 3, "printed": 4, "d": 5])
        #expect(pieces == [4, 5])
        let before = try folder.openToRead()
        #expect(try before.log(of: submission.id, step: 5).next()?.bytes == [66, 10])
        let store = try await folder.open()
        #expect(try store.dossier(of: submission.id) == told)
        #expect(try store.log(of: submission.id, step: 5).next()?.bytes == [66, 10])
        #expect(try store.log(of: submission.id, step: 4).next()?.bytes == [65, 10])
        #expect(try store.log(of: submission.id, step: 6).next() == nil)
    }

    @Test func `a step that began keeps its number, whatever follows`() throws {
        var builder = DossierBuilder(.plain())
        var known: [String: Int] = [:]
        for status in Self.statuses {
            builder.add(.event(BuildEvent(build: BuildID(), sequence: 0, time: .now, kind: .status(status))))
            for step in builder.dossier.steps where step.started != nil {
                #expect(known[step.digest] == nil || known[step.digest] == step.number)
                known[step.digest] = step.number
            }
        }
        #expect(known.count == 4)
    }
}
