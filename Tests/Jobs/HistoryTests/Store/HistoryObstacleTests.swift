import CaissonBuildModel
import CaissonSystem
import CaissonText
import GRDB
import Glibc
import Testing

@testable import CaissonHistory

/// Others who write at the same time, disks that are full, and what can't be read: the rest of the history goes on.
@Suite struct HistoryObstacleTests {
    private let folder: StoreFolder

    init() throws { folder = try StoreFolder() }

    private func leave(_ name: String = "app", output: Int = 2) throws -> BuildID {
        let submission = BuildSubmission.named(name)
        let bytes = (0..<output).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 >> 3) }
        try folder.leave(submission, [.step("a", "RUN x"), .output(bytes, by: "a")], .well)
        return submission.id
    }

    /// Does something while another process writes the database.
    private func besideWriter(_ body: () async throws -> Void) async throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let queue = try DatabaseQueue(path: folder.place.database, configuration: configuration)
        try queue.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        try await body()
        try queue.inDatabase { try $0.execute(sql: "ROLLBACK") }
    }

    @Test func `a history is opened and read at once while another process writes it`() async throws {
        let first = try leave()
        _ = try await folder.open()
        try await besideWriter {
            let start = ContinuousClock().now
            #expect(try await folder.open().list(HistoryFilter()).map(\.id) == [first])
            #expect(.now - start < .seconds(1))
            let second = try leave()
            let store = try await folder.open()
            #expect(.now - start < .seconds(4))
            #expect(Set(try store.list(HistoryFilter()).map(\.id)) == [first, second])
            #expect(store.faults.count == 1)
        }
        #expect(try await folder.open().faults == [])
        #expect(folder.files(folder.place.journals) == [])
    }

    @Test func `a build that ends waits for nobody who writes the history`() async throws {
        _ = try leave()
        _ = try await folder.open()
        for _ in 0..<3 { _ = try leave() }
        try await besideWriter {
            let start = ContinuousClock().now
            HistoryStore.ingestIfMany(
                folder.place,
                threshold: 3,
                within: .seconds(9),
                retention: HistoryRetention(age: nil, count: 0),
                now: .now
            )
            #expect(.now - start < .seconds(1))
            #expect(folder.files(folder.place.journals).count == 6)
        }
    }

    @Test func `files of the database are their owner's alone from the beginning`() async throws {
        let before = umask(0)
        defer { umask(before) }
        _ = try leave()
        let store = try await folder.open()
        for ending in ["", "-wal", "-shm"] {
            var status = stat()
            #expect(stat((folder.place.database + ending).cPath, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600, "builds.sqlite\(ending)")
        }
        #expect(try store.list(HistoryFilter()).count == 1)
    }

    @Test func `a full disk leaves the history readable, and removing makes room`() async throws {
        let id = try leave(output: 300_000)
        _ = try await folder.open()
        let later = try leave("later")
        let path = folder.path
        await #expect(processExitsWith: .success) {
            [path = path as String, id = id.description as String, later = later.description as String] in
            signal(SIGXFSZ, SIG_IGN)
            // No file may become longer than it is; for SQLite that is an error of the disk.
            var limit = rlimit(rlim_cur: 1, rlim_max: rlimit().rlim_max)
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            limit.rlim_cur = 1
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let store = try await HistoryStore.open(HistoryPlace(stateDirectory: path))
            guard Set(try store.list(HistoryFilter()).map(\.id.description)) == [id, later] else { exit(2) }
            guard store.obstacle?.code == .full, store.faults.count == 1 else { exit(3) }
            guard let id = BuildID(id) else { exit(4) }
            do throws(HistoryError) {
                try store.pin(id, true)
                exit(5)
            } catch {
                guard error.code == .full, !error.message.contains("by you") else { exit(6) }
            }
            // It can't remove the row either, but makes room.
            do throws(HistoryError) {
                try store.remove([BuildID()])
                exit(7)
            } catch { guard error.code == .notFound else { exit(8) } }
            guard access(store.place.log(of: id), F_OK) == 0 else { exit(9) }
            try? store.remove([id])
            guard access(store.place.log(of: id), F_OK) != 0 else { exit(10) }
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            try store.remove([id])
            let after = try await HistoryStore.open(HistoryPlace(stateDirectory: path))
            guard try after.list(HistoryFilter()).map(\.id.description) == [later] else { exit(11) }
        }
    }

    @Test func `a journal that can't be read is a fault, and the others are taken in`() async throws {
        let ids = try (0..<3).map { _ in try leave() }.sorted { $0.description < $1.description }
        let path = folder.path
        if geteuid() == 0 {
            // The superuser may read everything; whoever has no right is another.
            for name in ["", "/history", "/history/journals", "/history/logs", "/history/format"] {
                #expect(chown((path + name).cPath, 65_534, 65_534) == 0)
            }
            for name in folder.files(folder.place.journals) {
                #expect(chown("\(folder.place.journals)/\(name)".cPath, 65_534, 65_534) == 0)
            }
        }
        #expect(chmod(folder.place.journal(of: ids[1]).cPath, 0) == 0)
        await #expect(processExitsWith: .success) { [path = path as String] in
            if geteuid() == 0, setgid(65_534) != 0 || setuid(65_534) != 0 { exit(4) }
            let store = try await HistoryStore.open(HistoryPlace(stateDirectory: path))
            guard store.faults.count == 1 else { exit(2) }
            guard !store.isReadOnly, try store.list(HistoryFilter()).count == 2 else { exit(3) }
        }
        #expect(folder.files(folder.place.journals).count == 2)
    }

    @Test func `what was read before the disk is full is taken in`() async throws {
        let first = try [leave(), leave()]
        _ = try await folder.open()
        _ = try [leave(), leave()]
        let submission = BuildSubmission.named("large")
        var numbers = SeededNumbers(1)
        let bytes = (0..<(3 << 20)).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
        try folder.leave(submission, [.output(bytes, by: "a")], .well)
        let path = folder.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            // The log of the last build is longer than any file may become.
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            limit.rlim_cur = 2 << 20
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let place = HistoryPlace(stateDirectory: path)
            var ingest = HistoryIngest(place, try HistoryDatabase(place.database, .making))
            do throws(HistoryError) {
                try ingest.run()
                exit(2)
            } catch { guard error.code == .full else { exit(3) } }
        }
        let left = folder.files(folder.place.journals).filter { $0.hasSuffix(".journal") }
        #expect(left == ["\(submission.id).journal"])
        #expect(try folder.openToRead().list(HistoryFilter()).count == first.count + 3)
        #expect(try await folder.open().faults == [])
        #expect(folder.files(folder.place.journals) == [])
    }

    @Test func `of a history of a newer version the journals are read`() async throws {
        _ = try leave("old")
        _ = try await folder.open()
        do {
            let database = try HistoryDatabase(folder.place.database, .making)
            try database.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        }
        let id = try leave("new")
        let before = folder.files(folder.place.directory)
        do throws(HistoryError) {
            _ = try await HistoryStore.open(folder.place)
            Issue.record("it was opened")
        } catch {
            let store = HistoryStore.journalsAlone(folder.place, because: error)
            #expect(error.code == .newer)
            #expect(store.faults.count == 1)
            #expect(try store.list(HistoryFilter()).map(\.id) == [id])
            #expect(try store.id(of: "new") == id)
            #expect(try store.dossier(of: id).steps.count == 1)
            #expect(throws: error) { try store.remove([id]) }
        }
        #expect(folder.files(folder.place.directory) == before)
        #expect(folder.files(folder.place.journals).count == 2)
    }
}
