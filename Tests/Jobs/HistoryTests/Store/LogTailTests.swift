import CaissonBuildModel
import CaissonSystem
import Testing

@testable import CaissonHistory

/// The end of a log, for which the rest isn't read.
@Suite struct LogTailTests {
    private let folder: StoreFolder

    init() throws { folder = try StoreFolder() }

    private func read(_ log: BuildLog) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let part = try log.next() { bytes += part.bytes }
        return bytes
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 1])
    func `the last bytes of a log are the end of the log`(seed: UInt64) async throws {
        var numbers = SeededNumbers(seed)
        let submission = BuildSubmission.named("app")
        var kinds: [BuildEvent.Kind] = []
        for _ in 0..<300 {
            let bytes = (0..<numbers.one([1, 3, 100, 20_000])).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
            kinds.append(.output(bytes, by: numbers.one(["a", "b"]), stream: numbers.one([1, 2])))
        }
        try folder.leave(submission, kinds, .well)
        let stores = try [folder.openToRead(), await folder.open()]
        #expect(folder.files(folder.place.journals) == [])
        for step in [nil, 1, 2] as [Int?] {
            let whole = try read(stores[1].log(of: submission.id, step: step))
            for tail in [0, -1, 1, 100, 65_537, Int64(whole.count) - 1, Int64(whole.count), .max] as [Int64] {
                let end = try read(stores[1].log(of: submission.id, step: step, lastBytes: tail))
                #expect(end == Array(whole.suffix(Int(max(tail, 0)))), "seed \(seed), step \(step ?? 0), \(tail)")
            }
        }
    }

    @Test func `the last bytes of a journal's log are its end`() throws {
        let submission = BuildSubmission.named("app")
        let kinds = (0..<300).map { number in
            BuildEvent.Kind.output([UInt8(truncatingIfNeeded: number), 10], by: number % 3 == 0 ? "a" : "b")
        }
        try folder.leave(submission, kinds, nil)
        let store = try folder.openToRead()
        for step in [nil, 1, 2] as [Int?] {
            let whole = try read(store.log(of: submission.id, step: step))
            #expect(whole.count >= 200)
            for tail in [0, -1, 1, 2, 77, Int64(whole.count), .max, .min] as [Int64] {
                let end = try read(store.log(of: submission.id, step: step, lastBytes: tail))
                #expect(end == Array(whole.suffix(Int(max(tail, 0)))), "step \(step ?? 0), \(tail)")
            }
        }
    }

    @Test func `the beginning of a log isn't looked at for its end`() async throws {
        let submission = BuildSubmission.named("app")
        var numbers = SeededNumbers(7)
        let bytes = (0..<(5 << 20)).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
        try folder.leave(submission, [.output(bytes, by: "a")], .well)
        let store = try await folder.open()
        let path = folder.place.log(of: submission.id)
        // Its first frames are broken.
        var packed = try BoundedFile.read(path, limit: 1 << 26)
        for place in 0..<(packed.count / 2) { packed[place] = 0 }
        try AtomicFile.replace(path, with: packed, .ownerOnly)
        #expect(throws: HistoryError.self) { try read(store.log(of: submission.id, step: 1)) }
        #expect(try read(store.log(of: submission.id, step: 1, lastBytes: 1000)) == Array(bytes.suffix(1000)))
    }

    @Test func `pieces that touch are one when a journal is taken in`() async throws {
        let submission = BuildSubmission.named("app")
        var encoder = JournalEncoder(submission)
        var (output, lines) = encoder.take()
        for number in 0..<5000 {
            encoder.add(.output([UInt8(truncatingIfNeeded: number)], by: "a"), at: Timestamp(seconds: 9), under: .none)
            let taken = encoder.take()
            output += taken.output
            lines += taken.lines
        }
        try AtomicFile.replace(folder.place.output(of: submission.id), with: output, .ownerOnly)
        try AtomicFile.replace(folder.place.journal(of: submission.id), with: lines, .ownerOnly)
        let database = try HistoryDatabase(folder.place.database, .making)
        var ingest = HistoryIngest(folder.place, database)
        let taken = try #require(try ingest.take(submission.id))
        #expect(taken.pieces[1]?.map(\.count) == [5000])
        try ingest.commit([taken])
        #expect(try read(folder.openToRead().log(of: submission.id, step: 1)) == output)
    }
}
