import CaissonBuildModel
import Testing

@testable import CaissonHistory

@Suite(.timeLimit(.minutes(5))) struct BuildFollowerTests {
    private static let patience = Duration.seconds(60)

    @Test func `A follower sees a build live to its end`() async throws {
        let folder = try JournalFolder()
        let history = HistoryJournal(folder.place, notice: { _ in })
        let submission = BuildSubmission.plain()
        let recorder = history.recorder(of: submission)
        await history.finish(within: Self.patience)
        var follower = try BuildFollower(folder.place, submission.id)
        // Each is told only when the one before was seen.
        for number in 0..<20 {
            recorder.note("\(number)")
            guard case .remark(let remark)? = try await follower.next() else {
                Issue.record("no remark")
                break
            }
            #expect(remark.text == "\(number)")
        }
        recorder.receive(submission.printed([7, 8]))
        #expect(try await follower.next() == .step(1, digest: "sha256:a"))
        guard case .event(let event)? = try await follower.next(), case .status(let status) = event.kind else {
            Issue.record("no output")
            return
        }
        #expect(status.logs.map(\.data) == [[7, 8]])
        recorder.receive(submission.event(.finished(.cancelled)))
        guard case .event? = try await follower.next(), case .end(let end)? = try await follower.next() else {
            Issue.record("no end")
            return
        }
        #expect(end.status == .cancelled)
        #expect(try await follower.next() == nil)
    }

    @Test func `A build whose process is gone ends as interrupted`() async throws {
        let folder = try JournalFolder()
        let history = HistoryJournal(folder.place, notice: { _ in })
        let submission = BuildSubmission.plain()
        var recorder: BuildRecorder? = history.recorder(of: submission)
        await history.finish(within: Self.patience)
        var follower = try BuildFollower(folder.place, submission.id)
        recorder?.note("last words")
        recorder = nil
        guard case .remark? = try await follower.next(), case .end(let end)? = try await follower.next() else {
            Issue.record("no end")
            return
        }
        #expect(end.status == .interrupted)
        #expect(try await follower.next() == nil)
    }

    @Test func `A journal that is removed after its end is followed to the end`() async throws {
        let folder = try JournalFolder()
        let history = HistoryJournal(folder.place, notice: { _ in })
        let submission = BuildSubmission.plain()
        let recorder = history.recorder(of: submission)
        recorder.receive(submission.printed([1, 2, 3]))
        await history.finish(within: Self.patience)
        var follower = try BuildFollower(folder.place, submission.id)
        recorder.end(.succeeded)
        await history.finish(within: Self.patience)
        try JournalClaim.attempt(folder.place, submission.id)?.remove()
        #expect(JournalReader.list(folder.place) == [])
        var entries: [JournalEntry] = []
        while let entry = try await follower.next() { entries.append(entry) }
        #expect(PlainHistory(entries).items.count == 1)
        guard case .end(let end)? = entries.last else {
            Issue.record("no end")
            return
        }
        #expect(end.status == .succeeded)
    }

    @Test func `A follower stops when its task is cancelled`() async throws {
        let folder = try JournalFolder()
        let history = HistoryJournal(folder.place, notice: { _ in })
        let submission = BuildSubmission.plain()
        let recorder = history.recorder(of: submission)
        await history.finish(within: Self.patience)
        let follower = try BuildFollower(folder.place, submission.id)
        await withTaskGroup { group in
            group.addTask {
                var follower = follower
                await #expect(throws: CancellationError.self) { try await follower.next() }
            }
            group.cancelAll()
        }
        recorder.end(.cancelled)
    }
}
