import CaissonBuildModel
import CaissonSystem
import Testing

@testable import CaissonHistory

/// Logs, byte for byte.
@Suite struct BuildLogTests {
    private let folder: StoreFolder

    init() throws { folder = try StoreFolder() }

    /// The whole of a log, by step and stream.
    private func read(_ log: BuildLog) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        while let part = try log.next() {
            #expect(!part.bytes.isEmpty && part.bytes.count <= 1 << 20)
            found["\(part.step).\(part.stream)", default: []] += part.bytes
        }
        return found
    }

    private func joined(_ log: BuildLog) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let part = try log.next() { bytes += part.bytes }
        return bytes
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 1])
    func `a log is what was printed, over the borders of frames too`(seed: UInt64) async throws {
        var numbers = SeededNumbers(seed)
        let submission = BuildSubmission.named()
        var kinds = (1...4).map { BuildEvent.Kind.step("d\($0)", "RUN \($0)", from: 1) }
        var printed: [String: [UInt8]] = [:]
        var whole: [UInt8] = []
        while whole.count < 3 << 20 {
            let (step, stream) = (Int.random(in: 1...4, using: &numbers), numbers.one([1, 1, 2, 7]))
            let length =
                numbers.once(in: 40)
                ? Int.random(in: 1..<1_500_000, using: &numbers) : Int.random(in: 1..<200, using: &numbers)
            let isNoise = numbers.once(in: 2)
            let seed = UInt8(truncatingIfNeeded: numbers.next())
            let line = (0..<UInt8(32)).map { isNoise ? ($0 &* 37) ^ seed : 65 + $0 }
            let bytes = Array(Array(repeating: line, count: length / 32 + 1).joined().prefix(length))
            kinds.append(.output(bytes, by: "d\(step)", stream: stream))
            printed["\(step).\(stream)", default: []] += bytes
            whole += bytes
        }
        try folder.leave(submission, kinds, .well)
        // From the journal first, then packed.
        for isPacked in [false, true] {
            let store = isPacked ? try await folder.open() : try folder.openToRead()
            #expect(try joined(store.log(of: submission.id, step: nil)) == whole, "seed \(seed)")
            #expect(try read(store.log(of: submission.id, step: nil)) == printed, "seed \(seed)")
            for step in 1...4 {
                let expected = printed.filter { $0.key.hasPrefix("\(step).") }
                #expect(try read(store.log(of: submission.id, step: step)) == expected, "seed \(seed)")
            }
        }
        let dossier = try await folder.open().dossier(of: submission.id)
        #expect(dossier.record.logSize == Int64(whole.count))
        #expect(folder.files(folder.place.journals) == [])
    }

    @Test func `one step of a long log is read without the rest`() async throws {
        let submission = BuildSubmission.named()
        let line = Array("a line of a log that somebody reads\n".utf8)
        var kinds = [BuildEvent.Kind.step("a", "RUN a"), .step("b", "RUN b")]
        for _ in 0..<10 { kinds.append(.output(Array(repeating: line, count: 30_000).flatMap(\.self), by: "a")) }
        kinds.append(.output(Array("the end\n".utf8), by: "b"))
        try folder.leave(submission, kinds, .well)
        let store = try await folder.open()
        // Where the frames of the others are damaged, that isn't seen.
        let path = folder.place.log(of: submission.id)
        var bytes = try BoundedFile.read(path, limit: 1 << 26)
        for index in 0..<(bytes.count / 2) { bytes[index] = 0 }
        try AtomicFile.replace(path, with: bytes, .ownerOnly)
        #expect(try joined(store.log(of: submission.id, step: 2)) == Array("the end\n".utf8))
        #expect(throws: HistoryError.self) { try joined(store.log(of: submission.id, step: 1)) }
    }

    @Test func `steps without output have an empty log, other steps and builds none`() async throws {
        let submission = BuildSubmission.named()
        try folder.leave(submission, [.step("a", "RUN a", from: 1), .step("b", "RUN b"), .output([1], by: "b")], .well)
        let silent = BuildSubmission.named()
        try folder.leave(silent, [.step("a", "RUN a")], .well)
        for isPacked in [false, true] {
            let store = isPacked ? try await folder.open() : try folder.openToRead()
            #expect(try joined(store.log(of: submission.id, step: 1)) == [])
            #expect(try joined(store.log(of: silent.id, step: nil)) == [])
            for (id, step) in [(submission.id, 3), (submission.id, 0), (submission.id, -1), (BuildID(), 1)] {
                #expect(throws: HistoryError.self) { try store.log(of: id, step: step) }
            }
            #expect(throws: HistoryError.self) { try store.log(of: BuildID(), step: nil) }
        }
    }

    @Test func `an output that is cut gives what is there`() async throws {
        let submission = BuildSubmission.named()
        let text = Array("0123456789".utf8)
        try folder.leave(
            submission,
            [.step("a", "RUN a"), .output(text, by: "a"), .output(text, by: "a", stream: 2)],
            nil
        )
        try AtomicFile.replace(
            folder.place.output(of: submission.id),
            with: Array((text + text).prefix(13)),
            .ownerOnly
        )
        let store = try await folder.open()
        #expect(try read(store.log(of: submission.id, step: 1)) == ["1.1": text, "1.2": Array("012".utf8)])
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 1, 2])
    func `the index of a step's output is what it was made of`(seed: UInt64) throws {
        var numbers = SeededNumbers(seed)
        for _ in 0..<200 {
            var (offset, last): (Int64, LogPiece?) = (0, nil)
            var pieces: [LogPiece] = []
            for _ in 0..<Int.random(in: 0..<600, using: &numbers) {
                offset += Int64.random(in: 1..<100_000, using: &numbers)
                let piece = LogPiece(
                    step: 3,
                    stream: numbers.one([0, 1, 2, 3, 900]),
                    offset: offset,
                    count: Int64.random(in: 1..<9000, using: &numbers)
                )
                offset = piece.end
                last = piece
                pieces.append(piece)
            }
            let packed = StepRow.packed(LogPieceIndex.bytes(of: pieces))
            #expect(LogPieceIndex.pieces(of: 3, try StepRow.unpacked(packed)) == pieces, "seed \(seed)")
            #expect(last == nil || !packed.isEmpty)
        }
        for _ in 0..<2000 {
            let garbage = (0..<Int.random(in: 0..<40, using: &numbers)).map { _ in
                UInt8(truncatingIfNeeded: numbers.next())
            }
            let pieces = LogPieceIndex.pieces(of: 1, (try? StepRow.unpacked(garbage)) ?? [])
            #expect(pieces.allSatisfy { $0.offset >= 0 && $0.count >= 0 && $0.end < .max }, "seed \(seed)")
            _ = LogFrames(garbage)
        }
    }

    @Test func `numbers are read as they were written`() {
        var numbers = PackedNumbers()
        let values: [Int64] = [0, 1, 127, 128, 300, 1 << 32, .max, -1]
        for value in values { numbers.append(value) }
        var reader = PackedNumberReader(numbers.bytes)
        #expect((0..<values.count).map { _ in reader.number() } == values.map { max(0, $0) })
        #expect(reader.number() == nil)
        for time in [
            Timestamp(seconds: -1, nanoseconds: 1), Timestamp(seconds: 0), Timestamp(seconds: 1 << 32, nanoseconds: 9),
        ] {
            #expect(Timestamp(storedNanoseconds: time.storedNanoseconds) == time)
        }
        for time in [Timestamp(seconds: .max, nanoseconds: 5), Timestamp(seconds: .min)] {
            #expect(Timestamp(storedNanoseconds: time.storedNanoseconds).seconds.signum() == time.seconds.signum())
        }
    }
}
