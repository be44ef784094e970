import CaissonBuildModel
import CaissonSystem
import Glibc
import Testing

@testable import CaissonHistory

/// What is forgotten and what isn't.
@Suite struct HistoryRetentionTests {
    private static let day: Int64 = 86_400
    private static let now = Timestamp(seconds: 1000 * day)

    private func forgotten(_ retention: HistoryRetention, _ days: [Int64], pinned: Set<Int> = []) -> [Int64] {
        var choice = RetentionChoice(retention, now: Self.now)
        for (place, day) in days.enumerated() {
            let time = Timestamp(seconds: day * Self.day).storedNanoseconds
            choice.add(.init(key: Int64(place), time: time, size: 10, isPinned: pinned.contains(place)))
        }
        return choice.forgotten.map(\.key).sorted()
    }

    @Test func `builds are forgotten by age, number and size`() {
        let days: [Int64] = [100, 900, 950, 990, 999]
        #expect(forgotten(HistoryRetention(), days) == [0, 1])
        #expect(forgotten(HistoryRetention(), days, pinned: [0]) == [1])
        #expect(forgotten(HistoryRetention(age: nil, count: 2), days) == [0, 1, 2])
        #expect(forgotten(HistoryRetention(age: nil, count: 2), days, pinned: [4]) == [0, 1])
        #expect(forgotten(HistoryRetention(age: nil, count: 0), days, pinned: [4]) == [0, 1, 2, 3])
        #expect(forgotten(HistoryRetention(age: nil, size: 35), days) == [0, 1])
        #expect(forgotten(HistoryRetention(age: nil, size: 9), days) == [0, 1, 2, 3, 4])
        #expect(forgotten(HistoryRetention(age: nil), days) == [])
    }

    @Test func `a clock that is set makes no build old, and keeps none for ever`() {
        // A machine without a battery begins in 1970 until it has asked for the time.
        #expect(forgotten(HistoryRetention(), [995, 0, 0, 996]) == [])
        // A clock that went ahead: those of then are as old as those before them.
        #expect(forgotten(HistoryRetention(), [100, 5000, 101, 999]) == [0, 1, 2])
        #expect(forgotten(HistoryRetention(), [999, 5000, 999]) == [])
        #expect(forgotten(HistoryRetention(), [5000, 100]) == [1])
        // The newest are those that were remembered last.
        #expect(forgotten(HistoryRetention(age: nil, count: 2), [5000, 998, 0]) == [0])
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 1, 2])
    func `what is forgotten is never pinned, and what stays is within the limits`(seed: UInt64) throws {
        var numbers = SeededNumbers(seed)
        for _ in 0..<300 {
            let count = Int.random(in: 0..<40, using: &numbers)
            let all = (0..<count).map { key in
                let day = numbers.once(in: 10) ? numbers.one([0, 5000]) : Int64.random(in: 800...1000, using: &numbers)
                return RetentionChoice.Candidate(
                    key: Int64(key),
                    time: Timestamp(seconds: day * Self.day).storedNanoseconds,
                    size: Int64.random(in: 0..<100, using: &numbers),
                    isPinned: numbers.once(in: 5)
                )
            }
            let retention = HistoryRetention(
                age: numbers.one([nil, .seconds(90 * Self.day)]),
                count: numbers.one([nil, 0, 5, 20]),
                size: numbers.one([nil, 0, 300, 1000])
            )
            var choice = RetentionChoice(retention, now: Self.now)
            for candidate in all { choice.add(candidate) }
            try check(all, Set(choice.forgotten.map(\.key)), retention, "seed \(seed)")
        }
    }

    private func check(
        _ all: [RetentionChoice.Candidate],
        _ gone: Set<Int64>,
        _ retention: HistoryRetention,
        _ comment: Comment
    ) throws {
        let kept = all.filter { !gone.contains($0.key) && !$0.isPinned }
        #expect(all.allSatisfy { !$0.isPinned || !gone.contains($0.key) }, comment)
        if let count = retention.count { #expect(kept.count <= count, comment) }
        if let size = retention.size { #expect(kept.map(\.size).reduce(0, +) <= size, comment) }
        // What was forgotten had a reason: it is old, or one more would have been too much.
        let limit = Timestamp(seconds: 910 * Self.day).storedNanoseconds
        for candidate in all where gone.contains(candidate.key) {
            let newer = all.filter { !$0.isPinned && $0.key >= candidate.key }
            let isOld = retention.age != nil && (candidate.time < limit || candidate.time > Self.now.storedNanoseconds)
            let isMuch =
                newer.count > retention.count ?? .max || newer.map(\.size).reduce(0, +) > retention.size ?? .max
            #expect(isOld || isMuch, comment)
        }
        // What is older than allowed, after builds that all are, isn't kept.
        let old = all.prefix { $0.time < limit }.filter { !$0.isPinned }
        if retention.age != nil { #expect(old.allSatisfy { gone.contains($0.key) }, comment) }
    }

    @Test func `logs go with their builds, and those without one after a day`() async throws {
        let folder = try StoreFolder()
        var ids: [BuildID] = []
        for number in 0..<4 {
            let submission = BuildSubmission.named(at: 1_700_000_000 + Int64(number))
            try folder.leave(submission, [.step("a", "RUN x"), .output([65], by: "a")], .well)
            ids.append(submission.id)
            _ = try await folder.open()
        }
        let stray = BuildID()
        for name in ["\(stray).zst", ".x.zst.1.2", "foreign.txt"] {
            try AtomicFile.replace("\(folder.place.logs)/\(name)", with: [1], .ownerOnly)
        }
        for name in [".\(stray).new", "\(stray).output", "foreign.output"] {
            try AtomicFile.replace("\(folder.place.journals)/\(name)", with: [1], .ownerOnly)
        }
        let store = try await folder.open()
        try store.pin(ids[0], true)
        let cleaning = try store.cleanUp(HistoryRetention(age: nil, count: 1), now: .now)
        #expect(cleaning.builds == 2)
        #expect(cleaning.bytes > 100)
        #expect(cleaning.strayLogs == 0)
        #expect(try store.list(HistoryFilter()).map(\.id) == [ids[3], ids[0]])
        #expect(folder.files(folder.place.logs).count == 5)
        var later = Timestamp.now
        later.seconds += 2 * Self.day
        #expect(try store.cleanUp(HistoryRetention(age: nil), now: later).strayLogs == 4)
        #expect(folder.files(folder.place.journals) == ["foreign.output"])
        #expect(Set(folder.files(folder.place.logs)) == ["\(ids[0]).zst", "\(ids[3]).zst", "foreign.txt"])
        try store.remove([ids[0], ids[3]])
        #expect(try store.list(HistoryFilter()) == [])
        #expect(folder.files(folder.place.logs) == ["foreign.txt"])
        #expect(store.integrityFaults() == [])
    }

    @Test func `removing builds removes all of them or none`() async throws {
        let folder = try StoreFolder()
        let builds = (0..<3).map { BuildDossier.ended(.named(at: Int64($0))) }
        try folder.insert(builds)
        let store = try await folder.open()
        #expect(throws: HistoryError.self) { try store.remove([builds[0].record.id, BuildID()]) }
        #expect(throws: HistoryError.self) { try store.pin(BuildID(), true) }
        #expect(try store.list(HistoryFilter()).count == 3)
        try store.remove([builds[0].record.id, builds[2].record.id, builds[0].record.id])
        #expect(try store.list(HistoryFilter()).map(\.id) == [builds[1].record.id])
    }

    @Test func `the space of what is forgotten is given back`() async throws {
        let folder = try StoreFolder()
        let builds = (0..<400).map { number in
            var dossier = BuildDossier.ended(.named(at: Int64(number)))
            dossier.steps = (1...20).map { StepRecord($0, digest: "\(number).\($0)", name: "step \($0) of \(number)") }
            return dossier
        }
        try folder.insert(builds)
        let store = try await folder.open()
        let before = store.size()
        let cleaning = try store.cleanUp(HistoryRetention(age: nil, count: 10), now: .now)
        #expect(cleaning.builds == 390)
        #expect(cleaning.bytes < before)
        // The log of SQLite is as large as the change until its last reader leaves.
        #expect(PathFacts.kind(of: folder.place.database) != .regular(size: before))
        let steps = try store.dossier(of: builds[399].record.id).steps
        #expect(steps.map(\.name).last == "step 20 of 399")
        #expect(store.integrityFaults() == [])
    }
}
