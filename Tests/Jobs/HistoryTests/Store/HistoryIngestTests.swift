import CaissonBuildModel
import CaissonSystem
import Glibc
import Testing

@testable import CaissonHistory

/// How ended journals come into the database, whatever ends in between.
@Suite struct HistoryIngestTests {
    private let folder: StoreFolder

    init() throws { folder = try StoreFolder() }

    /// Leaves a build with two steps, output, an image and a notice.
    private func leaveBuild(_ outcome: BuildOutcome? = .well) throws -> BuildID {
        var submission = BuildSubmission.named("app")
        submission.labels = ["a", "b", "a"]
        let image = ImageArtifact(names: ["docker.io/library/app:1"], digest: "sha256:d", id: nil, isPushed: true)
        let long = "sha256:" + String(repeating: "0123456789abcdef", count: 4)
        try folder.leave(
            submission,
            [
                .step(long, "[1/2] FROM debian \0 odd", from: 1_700_000_000, to: 1_700_000_003),
                .step("odd", "[2/2] RUN make", inputs: [long], from: 1_699_999_990),
                .output(Array("one\n".utf8), by: "odd"), .output(Array("two\n".utf8), by: long, stream: 2),
                .step("odd", "[2/2] RUN make", inputs: [long], from: 1_699_999_990, to: 1_699_999_999),
                .notice("a file was left out"), .artifact(.image(image)), .artifact(.file("/tmp/out")),
            ],
            outcome
        )
        return submission.id
    }

    private func text(_ log: BuildLog) throws -> String {
        var text = ""
        while let part = try log.next() {
            text += "\(part.step).\(part.stream):" + String(decoding: part.bytes, as: UTF8.self)
        }
        return text
    }

    @Test func `a dossier out of the database is what the journal told`() async throws {
        let error = BuildError(
            .step,
            "it failed",
            excerpts: [
                SourceExcerpt(
                    source: SourceInfo(filename: "Dockerfile", data: [65, 10]),
                    ranges: [SourceRange(startLine: 1, endLine: 2)]
                )
            ],
            step: FailedStep(vertex: "odd", name: "RUN make", exitCode: 3)
        )
        for outcome in [.well, .failed(error), .cancelled, nil] as [BuildOutcome?] {
            let id = try leaveBuild(outcome)
            let told = try snapshot(folder.place, id)
            let store = try await folder.open()
            #expect(store.faults == [])
            let stored = try store.dossier(of: id)
            #expect(stored == told)
            #expect(stored.record.status == (outcome == nil ? .interrupted : told.record.status))
            #expect(stored.steps.count == 2)
            #expect(stored.steps[1].inputs == [1])
            #expect(try store.list(HistoryFilter()).first { $0.id == id } == told.record)
            #expect(try text(store.log(of: id, step: nil)) == "2.1:one\n1.2:two\n")
            #expect(try text(store.log(of: id, step: 1)) == "1.2:two\n")
        }
        #expect(folder.files(folder.place.journals) == [])
        #expect(try await folder.open().list(HistoryFilter()).count == 4)
    }

    @Test func `a build that runs is shown from its journal and not taken`() async throws {
        let notices = StoreNotices()
        let journal = HistoryJournal(folder.place, notice: notices.take)
        let submission = BuildSubmission.named("runs")
        let recorder = journal.recorder(of: submission)
        recorder.changeStatus(.running)
        await journal.finish(within: .seconds(10))
        let store = try await folder.open()
        #expect(try store.list(HistoryFilter()).map(\.status) == [.running])
        #expect(try store.dossier(of: submission.id).record.status == .running)
        #expect(throws: HistoryError.self) { try store.remove([submission.id]) }
        try store.pin(submission.id, true)
        #expect(try store.list(HistoryFilter()).map(\.isPinned) == [true])
        #expect(folder.files(folder.place.journals).contains("\(submission.id).journal"))
        recorder.end(.succeeded)
        await journal.finish(within: .seconds(10))
        let later = try await folder.open()
        #expect(try later.list(HistoryFilter()).map(\.status) == [.succeeded])
        #expect(try later.dossier(of: submission.id).record.isPinned)
        try later.pin(submission.id, false)
        #expect(try !later.dossier(of: submission.id).record.isPinned)
        #expect(notices.all == [])
    }

    @Test(arguments: ["read", "committed", "output removed"])
    func `what ends between two steps loses nothing and doubles nothing`(at step: String) async throws {
        let id = try leaveBuild()
        let told = try snapshot(folder.place, id)
        do {
            let database = try HistoryDatabase(folder.place.database, .making)
            var ingest = HistoryIngest(folder.place, database)
            let taken = try #require(try ingest.take(id))
            if step != "read" { try ingest.commit([taken]) }
            // Its claim ends here, as that of a process that is killed.
        }
        if step == "output removed" { #expect(unlink(folder.place.output(of: id)) == 0) }
        let store = try await folder.open()
        #expect(store.faults == [])
        #expect(try store.list(HistoryFilter()).map(\.id) == [id])
        #expect(try store.dossier(of: id) == told)
        #expect(try text(store.log(of: id, step: nil)) == "2.1:one\n1.2:two\n")
        #expect(folder.files(folder.place.journals) == [])
        #expect(folder.files(folder.place.logs) == ["\(id).zst"])
        #expect(store.integrityFaults() == [])
    }

    @Test func `a build that is taken twice keeps its place and its pin`() async throws {
        let first = try leaveBuild()
        let journal = try BoundedFile.read(folder.place.journal(of: first))
        let output = try BoundedFile.read(folder.place.output(of: first))
        _ = try await folder.open()
        try await folder.open().pin(first, true)
        let second = try leaveBuild()
        let before = try await folder.open().list(HistoryFilter()).map(\.id)
        try AtomicFile.replace(folder.place.output(of: first), with: output, .ownerOnly)
        try AtomicFile.replace(folder.place.journal(of: first), with: journal, .ownerOnly)
        let store = try await folder.open()
        #expect(before == [second, first])
        #expect(try store.list(HistoryFilter()).map(\.id) == before)
        #expect(try store.dossier(of: first).record.isPinned)
        #expect(try store.dossier(of: first).steps.count == 2)
    }

    @Test func `journals that can't be read are put aside, told once, and no more than twenty are kept`() async throws {
        let good = try leaveBuild()
        for round in 0..<25 {
            let garbage = (0..<64).map { UInt8(truncatingIfNeeded: $0 &* round) }
            try AtomicFile.replace(folder.place.journal(of: BuildID()), with: garbage, .ownerOnly)
        }
        let store = try await folder.open()
        #expect(store.faults.count == 25)
        #expect(try store.list(HistoryFilter()).map(\.id) == [good])
        #expect(folder.files(folder.place.journals) == [])
        #expect(folder.files(folder.place.damaged).count == 20)
        #expect(try await folder.open().faults == [])
    }

    @Test func `journals of every cut are builds or faults`() async throws {
        let id = try leaveBuild()
        let journal = try BoundedFile.read(folder.place.journal(of: id))
        let output = try BoundedFile.read(folder.place.output(of: id))
        for cut in stride(from: 0, through: journal.count, by: 37) {
            try AtomicFile.replace(folder.place.output(of: id), with: Array(output.prefix(cut / 100)), .ownerOnly)
            try AtomicFile.replace(folder.place.journal(of: id), with: Array(journal.prefix(cut)), .ownerOnly)
            let store = try await folder.open()
            let builds = try store.list(HistoryFilter())
            #expect(store.faults.count == 1 || builds.map(\.id) == [id])
            if !builds.isEmpty { _ = try text(store.log(of: id, step: nil)) }
        }
        #expect(try await folder.open().integrityFaults() == [])
    }

    @Test func `few journals are left to readers, many are taken in at once`() throws {
        for _ in 0..<5 { _ = try leaveBuild() }
        HistoryStore.ingestIfMany(folder.place, threshold: 6, within: .seconds(10), now: .now)
        #expect(folder.files(folder.place.journals).count == 10)
        #expect(try folder.openToRead().list(HistoryFilter()).count == 5)
        let retention = HistoryRetention(age: nil, count: 2)
        let faults = HistoryStore.ingestIfMany(
            folder.place,
            threshold: 5,
            within: .seconds(10),
            retention: retention,
            now: .now
        )
        #expect(faults == [])
        #expect(folder.files(folder.place.journals) == [])
        #expect(try folder.openToRead().list(HistoryFilter()).count == 2)
        #expect(folder.files(folder.place.logs).count == 2)
    }

    @Test func `without a history none is made`() async throws {
        let directory = "\(folder.path)/none"
        let store = try await HistoryStore.open(HistoryPlace(stateDirectory: directory))
        #expect(try store.list(HistoryFilter()) == [])
        #expect(store.integrityFaults() == [])
        #expect(store.size() == 0)
        #expect(access(directory, F_OK) != 0)
        HistoryStore.ingestIfMany(HistoryPlace(stateDirectory: directory), within: .seconds(1), now: .now)
        #expect(access(directory, F_OK) != 0)
        let id = BuildID()
        #expect(throws: HistoryError.self) { try store.dossier(of: id) }
        #expect(throws: HistoryError.self) { try store.log(of: id, step: nil) }
        #expect(throws: HistoryError.self) { try store.id(of: "latest") }
    }
}
