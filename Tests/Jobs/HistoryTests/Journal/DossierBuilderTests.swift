import CaissonBuildModel
import Testing

@testable import CaissonHistory

@Suite struct DossierBuilderTests {
    private static func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

    private static func event(_ kind: BuildEvent.Kind, at seconds: Int64 = 1) -> JournalEntry {
        .event(BuildEvent(build: BuildID(), sequence: 0, time: time(seconds), kind: kind))
    }

    private static func steps(_ vertexes: Vertex...) -> JournalEntry { event(.status(SolveStatus(vertexes: vertexes))) }

    @Test func `Steps are in the order in which they are told, and need others by their numbers`() {
        var builder = DossierBuilder(.plain())
        // The first one needs one that is told later, and one that never is.
        builder.add(Self.steps(Vertex(digest: "b", inputs: ["a", "never"], name: "RUN b")))
        builder.add(Self.steps(Vertex(digest: "a", name: "FROM a"), Vertex(digest: "c", inputs: ["b"], name: "RUN c")))
        let steps = builder.dossier.steps
        #expect(steps.map(\.name) == ["RUN b", "FROM a", "RUN c"])
        #expect(steps.map(\.number) == [1, 2, 3])
        #expect(steps.map(\.inputs) == [[2], [], [1]])
    }

    @Test func `A step that runs again isn't completed`() {
        var builder = DossierBuilder(.plain())
        builder.add(Self.steps(Vertex(digest: "a", started: Self.time(1), completed: Self.time(2), error: "no")))
        #expect(builder.dossier.record.completedSteps == 1)
        builder.add(Self.steps(Vertex(digest: "a", started: Self.time(3))))
        #expect(builder.dossier.record.completedSteps == 0)
        builder.add(Self.steps(Vertex(digest: "a", isCached: true, started: Self.time(3), completed: Self.time(4))))
        let step = builder.dossier.steps.first
        #expect(step?.duration == .seconds(1))
        #expect(step?.isCached == true)
        #expect(step?.error == "")
        #expect(builder.dossier.record.cachedSteps == 1)
    }

    private static func count(_ id: String, _ name: String, _ current: Int64, by step: String = "a") -> VertexStatus {
        VertexStatus(id: id, vertex: step, name: name, current: current, total: 100, timestamp: time(1))
    }

    @Test func `What was sent and pulled is the highest count of each counter`() {
        var builder = DossierBuilder(.plain())
        let layer = "sha256:" + String(repeating: "0", count: 64)
        for counts in [
            [Self.count("transferring context:", "transferring", 10), Self.count(layer, "downloading", 40)],
            [Self.count("transferring context:", "transferring", 30), Self.count(layer, "done", 90)],
            // Neither is moved by what only unpacks, comes late, or is of another step.
            [Self.count("extracting " + layer, "extract", 1000), Self.count(layer, "downloading", 50)],
            [Self.count("transferring dockerfile:", "transferring", 5, by: "b"), Self.count(layer, "extracting", 500)],
            [Self.count("transferring context:", "transferring", -7), Self.count("exporting layers", "", 77)],
        ] { builder.add(Self.event(.status(SolveStatus(statuses: counts)))) }
        #expect(builder.dossier.record.traffic.sent == 35)
        #expect(builder.dossier.record.traffic.pulled == 90)
    }

    @Test func `What the build said is in the record`() {
        var builder = DossierBuilder(.plain())
        builder.add(Self.event(.started(BuildStart(engine: "x")), at: 5))
        builder.add(Self.event(.attempt(BuildAttempt(on: "dockerd 26", limit: 3))))
        builder.add(
            Self.event(.attempt(BuildAttempt(again: "the build", number: 2, limit: 3, reason: "it was gone")), at: 6)
        )
        builder.add(Self.event(.notice("look: \(field: .tags)"), at: 7))
        let image = ImageArtifact(names: ["app:1"], digest: nil, id: "i", isPushed: true)
        builder.add(Self.event(.artifact(.image(image))))
        builder.add(Self.event(.artifact(.file("out.tar"))))
        var result = BuildResult(ref: "r")
        result.statistics.layers = 3
        builder.add(Self.event(.finished(.succeeded(result))))
        builder.add(.end(JournalEnd(.succeeded, at: Self.time(9), duration: .seconds(4))))
        let dossier = builder.dossier
        #expect(dossier.record.engine == "dockerd 26")
        #expect(dossier.record.attempts == 2)
        #expect(dossier.record.started == Self.time(5))
        #expect(dossier.record.images == [image])
        #expect(dossier.artifacts == [.image(image), .file("out.tar")])
        #expect(dossier.record.statistics?.layers == 3)
        #expect(dossier.remarks.map(\.time) == [Self.time(6), Self.time(7)])
        #expect(dossier.remarks.last?.text == "look: tags")
        #expect(dossier.record.status == .succeeded)
        #expect(dossier.record.duration == .seconds(4))
    }

    @Test func `A build that failed has its error`() {
        var builder = DossierBuilder(.plain())
        let error = BuildError(.step, "it broke", step: FailedStep(vertex: "a", exitCode: 2))
        builder.add(Self.event(.finished(.failed(error))))
        builder.add(.end(JournalEnd(.failed, reason: "it broke", at: Self.time(9))))
        // Nothing follows an end.
        builder.add(.end(JournalEnd(.succeeded, at: Self.time(10))))
        #expect(builder.dossier.error == error)
        #expect(builder.dossier.record.status == .failed)
        #expect(builder.dossier.record.reason == "it broke")
    }

    @Test func `Any entries in any order make a dossier`() {
        let seed = UInt64.random(in: 0..<1 << 48)
        print("dossier: from seed \(seed)")
        var random = RandomEvents(seed: seed)
        for _ in 0..<200 {
            var builder = DossierBuilder(random.submission())
            for _ in 0..<50 {
                let number = [0, -1, 1, 2, .max, .min][random.number(0..<6)]
                switch random.number(0..<6) {
                case 0: builder.add(.step(number, digest: "sha256:\(random.number(0..<5))"))
                case 1:
                    let step = (number, "sha256:\(random.number(0..<5))")
                    builder.add(.output(OutputPiece(step: step, stream: 1, .lost, length: .max, at: Self.time(1))))
                case 2: builder.add(Self.event(.finished(random.outcome())))
                default: builder.add(Self.event(random.kind()))
                }
            }
            let dossier = builder.dossier
            #expect(dossier.record.steps == dossier.steps.count)
            #expect(dossier.record.completedSteps <= dossier.record.steps)
        }
    }
}
