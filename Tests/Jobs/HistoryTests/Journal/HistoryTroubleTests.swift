import CaissonBuildModel
import CaissonSystem
import Glibc
import Testing

@testable import CaissonHistory

@Suite(.timeLimit(.minutes(5))) struct HistoryTroubleTests {
    private static let patience = Duration.seconds(60)

    @Test func `A process that is killed leaves all that it had written, and an interrupted build`() async throws {
        let folder = try JournalFolder()
        let submission = BuildSubmission.plain()
        let (path, id) = (folder.path, submission.id.description)
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, id = id as String] in
            let place = HistoryPlace(stateDirectory: path)
            let history = HistoryJournal(place, notice: { _ in })
            let submission = BuildSubmission(try #require(BuildID(id)), .build, at: .now)
            let recorder = history.recorder(of: submission)
            recorder.receive(submission.event(.started(BuildStart(engine: "e"))))
            for number in 0..<5000 { recorder.receive(submission.printed(Array("\(number)\n".utf8))) }
            // Nobody asks for it to be written: the writer does so by itself.
            while (try? snapshot(place, submission.id).record.logSize) != 23890 { usleep(1000) }
            kill(getpid(), SIGKILL)
            while true { pause() }
        }
        let record = try snapshot(folder.place, submission.id).record
        #expect(record.status == .interrupted)
        #expect(record.reason == "the process that ran it ended before it")
        #expect(record.logSize == 23890)
        #expect(record.ended == Timestamp(seconds: 100))
        let wanted = (0..<5000).map { "\($0)\n" }.joined()
        #expect(try folder.output(of: submission.id) == Array(wanted.utf8))
    }

    @Test func `Another process sees that a build is alive, and when it isn't any more`() async throws {
        let folder = try JournalFolder()
        let history = HistoryJournal(folder.place, notice: { _ in })
        let submission = BuildSubmission.plain()
        let recorder = history.recorder(of: submission)
        await history.finish(within: Self.patience)
        let (path, id) = (folder.path, submission.id.description)
        await #expect(processExitsWith: .exitCode(41)) { [path = path as String, id = id as String] in
            let reader = try JournalReader(HistoryPlace(stateDirectory: path), try #require(BuildID(id)))
            exit(reader.isLive ? 41 : 42)
        }
        recorder.end(.cancelled)
        await history.finish(within: Self.patience)
        await #expect(processExitsWith: .exitCode(42)) { [path = path as String, id = id as String] in
            let reader = try JournalReader(HistoryPlace(stateDirectory: path), try #require(BuildID(id)))
            exit(reader.isLive ? 41 : 42)
        }
    }

    @Test func `A recorder that is let go of without an end leaves an interrupted build`() async throws {
        let folder = try JournalFolder()
        let history = HistoryJournal(folder.place, notice: { _ in })
        let submission = BuildSubmission.plain()
        history.recorder(of: submission).changeStatus(.running)
        await history.finish(within: Self.patience)
        #expect(try snapshot(folder.place, submission.id).record.status == .interrupted)
    }

    private static func limitFiles(to size: rlim_t?) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        limit.rlim_cur = size ?? limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    }

    /// Records two builds in a process whose files may not grow beyond some bytes.
    private static func recordOnFullDisk(_ path: String, _ ids: [String]) async throws {
        // A file that may not grow fails as on a full disk, and the limit holds in this process alone.
        limitFiles(to: 20_000)
        let notices = Notices()
        let history = HistoryJournal(HistoryPlace(stateDirectory: path), notice: notices.take)
        let submissions = ids.compactMap { BuildID($0) }.map { BuildSubmission($0, .build, at: .now) }
        let recorders = submissions.map { history.recorder(of: $0) }
        for number in 0..<1000 {
            for (place, recorder) in recorders.enumerated() {
                recorder.note("remark \(number) that takes some room on the disk")
                recorder.receive(submissions[place].printed([1, 2, 3]))
            }
            if number % 50 == 0 { await history.finish(within: .seconds(60)) }
        }
        // Of the first one the end comes while there is no room, of the second one later.
        recorders[0].end(.succeeded)
        await history.finish(within: .seconds(60))
        limitFiles(to: nil)
        recorders[1].end(.succeeded)
        await history.finish(within: .seconds(60))
        try #require(notices.all.count == 1)
        try #require(notices.all[0].hasSuffix("the builds go on without it"))
    }

    @Test func `A full disk ends the recording with one notice and a whole last line`() async throws {
        let folder = try JournalFolder()
        let ids = [BuildID().description, BuildID().description]
        let path = folder.path
        await #expect(processExitsWith: .success) { [path = path as String, ids = ids as [String]] in
            try await Self.recordOnFullDisk(path, ids)
        }
        let builds = try ids.map { try #require(BuildID($0)) }
        for build in builds {
            let journal = try folder.journal(of: build)
            #expect(journal.last == 0x0A)
            #expect((10_000...20_500).contains(journal.count))
        }
        // Where the last remark didn't fit, a short end may have.
        let lost = "what happened last is missing: the history could not be written"
        let (first, second) = (try snapshot(folder.place, builds[0]), try snapshot(folder.place, builds[1]))
        #expect(first.record.status == .interrupted || first.remarks.last?.text == lost)
        #expect(second.record.status == .succeeded)
        #expect(second.remarks.last?.text == lost)
    }

    @Test func `A history that can't be made is told once, and the builds go on`() async throws {
        let folder = try JournalFolder()
        try AtomicFile.replace(folder.path + "/history", with: [], .ownerOnly)
        let notices = Notices()
        let history = HistoryJournal(folder.place, notice: notices.take)
        for _ in 0..<3 {
            let submission = BuildSubmission.plain()
            let recorder = history.recorder(of: submission)
            recorder.receive(submission.printed([1]))
            await history.finish(within: Self.patience)
            recorder.receive(submission.event(.finished(.cancelled)))
            await history.finish(within: Self.patience)
        }
        #expect(notices.all.count == 1)
        #expect(notices.all.first?.contains("\(folder.path)/history is not a directory") == true)
    }

    @Test func `A history of a newer version stays as it is`() async throws {
        let folder = try JournalFolder()
        mkdir(folder.place.directory, 0o700)
        try AtomicFile.replace(folder.place.formatFile, with: Array("2\n".utf8), .ownerOnly)
        let notices = Notices()
        let history = HistoryJournal(folder.place, notice: notices.take)
        let submission = BuildSubmission.plain()
        history.recorder(of: submission).end(.failed)
        await history.finish(within: Self.patience)
        #expect(notices.all.count == 1)
        #expect(notices.all.first?.contains("is of a newer version of Caisson (format 2)") == true)
        #expect(DirectoryNames.sorted(in: folder.place.directory, limit: 10) == ["format"])
        #expect { try folder.place.prepare(userID: geteuid()) } throws: { ($0 as? HistoryError)?.code == .newer }
    }

    @Test(arguments: ["", "one", "0", "-1", "1 2"])
    func `A format that is no number is no history`(text: String) throws {
        let folder = try JournalFolder()
        mkdir(folder.place.directory, 0o700)
        try AtomicFile.replace(folder.place.formatFile, with: Array(text.utf8), .ownerOnly)
        #expect { try folder.place.checkFormat() } throws: { ($0 as? HistoryError)?.code == .damaged }
    }

    @Test func `Nobody waits longer for the end than they want`() async throws {
        let folder = try JournalFolder()
        // The writer's thread hangs in its notice, as it does in a disk that doesn't answer.
        mkdir(folder.place.directory, 0o700)
        let notice = Latch()
        let history = HistoryJournal(folder.place, notice: { _ in notice.wait() })
        try AtomicFile.replace(folder.place.formatFile, with: Array("2\n".utf8), .ownerOnly)
        let recorder = history.recorder(of: .plain())
        let start = ContinuousClock.now
        await history.finish(within: .milliseconds(50))
        #expect(ContinuousClock.now - start >= .milliseconds(50))
        notice.open()
        await history.finish(within: Self.patience)
        recorder.end(.failed)
    }
}

/// Lets a thread wait for a test.
final class Latch: Sendable {
    private let bell = WriterBell()
    func wait() { bell.wait() }
    func open() { bell.ring() }
}
