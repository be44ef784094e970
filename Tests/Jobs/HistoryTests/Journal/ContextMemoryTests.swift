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
