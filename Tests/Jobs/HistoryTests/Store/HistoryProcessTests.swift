import CaissonBuildModel
import CaissonSystem
import Glibc
import Synchronization
import Testing

@testable import CaissonHistory

/// Several who take in one history at once, and some that are killed at it.
@Suite struct HistoryProcessTests {
    private let folder: StoreFolder

    init() throws { folder = try StoreFolder() }

    private func leave(_ count: Int) throws -> Set<BuildID> {
        var ids: Set<BuildID> = []
        for number in 0..<count {
            let submission = BuildSubmission.named("app\(number)", at: 1_700_000_000 + Int64(number))
            try folder.leave(submission, [.step("a", "RUN x"), .output([65, 10], by: "a")], .well)
            ids.insert(submission.id)
        }
        return ids
    }

    private func check(_ ids: Set<BuildID>) async throws {
        let store = try await folder.open()
        var filter = HistoryFilter()
        filter.limit = 0
        let builds = try store.list(filter)
        #expect(builds.count == ids.count)
        #expect(Set(builds.map(\.id)) == ids)
        #expect(folder.files(folder.place.journals) == [])
        #expect(folder.files(folder.place.logs).count == ids.count)
        #expect(store.integrityFaults() == [])
    }

    @Test func `stores that open at once take each build once`() async throws {
        let ids = try leave(150)
        let place = folder.place
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    let store = try await HistoryStore.open(place)
                    #expect(store.faults == [])
                    var filter = HistoryFilter()
                    filter.limit = 0
                    #expect(try store.list(filter).count == 150)
                }
            }
            try await group.waitForAll()
        }
        try await check(ids)
    }

    @Test func `processes that open at once take each build once`() async throws {
        let ids = try leave(150)
        let path = folder.path
        await withTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    await #expect(processExitsWith: .success) { [path = path as String] in
                        let store = try await HistoryStore.open(HistoryPlace(stateDirectory: path))
                        var filter = HistoryFilter()
                        filter.limit = 0
                        guard store.faults == [] else { exit(2) }
                        if try store.list(filter).count != 150 { exit(3) }
                    }
                }
            }
        }
        try await check(ids)
    }

    @Test func `a process that is killed while it takes builds in loses none`() async throws {
        let ids = try leave(200)
        let path = folder.path
        for round in 1...5 {
            // Killed after so many builds: between transactions, and within them.
            let count = round * 30 + round
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, count = count as Int] in
                let place = HistoryPlace(stateDirectory: path)
                let database = try HistoryDatabase(place.database, .making)
                var ingest = HistoryIngest(place, database)
                var batch: [TakenJournal] = []
                for (number, id) in JournalReader.list(place).enumerated() {
                    guard let taken = try ingest.take(id) else { continue }
                    batch.append(taken)
                    if number == count { kill(getpid(), SIGKILL) }
                    guard batch.count == 16 else { continue }
                    try ingest.commit(batch)
                    if number > count - 16 { kill(getpid(), SIGKILL) }
                    ingest.remove(batch)
                    batch = []
                }
                kill(getpid(), SIGKILL)
            }
            #expect(try folder.openToRead().list(HistoryFilter()).count == 50)
        }
        try await check(ids)
    }

    @Test func `whoever waits too long for the lock reads the journals`() async throws {
        let ids = try leave(3)
        guard let lock = try FileLock.attempt(folder.place.lock, .exclusive) else {
            Issue.record("somebody holds the lock")
            return
        }
        let store = try await HistoryStore.open(folder.place, patience: .milliseconds(20))
        #expect(Set(try store.list(HistoryFilter()).map(\.id)) == ids)
        #expect(folder.files(folder.place.journals).count == 6)
        let journals = folder.files(folder.place.journals).count
        HistoryStore.ingestIfMany(folder.place, threshold: 1, within: .seconds(1), now: .now)
        #expect(folder.files(folder.place.journals).count == journals)
        lock.release()
        try await check(ids)
    }
}

/// What the user was told.
final class StoreNotices: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { texts.withLock { $0 } }
    var take: @Sendable (String) -> Void { { [self] text in texts.withLock { $0.append(text) } } }
}
