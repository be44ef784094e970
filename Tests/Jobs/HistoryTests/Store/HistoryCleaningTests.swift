import CaissonBuildModel
import CaissonSystem
import CaissonText
import GRDB
import Glibc
import Testing

@testable import CaissonHistory

/// When what is too old or too much is forgotten, and that it is gone then.
@Suite struct HistoryCleaningTests {
    private let folder: StoreFolder
    private let one = HistoryRetention(age: nil, count: 1)

    init() throws { folder = try StoreFolder() }

    private func leave(_ count: Int, name: String = "RUN x") throws -> [BuildID] {
        try (0..<count).map { number in
            let submission = BuildSubmission.named("app", at: 1_700_000_000 + Int64(number))
            try folder.leave(submission, [.step("a", name), .output([65, 10], by: "a")], .well)
            return submission.id
        }
    }

    private func rows() throws -> Int { try folder.openToRead().list(HistoryFilter()).count }

    private func age(_ path: String, by seconds: Int) {
        var times = [
            timespec(tv_sec: time(nil) - seconds, tv_nsec: 0), timespec(tv_sec: time(nil) - seconds, tv_nsec: 0),
        ]
        #expect(utimensat(AT_FDCWD, path.cPath, &times, 0) == 0)
    }

    @Test func `whoever looks at the history has what is too much forgotten`() async throws {
        _ = try leave(4)
        _ = try await HistoryStore.open(folder.place, retention: one)
        #expect(try rows() == 1)
        // Within the hour, too.
        _ = try leave(3)
        _ = try await HistoryStore.open(folder.place, retention: one)
        #expect(try rows() == 1)
        _ = try leave(3)
        _ = try await HistoryStore.open(folder.place)
        #expect(try rows() == 4)
    }

    @Test func `what is too old is forgotten once an hour, by whoever looks and by builds that end`() async throws {
        let old = HistoryRetention(age: .seconds(86_400))
        _ = try leave(2)
        _ = try await HistoryStore.open(folder.place, retention: old)
        #expect(try rows() == 0)
        _ = try leave(2)
        _ = try await HistoryStore.open(folder.place, retention: old)
        #expect(try rows() == 2)
        HistoryStore.ingestIfMany(folder.place, within: .seconds(9), retention: old, now: .now)
        #expect(try rows() == 2)
        age(folder.place.cleaned, by: 3700)
        // Nobody asks for it.
        HistoryStore.ingestIfMany(folder.place, within: .seconds(9), now: .now)
        #expect(try rows() == 2)
        let waiting = try leave(1)
        HistoryStore.ingestIfMany(folder.place, within: .seconds(9), retention: old, now: .now)
        #expect(try rows() == 1)
        #expect(folder.files(folder.place.journals).contains("\(waiting[0]).journal"))
    }

    @Test func `cleaning that has no time left is gone on with next time`() async throws {
        try folder.insert((0..<1000).map { .ended(.named(at: Int64($0))) })
        let store = try await folder.open()
        let first = try store.cleanUp(one, now: .now, until: .now)
        #expect(first.builds == 200)
        #expect(!first.isWhole)
        #expect(HistoryStore.isCleaningDue(folder.place, .now))
        let second = try store.cleanUp(one, now: .now, until: .now + .seconds(60))
        #expect(second.builds == 799)
        #expect(second.isWhole)
        #expect(!HistoryStore.isCleaningDue(folder.place, .now))
    }

    /// Whether bytes stand anywhere in the files of the database.
    private func holds(_ text: String) throws -> Bool {
        try ["", "-wal"].contains { ending in
            let path = folder.place.database + ending
            guard case .regular = PathFacts.kind(of: path) else { return false }
            let bytes = try BoundedFile.read(path, limit: 1 << 26)
            return String(decoding: bytes, as: UTF8.self).contains(text)
        }
    }

    private func names() throws -> [String] {
        let database = try HistoryDatabase(folder.place.database, .reading)
        let rows = try database.read { try Row.fetchAll($0, sql: "SELECT text, uses FROM names ORDER BY text") }
        return rows.map { "\(StoredRow($0).text(0) ?? "?") \(StoredRow($0).integer(1) ?? -1)" }
    }

    @Test func `the names of steps go with the last build that has them, from the disk too`() async throws {
        let secret = try leave(1, name: "RUN echo hunter2-hunter2")
        let shared = try leave(2, name: "RUN make")
        let store = try await folder.open()
        #expect(try names() == ["RUN echo hunter2-hunter2 1", "RUN make 2"])
        try store.remove(secret)
        #expect(try names() == ["RUN make 2"])
        #expect(try !holds("hunter2"))
        try store.remove([shared[0]])
        #expect(try names() == ["RUN make 1"])
        _ = try leave(3, name: "RUN other")
        _ = try await HistoryStore.open(folder.place, retention: one)
        #expect(try names() == ["RUN other 1"])
        #expect(store.integrityFaults() == [])
    }

    @Test func `a build that is taken twice counts its names once`() async throws {
        let id = try leave(1, name: "RUN make")[0]
        let journal = try BoundedFile.read(folder.place.journal(of: id))
        let output = try BoundedFile.read(folder.place.output(of: id))
        _ = try await folder.open()
        try AtomicFile.replace(folder.place.output(of: id), with: output, .ownerOnly)
        try AtomicFile.replace(folder.place.journal(of: id), with: journal, .ownerOnly)
        let store = try await folder.open()
        #expect(try names() == ["RUN make 1"])
        #expect(try store.dossier(of: id).steps.map(\.name) == ["RUN make"])
    }

    @Test func `a database of version 1 is brought to the newest, and its names are counted`() async throws {
        _ = try leave(3, name: "RUN make")
        _ = try await folder.open()
        do {
            let database = try HistoryDatabase(folder.place.database, .making)
            try database.write { database in
                try database.execute(sql: "ALTER TABLE names DROP COLUMN uses")
                try database.execute(sql: "INSERT INTO names (hash, text) VALUES (1, 'left behind')")
                try database.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = '2'")
                try database.execute(sql: "PRAGMA user_version = 1")
            }
        }
        #expect(try rows() == 3)
        let store = try await folder.open()
        #expect(try names() == ["RUN make 3"])
        try store.remove(try store.list(HistoryFilter()).map(\.id))
        #expect(try names() == [])
    }

    @Test func `damaged journals are kept by number, size and age`() throws {
        let damaged = DamagedJournals(folder.place, limit: 1000)
        func put(_ count: Int) throws -> BuildID {
            let id = BuildID()
            try AtomicFile.replace(folder.place.journal(of: id), with: Array(repeating: 1, count: 10), .ownerOnly)
            try AtomicFile.replace(folder.place.output(of: id), with: Array(repeating: 1, count: count), .ownerOnly)
            return id
        }
        let first = try put(400)
        #expect(damaged.take(first))
        age("\(folder.place.damaged)/\(first).journal", by: 20)
        age("\(folder.place.damaged)/\(first).output", by: 20)
        let second = try put(400)
        #expect(damaged.take(second))
        #expect(folder.files(folder.place.damaged).count == 4)
        #expect(damaged.take(try put(400)))
        #expect(folder.files(folder.place.damaged).count == 4)
        #expect(!folder.files(folder.place.damaged).contains("\(first).output"))
        // What is too large by itself is kept in no place.
        #expect(!damaged.take(try put(2000)))
        #expect(folder.files(folder.place.damaged).count == 4)
        #expect(folder.files(folder.place.journals) == [])
        var later = Timestamp.now
        later.seconds += 31 * 86_400
        damaged.thin(now: later)
        #expect(folder.files(folder.place.damaged) == [])
    }
}
