import CaissonBuildModel
import CaissonSystem
import GRDB
import Glibc
import Testing

@testable import CaissonHistory

/// Databases that are damaged, newer, or can't be written to: an error or what can be read, and the program goes on.
@Suite struct HistoryDamageTests {
    private let folder: StoreFolder

    init() throws { folder = try StoreFolder() }

    private func fill() async throws {
        for number in 0..<12 {
            var submission = BuildSubmission.named("app\(number % 3)", at: Int64(number))
            submission.labels = ["l\(number)"]
            submission.images = ["app:\(number)"]
            try folder.leave(
                submission,
                (0..<4).map { .step("sha256:\(number)\($0)", "RUN make \(number) \($0)", from: 1, to: 2) } + [
                    .output([65, 66], by: "sha256:\(number)0"), .notice("notice \(number)"),
                ],
                .well
            )
        }
        _ = try await folder.open()
    }

    /// Asks for all there is; whatever comes of it is taken.
    private func askAll(_ place: HistoryPlace) -> (errors: Int, faults: Int) {
        var errors = 0
        func attempt(_ body: () throws -> Void) { do { try body() } catch { errors += 1 } }
        guard let store = try? HistoryStore.openToRead(place) else { return (1, 1) }
        var filter = HistoryFilter()
        attempt {
            for record in try store.list(filter) {
                attempt { _ = try store.dossier(of: record.id) }
                attempt {
                    let log = try store.log(of: record.id, step: nil)
                    while try log.next() != nil {}
                }
            }
        }
        (filter.image, filter.label, filter.text) = ("app:*", "l3", "app")
        attempt { _ = try store.list(filter) }
        attempt { _ = try store.id(of: "app1") }
        attempt { _ = try store.id(of: "no such") }
        attempt { _ = try store.latestBatch(directory: nil) }
        _ = store.medians(names: ["app1"], project: nil, limit: 5)
        _ = store.completions(prefix: "")
        return (errors, store.integrityFaults().count)
    }

    /// Changes what is there, as somebody who doesn't see the damage would.
    private func changeAll(_ place: HistoryPlace) async {
        guard let store = try? await HistoryStore.open(place), let records = try? store.list(HistoryFilter()) else {
            return
        }
        if let id = records.first?.id { try? store.pin(id, true) }
        if let id = records.last?.id { try? store.remove([id]) }
        _ = try? store.cleanUp(HistoryRetention(age: nil, count: 5), now: .now)
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 1])
    func `bytes that are changed anywhere end nothing`(seed: UInt64) async throws {
        var numbers = SeededNumbers(seed)
        try await fill()
        let whole = try BoundedFile.read(folder.place.database, limit: 1 << 26)
        var damaged = 0
        for _ in 0..<25 {
            var bytes = whole
            for _ in 0..<numbers.one([1, 10, 200]) {
                bytes[Int.random(in: bytes.indices, using: &numbers)] = UInt8(truncatingIfNeeded: numbers.next())
            }
            try put(bytes)
            let (errors, faults) = askAll(folder.place)
            if errors + faults > 0 { damaged += 1 }
            await changeAll(folder.place)
        }
        #expect(damaged > 5, "seed \(seed)")
    }

    @Test func `a database that is cut anywhere ends nothing, and the cut is told`() async throws {
        try await fill()
        let whole = try BoundedFile.read(folder.place.database, limit: 1 << 26)
        #expect(askAll(folder.place).errors == 1)
        #expect(askAll(folder.place).faults == 0)
        for part in 1..<50 {
            try put(Array(whole.prefix(whole.count * part / 50)))
            let (errors, faults) = askAll(folder.place)
            #expect(errors > 1 || faults > 0, "cut at \(part) fiftieths")
            await changeAll(folder.place)
        }
    }

    /// Why the history can't be opened.
    private func refusal() async -> HistoryError? {
        do throws(HistoryError) {
            _ = try await HistoryStore.open(folder.place)
            return nil
        } catch {
            return error
        }
    }

    private func put(_ database: [UInt8]) throws {
        for ending in ["", "-wal", "-shm"] { unlink(folder.place.database + ending) }
        try AtomicFile.replace(folder.place.database, with: database, .ownerOnly)
    }

    @Test func `a damaged database keeps its journals and says what to do`() async throws {
        try await fill()
        try put(
            Array(
                "no database at all, but longer than a header of one has to be: 100 bytes, which this text has by now"
                    .utf8
            )
        )
        try folder.leave(.named("later"), [], .well)
        await #expect(throws: HistoryError.self) { try await folder.open() }
        let error = await refusal()
        #expect(error?.code == .damaged)
        #expect(error?.message.contains("move it away") == true)
        #expect(folder.files(folder.place.journals).count == 1)
        unlink(folder.place.database)
        #expect(try await folder.open().list(HistoryFilter()).map(\.submission.name) == ["later"])
    }

    @Test(arguments: ["PRAGMA user_version = 99", "INSERT INTO grdb_migrations VALUES ('99')"])
    func `a database of a newer version is left alone`(change: String) async throws {
        try await fill()
        let database = try HistoryDatabase(folder.place.database, .making)
        try database.write { try $0.execute(sql: change) }
        try folder.leave(.named(), [], .well)
        for _ in 0..<2 { #expect(await refusal()?.code == .newer) }
        HistoryStore.ingestIfMany(folder.place, threshold: 1, within: .seconds(1), now: .now)
        #expect(folder.files(folder.place.journals).count == 1)
    }

    @Test func `where nothing can be written the database and the journals are read`() async throws {
        try await fill()
        let submission = BuildSubmission.named("later", at: 1000)
        try folder.leave(submission, [.step("a", "RUN a"), .output([65], by: "a")], .well)
        let store = try folder.openToRead()
        #expect(store.isReadOnly)
        #expect(try store.list(HistoryFilter()).count == 13)
        #expect(try store.list(HistoryFilter()).first?.id == submission.id)
        #expect(try store.log(of: submission.id, step: nil).next()?.bytes == [65])
        let changes: [() throws -> Void] = [
            { try store.pin(submission.id, true) }, { try store.remove([submission.id]) },
            { _ = try store.cleanUp(HistoryRetention(), now: .now) },
        ]
        for change in changes {
            let error = #expect(throws: HistoryError.self) { try change() }
            #expect(error?.code == .readOnly)
        }
        #expect(folder.files(folder.place.journals).count == 2)
    }

    @Test func `faults of logs are told`() async throws {
        try await fill()
        let ids = try await folder.open().list(HistoryFilter()).map(\.id)
        unlink(folder.place.log(of: ids[0]))
        try AtomicFile.replace(folder.place.log(of: ids[1]), with: [1, 2, 3], .ownerOnly)
        let store = try await folder.open()
        let faults = store.integrityFaults()
        #expect(faults.count == 2)
        #expect(faults.allSatisfy { $0.contains(ids[0].description) || $0.contains(ids[1].description) })
        for id in ids.prefix(2) { #expect(throws: HistoryError.self) { try store.log(of: id, step: nil).next() } }
        #expect(try store.log(of: ids[2], step: nil).next()?.bytes == [65, 66])
    }
}
