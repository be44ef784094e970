import CaissonBuildModel
import CaissonJSON
import CaissonSystem
import Testing

@testable import CaissonHistory

@Suite struct JournalCodingTests {
    /// A random build: what it was, what happened, and its files; what it told was taken in several portions.
    private struct Played {
        var submission: BuildSubmission
        var kinds: [BuildEvent.Kind] = []
        var end = JournalEnd(.failed, at: Timestamp(seconds: 9))
        var lines: [UInt8] = []
        var output: [UInt8] = []

        init(seed: UInt64, events: Int) {
            var random = RandomEvents(seed: seed)
            submission = random.submission()
            var encoder = JournalEncoder(submission)
            let time = Timestamp(seconds: 7)
            let log = VertexLog(vertex: "sha256:0", stream: 2, data: [0xFF, 0x0A, 0], timestamp: time)
            kinds.append(.status(SolveStatus(logs: [log])))
            encoder.add(kinds[0], at: time, under: .none)
            for _ in 0..<random.number(1..<events) {
                let kind = random.kind()
                kinds.append(kind)
                encoder.add(kind, at: time, under: .none)
                if random.number(0..<4) == 0 { take(from: &encoder) }
            }
            let outcome = random.outcome()
            kinds.append(.finished(outcome))
            end.reason = "why\n"
            end.duration = .nanoseconds(random.number(0..<1 << 60))
            encoder.add(end, outcome)
            take(from: &encoder)
        }

        private mutating func take(from encoder: inout JournalEncoder) {
            let taken = encoder.take()
            lines += taken.lines
            output += taken.output
        }
    }

    @Test func `What is read is what was written`() throws {
        let folder = try JournalFolder()
        let first = UInt64.random(in: 0..<1 << 48)
        print("journal: 100 builds from seed \(first)")
        for seed in first..<first + 100 {
            let played = Played(seed: seed, events: 12)
            try folder.put(played.lines, output: played.output, of: played.submission.id)
            let entries = try folder.entries(of: played.submission.id)
            #expect(
                try JournalReader(folder.place, played.submission.id).submission == played.submission,
                "seed \(seed)"
            )
            #expect(PlainHistory(entries) == PlainHistory(played.kinds), "seed \(seed)")
            #expect(entries.last == .end(played.end), "seed \(seed)")
            let numbers = entries.compactMap { if case .event(let event) = $0 { event.sequence } else { nil } }
            #expect(numbers == Array(numbers.indices), "seed \(seed)")
        }
    }

    @Test func `A journal that is cut anywhere gives a beginning of what happened`() throws {
        let folder = try JournalFolder()
        let seed = UInt64.random(in: 0..<1 << 48)
        let played = Played(seed: seed, events: 12)
        let id = played.submission.id
        try folder.put(played.lines, output: played.output, of: id)
        let whole = try folder.entries(of: id)
        var lengths: Set<Int> = []
        for cut in played.lines.indices {
            try AtomicFile.replace(folder.place.journal(of: id), with: Array(played.lines[..<cut]), .ownerOnly)
            guard let entries = try? folder.entries(of: id) else {
                #expect(!played.lines[..<cut].contains(0x0A), "seed \(seed), cut at \(cut)")
                continue
            }
            lengths.insert(entries.count)
            #expect(entries == Array(whole.prefix(entries.count)), "seed \(seed), cut at \(cut)")
            guard cut % 16 == 0 else { continue }
            #expect(try snapshot(folder.place, id).record.status == .interrupted, "seed \(seed), cut at \(cut)")
        }
        #expect(lengths.count > 1, "seed \(seed)")
    }

    @Test func `Output that is cut anywhere gives its beginning`() throws {
        let folder = try JournalFolder()
        let seed = UInt64.random(in: 0..<1 << 48)
        let played = Played(seed: seed, events: 60)
        let id = played.submission.id
        for cut in played.output.indices {
            try folder.put(played.lines, output: played.output[..<cut], of: id)
            var pieces = try OutputPieces(folder.place, id)
            var read: [UInt8] = []
            while let piece = try pieces.next() { read += try pieces.bytes(of: piece) }
            #expect(read == Array(played.output[..<cut]), "seed \(seed), cut at \(cut)")
        }
    }

    @Test func `Whatever bytes are in a journal, it is read to its end`() throws {
        let folder = try JournalFolder()
        let seed = UInt64.random(in: 0..<1 << 48)
        print("journal: broken ones from seed \(seed)")
        var random = RandomEvents(seed: seed)
        var events = 0
        for round in 0..<100 {
            var played = Played(seed: seed &+ UInt64(round), events: 30)
            let start = (played.lines.firstIndex(of: 0x0A) ?? 0) + 1
            for _ in 0..<random.number(1..<20) {
                let place = random.number(start..<played.lines.count)
                switch random.number(0..<3) {
                case 0: played.lines[place] = UInt8(random.number(0..<256))
                case 1: played.lines[place] = UInt8(random.number(0x30..<0x3A))
                default: played.lines.insert(contentsOf: random.bytes(), at: place)
                }
            }
            let id = played.submission.id
            try folder.put(played.lines, output: played.output, of: id)
            events += try folder.entries(of: id).count
            let dossier = try snapshot(folder.place, id)
            #expect(Set(dossier.steps.map(\.number)).count == dossier.steps.count, "seed \(seed), round \(round)")
        }
        #expect(events > 300)
    }

    @Test func `A line that is too long is passed over`() throws {
        let folder = try JournalFolder()
        let submission = BuildSubmission.plain()
        var encoder = JournalEncoder(submission)
        var lines = encoder.take().lines
        lines += Array(repeating: 0x20, count: 9 << 20) + [0x0A]
        encoder.add(remark: "here", at: Timestamp(seconds: 1))
        lines += encoder.take().lines
        try folder.put(lines, of: submission.id)
        #expect(try folder.entries(of: submission.id) == [.remark(BuildRemark(Timestamp(seconds: 1), "here"))])
    }

    @Test func `Lines stay short whatever an engine says`() throws {
        let folder = try JournalFolder()
        let submission = BuildSubmission.plain()
        let long = String(repeating: "\u{1}", count: 1 << 20)
        let inputs = (0..<20_000).map { "sha256:\($0)" }
        let vertex = Vertex(digest: long, inputs: inputs, name: long, error: long, group: .init(id: long, name: long))
        let data = Array(repeating: UInt8(1), count: 1 << 20)
        let source = SourceInfo(filename: long, data: data, language: long)
        let warning = VertexWarning(
            vertex: long,
            short: data,
            detail: Array(repeating: data, count: 300),
            url: long,
            source: source,
            ranges: Array(repeating: SourceRange(startLine: 1, endLine: 2), count: 5000)
        )
        var encoder = JournalEncoder(submission)
        let status = SolveStatus(vertexes: [vertex, Vertex(digest: "b")], warnings: [warning, warning])
        encoder.add(.status(status), at: Timestamp(seconds: 1), under: .none)
        let excerpts = Array(repeating: SourceExcerpt(source: source, ranges: warning.ranges), count: 300)
        let error = BuildError(
            .step,
            FieldMessage(long),
            excerpts: excerpts,
            step: FailedStep(vertex: long, name: long)
        )
        encoder.add(JournalEnd(.failed, reason: long, at: Timestamp(seconds: 2)), .failed(error))
        let lines = encoder.take().lines
        #expect(lines.split(separator: 0x0A).map(\.count).max() ?? 0 < JournalLimit.line)
        try folder.put(lines, of: submission.id)
        let dossier = try snapshot(folder.place, submission.id)
        #expect(dossier.record.status == .failed)
        #expect(dossier.steps.count == 2)
        #expect(dossier.remarks.count == 2)
        #expect(dossier.error?.code == .step)
    }

    @Test func `A request that is too long for a line is left out`() throws {
        let folder = try JournalFolder()
        var submission = BuildSubmission.plain()
        submission.name = "app"
        submission.request = .object([.init("x", .string(String(repeating: "x", count: 5 << 20)))])
        var encoder = JournalEncoder(submission)
        try folder.put(encoder.take().lines, of: submission.id)
        let read = try JournalReader(folder.place, submission.id).submission
        #expect(read.name == "app")
        #expect(read.request == .object([]))
    }

    @Test func `A journal of a newer version, of another build or of nothing is refused`() throws {
        let folder = try JournalFolder()
        let submission = BuildSubmission.plain()
        func code(_ lines: [UInt8], as id: BuildID) throws -> HistoryError.Code? {
            try folder.put(lines, of: id)
            do throws(HistoryError) { _ = try JournalReader(folder.place, id) } catch { return error.code }
            return nil
        }
        var encoder = JournalEncoder(submission)
        let header = encoder.take().lines
        #expect(try code(header, as: submission.id) == nil)
        #expect(try code(header, as: BuildID()) == .damaged)
        #expect(try code([], as: submission.id) == .damaged)
        #expect(try code(Array("nothing\n".utf8), as: submission.id) == .damaged)
        #expect(try code(Array("{\"format\":2}\n".utf8), as: submission.id) == .newer)
        #expect(throws: HistoryError.self) { try JournalReader(folder.place, BuildID()) }
    }
}
