import CaissonBuildModel
import CaissonSystem
import Glibc
import Testing

@testable import CaissonHistory

/// What the history keeps of the files of contexts.
@Suite struct ContextMemoryTests {
    private func snapshot(_ files: [(String, UInt64)], key: String = "0123") -> ContextSnapshot {
        var snapshot = ContextSnapshot(of: "context", key: key)
        for (path, content) in files { snapshot.add(Array(path.utf8), mode: 0o644, stamp: content, content: content) }
        return snapshot
    }

    private func record(_ snapshots: [ContextSnapshot], in folder: JournalFolder) async throws -> BuildDossier {
        let journal = HistoryJournal(folder.place, notice: { Issue.record("\($0)") })
        let submission = BuildSubmission.plain()
        let recorder = journal.recorder(of: submission)
        for snapshot in snapshots { recorder.receive(submission.event(.context(snapshot))) }
        recorder.receive(submission.event(.finished(.cancelled)))
        await journal.finish(within: .seconds(60))
        return try CaissonHistory.snapshot(folder.place, submission.id)
    }

    @Test func `each build tells what changed since the one before`() async throws {
        let folder = try JournalFolder()
        let first = try await record([snapshot([("a", 1), ("b", 2)])], in: folder)
        #expect(first.contexts.map(\.previous) == [nil])
        #expect(first.contexts.map(\.files) == [2])
        #expect(first.record.status == .cancelled)
        let second = try await record([snapshot([("a", 1), ("b", 3), ("c", 4)])], in: folder)
        #expect(second.contexts.map(\.previous) == [first.record.id])
        #expect(
            second.contexts.first?.changes
                == [ContextChange(.content, "b", before: 2, after: 3), ContextChange(.added, "c", after: 4)]
        )
        let third = try await record([snapshot([("a", 1), ("b", 3), ("c", 4)])], in: folder)
        #expect(third.contexts.map(\.previous) == [second.record.id])
        #expect(third.contexts.first?.changes == [])
    }

    @Test func `nodes that get the same files tell nothing twice, and other directories stand apart`() async throws {
        let folder = try JournalFolder()
        let both = try await record([snapshot([("a", 1)]), snapshot([("a", 1)])], in: folder)
        #expect(both.contexts.count == 1)
        let other = try await record([snapshot([("a", 9)], key: "4567"), snapshot([("a", 2)])], in: folder)
        #expect(other.contexts.map(\.previous) == [nil, both.record.id])
        #expect(other.contexts.last?.changes.map(\.kind) == [.content])
    }

    @Test func `a damaged file is as none, and the oldest of many go`() async throws {
        let folder = try JournalFolder()
        _ = try await record([snapshot([("a", 1)])], in: folder)
        try AtomicFile.replace(
            "\(folder.place.contexts)/0123",
            with: Array("caisson-context 1\nx\n9\n".utf8),
            .ownerOnly
        )
        let after = try await record([snapshot([("a", 2)])], in: folder)
        #expect(after.contexts.map(\.previous) == [nil])
        for number in 0..<300 {
            var memory = ContextMemory(folder.place, of: BuildID())
            _ = memory.compare(snapshot([("a", 1)], key: "k\(number)"))
            memory.keep()
        }
        let count = DirectoryNames.sorted(in: folder.place.contexts, limit: 1000).count
        #expect(count > 100 && count <= 256)
    }

    @Test func `what was last sent of a directory is found by the builds that sent it`() async throws {
        let folder = try JournalFolder()
        func sent(_ content: UInt64, _ directory: String, _ pattern: [UInt8], key: String) -> ContextSnapshot {
            var sent = snapshot([("a", content)], key: key)
            sent.origin = .init(directory: directory, patterns: [[pattern], [Array("*.o".utf8)], []])
            return sent
        }
        let one = sent(1, "here", Array("src\n\"".utf8), key: "1")
        let first = try await record(
            [one, sent(2, "there", [], key: "2"), sent(3, "here", [0xFF], key: "3")],
            in: folder
        )
        let id = first.record.id
        let found = try #require(folder.place.lastSnapshot(of: "here", by: [id, BuildID()]))
        #expect(found.0.packed == one.packed && found.0.contents == one.contents && found.0.key == one.key)
        #expect(found.0.origin == one.origin && found.0.name == one.name)
        #expect(found.1 == id)
        #expect(folder.place.lastSnapshot(of: "there", by: [id])?.0.contents == [2])
        #expect(folder.place.lastSnapshot(of: "here", by: [BuildID()]) == nil)
        #expect(folder.place.lastSnapshot(of: "nowhere", by: [id]) == nil)
        // Of the same directory the newest counts.
        let second = try await record([sent(4, "here", Array("docs".utf8), key: "4")], in: folder)
        #expect(folder.place.lastSnapshot(of: "here", by: [id, second.record.id])?.0.contents == [4])
        #expect(folder.place.lastSnapshot(of: "here", by: [id])?.0.contents == [1])
    }

    @Test func `the Dockerfiles of builds are kept, but no long ones, and the oldest of many go`() async throws {
        let folder = try JournalFolder()
        let journal = HistoryJournal(folder.place, notice: { Issue.record("\($0)") })
        var ids: [BuildID] = []
        for text in [Array("FROM a\n\u{1}".utf8), Array(repeating: 0x41, count: 256 << 10 + 1)] {
            let submission = BuildSubmission.plain()
            let recorder = journal.recorder(of: submission)
            recorder.keep(dockerfile: text)
            recorder.receive(submission.event(.finished(.cancelled)))
            ids.append(submission.id)
        }
        await journal.finish(within: .seconds(60))
        #expect(ids.map { folder.place.dockerfile(of: $0) } == [Array("FROM a\n\u{1}".utf8), nil])
        #expect(folder.place.dockerfile(of: BuildID()) == nil)
        folder.place.removeFiles(of: ids[0])
        #expect(folder.place.dockerfile(of: ids[0]) == nil)
        let memory = DockerfileMemory(folder.place)
        for _ in 0..<4100 { memory.keep([0x41], of: BuildID()) }
        let count = DirectoryNames.sorted(in: folder.place.dockerfiles, limit: 10_000).count
        #expect(count > 2000 && count <= 4000)
    }

    @Test func `removals are read as they were written, those since a time`() throws {
        let folder = try JournalFolder()
        let log = RemovalLog(folder.place)
        #expect(log.removals(since: Timestamp(seconds: 0)).isEmpty)
        var removal = CacheRemoval(
            from: "unix:///run/docker.sock",
            by: "caisson cache prune",
            at: Timestamp(seconds: 5)
        )
        removal.descriptions = ["mount / from exec /bin/sh -c \"make\"\n", "\u{1}"]
        removal.count = 3
        removal.size = 4096
        try log.append(removal)
        var later = removal
        later.time = Timestamp(seconds: 9)
        try log.append(later)
        #expect(log.removals(since: Timestamp(seconds: 0)) == [removal, later])
        #expect(log.removals(since: Timestamp(seconds: 6)) == [later])
    }
}
