import CaissonBuildModel
import CaissonSystem
import Glibc
import Testing

@testable import CaissonHistory

@Suite(.timeLimit(.minutes(5))) struct HistoryJournalTests {
    /// Long enough for any machine; nothing waits that long unless it failed.
    private static let patience = Duration.seconds(60)

    @Test func `A build is in its journal from its beginning to its end`() async throws {
        let folder = try JournalFolder()
        let notices = Notices()
        let history = HistoryJournal(folder.place, notice: notices.take)
        let submission = BuildSubmission.plain()
        let recorder = history.recorder(of: submission)
        recorder.note("waits behind 2 others")
        await history.finish(within: Self.patience)
        var dossier = try snapshot(folder.place, submission.id)
        #expect(dossier.record.status == .queued)
        #expect(dossier.remarks.map(\.text) == ["waits behind 2 others"])

        recorder.changeStatus(.running)
        recorder.receive(submission.event(.started(BuildStart(engine: "e"))))
        await history.finish(within: Self.patience)
        #expect(try snapshot(folder.place, submission.id).record.status == .running)
        #expect(try JournalReader(folder.place, submission.id).isLive)
        #expect(try JournalClaim.attempt(folder.place, submission.id) == nil ? true : false)

        recorder.receive(submission.event(.finished(.succeeded(BuildResult(ref: "r")))))
        recorder.end(.cancelled)
        await history.finish(within: Self.patience)
        dossier = try snapshot(folder.place, submission.id)
        #expect(dossier.record.status == .succeeded)
        #expect(dossier.record.ended == Timestamp(seconds: 100))
        #expect(dossier.record.duration.map { $0 > .zero && $0 < Self.patience } == true)
        #expect(try !JournalReader(folder.place, submission.id).isLive)
        #expect(JournalReader.list(folder.place) == [submission.id])
        #expect(notices.all == [])
    }

    @Test func `A build that is skipped has a reason and no duration`() async throws {
        let folder = try JournalFolder()
        let history = HistoryJournal(folder.place, notice: { _ in })
        let submission = BuildSubmission.plain()
        history.recorder(of: submission).end(.skipped, reason: "what it needs failed")
        await history.finish(within: Self.patience)
        let record = try snapshot(folder.place, submission.id).record
        #expect(record.status == .skipped)
        #expect(record.reason == "what it needs failed")
        #expect(record.duration == nil)
    }

    @Test func `The end says how it ended`() async throws {
        let folder = try JournalFolder()
        let history = HistoryJournal(folder.place, notice: { _ in })
        let cases: [(BuildOutcome, BuildStatus)] = [
            (.cancelled, .cancelled), (.failed(BuildError(.cancelled, "stopped")), .cancelled),
            (.failed(BuildError(.step, "it broke")), .failed),
            (.failed(BuildError(.deadlineExceeded, "too late")), .timedOut),
            (.succeeded(BuildResult(ref: "")), .succeeded),
        ]
        for (outcome, status) in cases {
            let submission = BuildSubmission.plain()
            history.recorder(of: submission).receive(submission.event(.finished(outcome)))
            await history.finish(within: Self.patience)
            let dossier = try snapshot(folder.place, submission.id)
            #expect(dossier.record.status == status)
            if case .failed(let error) = outcome { #expect(dossier.record.reason == error.message) }
        }
    }

    @Test func `Files and directories are their owner's alone`() async throws {
        let folder = try JournalFolder()
        let history = HistoryJournal(folder.place, notice: { _ in })
        let submission = BuildSubmission.plain()
        let recorder = history.recorder(of: submission)
        recorder.receive(submission.printed(Array("x".utf8)))
        recorder.end(.failed)
        await history.finish(within: Self.patience)
        func mode(_ path: String) -> mode_t {
            var status = stat()
            return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
        }
        #expect(mode(folder.place.directory) == 0o700)
        #expect(mode(folder.place.journals) == 0o700)
        #expect(mode(folder.place.journal(of: submission.id)) == 0o600)
        #expect(mode(folder.place.output(of: submission.id)) == 0o600)
        #expect(try BoundedFile.read(folder.place.formatFile) == Array("1\n".utf8))
    }

    @Test func `Two builds at once keep apart what they print`() async throws {
        let folder = try JournalFolder()
        let history = HistoryJournal(folder.place, notice: { _ in })
        let submissions = [BuildSubmission.plain(), .plain()]
        await withTaskGroup { group in
            for (place, submission) in submissions.enumerated() {
                let recorder = history.recorder(of: submission)
                group.addTask {
                    for number in 0..<2000 {
                        recorder.receive(submission.printed(Array("\(place): \(number)\n".utf8)))
                    }
                    recorder.end(.succeeded)
                }
            }
        }
        await history.finish(within: Self.patience)
        for (place, submission) in submissions.enumerated() {
            let wanted = (0..<2000).map { "\(place): \($0)\n" }.joined()
            #expect(try folder.output(of: submission.id) == Array(wanted.utf8))
            #expect(try snapshot(folder.place, submission.id).record.logSize == Int64(wanted.utf8.count))
        }
    }

    @Test func `Output that isn't kept leaves its size and no byte`() async throws {
        let folder = try JournalFolder()
        let history = HistoryJournal(folder.place, notice: { _ in })
        var submission = BuildSubmission.plain()
        submission.keepsOutput = false
        let recorder = history.recorder(of: submission)
        for _ in 0..<100 { recorder.receive(submission.printed(Array("hidden treasure\n".utf8))) }
        recorder.end(.succeeded)
        await history.finish(within: Self.patience)
        #expect(access(folder.place.output(of: submission.id), F_OK) != 0)
        #expect(!String(decoding: try folder.journal(of: submission.id), as: UTF8.self).contains("treasure"))
        #expect(try snapshot(folder.place, submission.id).steps.map(\.logSize) == [1600])
        var pieces = try OutputPieces(folder.place, submission.id)
        let piece = try #require(try pieces.next())
        #expect(piece.place == .unkept)
        #expect(try pieces.bytes(of: piece) == [])
    }

    @Test func `A long log is kept byte for byte`() async throws {
        let folder = try JournalFolder()
        let notices = Notices()
        let history = HistoryJournal(folder.place, notice: notices.take)
        let submission = BuildSubmission.plain()
        let recorder = history.recorder(of: submission)
        var wanted: [[UInt8]] = [[], []]
        for number in 0..<100_000 {
            // Bytes that are no text among them.
            let line = Array("line \(number), \u{E9} 0123456789 0123456789 0123456789 ok".utf8) + [0xFF, 0x00, 0x0A]
            let lines = line + line + line + line
            let step = number / 3 % 2
            wanted[step] += lines
            recorder.receive(submission.printed(lines, by: "sha256:\(step)", stream: 1 + step))
        }
        recorder.end(.succeeded)
        await history.finish(within: Self.patience)
        var read: [[UInt8]] = [[], []]
        var pieces = try OutputPieces(folder.place, submission.id)
        while let piece = try pieces.next() {
            #expect(piece.digest == "sha256:\(piece.step - 1)")
            read[piece.step - 1] += try pieces.bytes(of: piece)
        }
        #expect(read.map(\.count).reduce(0, +) > 20_000_000)
        #expect(read == wanted)
        #expect(try snapshot(folder.place, submission.id).steps.map(\.logSize) == wanted.map { Int64($0.count) })
        #expect(notices.all == [])
    }

    @Test func `What no disk could take is left out, counters first, and steps never`() throws {
        let folder = try JournalFolder()
        let submission = BuildSubmission.plain()
        var encoder = JournalEncoder(submission)
        let time = Timestamp(seconds: 3)
        let status = SolveStatus(
            vertexes: [Vertex(digest: "a", name: "RUN")],
            statuses: [VertexStatus(id: "c", vertex: "a", timestamp: time)],
            logs: [VertexLog(vertex: "a", stream: 1, data: [1, 2, 3], timestamp: time)]
        )
        for pressure in [JournalEncoder.Pressure.none, .counters, .output] {
            encoder.add(.status(status), at: time, under: pressure)
        }
        let taken = encoder.take()
        try folder.put(taken.lines, output: taken.output, of: submission.id)
        let entries = try folder.entries(of: submission.id, .pieces)
        let statuses = entries.compactMap { entry -> SolveStatus? in
            guard case .event(let event) = entry, case .status(let status) = event.kind else { return nil }
            return status
        }
        #expect(statuses.map(\.vertexes.count) == [1, 1, 1])
        #expect(statuses.map(\.statuses.count) == [1, 0, 0])
        #expect(taken.output == [1, 2, 3, 1, 2, 3])
        let dossier = try snapshot(folder.place, submission.id)
        #expect(dossier.record.logSize == 9)
        #expect(dossier.remarks.map(\.text) == ["3 bytes of output of step 1 were not kept, as the disk was too slow"])
    }

    @Test func `An ended journal can be claimed once and removed, a removed one not`() async throws {
        let folder = try JournalFolder()
        let history = HistoryJournal(folder.place, notice: { _ in })
        let submission = BuildSubmission.plain()
        let recorder = history.recorder(of: submission)
        recorder.receive(submission.printed([1, 2]))
        recorder.end(.failed)
        await history.finish(within: Self.patience)
        let claim = try JournalClaim.attempt(folder.place, submission.id)
        #expect(try JournalClaim.attempt(folder.place, submission.id) == nil ? true : false)
        var pieces = try OutputPieces(folder.place, submission.id)
        try claim?.remove()
        #expect(JournalReader.list(folder.place) == [])
        #expect(try JournalClaim.attempt(folder.place, submission.id) == nil ? true : false)
        // Who has it open reads on.
        let piece = try #require(try pieces.next())
        #expect(try pieces.bytes(of: piece) == [1, 2])
    }
}
