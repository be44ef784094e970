import CaissonBuildModel
import CaissonSystem
import Testing

@testable import CaissonHistory

/// Numbers that no build writes, in every place of a journal and of the database: they end no program.
@Suite struct HistoryNumberTests {
    private let folder: StoreFolder

    init() throws { folder = try StoreFolder() }

    private static let lines = [
        #"{"t":[1764600000,0],"started":{"engine":"e"}}"#,
        #"{"t":[1764600000,0],"attempt":{"what":"the build","number":1,"limit":3,"reason":"q"}}"#,
        #"{"t":[1764600001,0],"v":[{"n":1,"d":"sha256:a","name":"RUN a","s":[0,0],"e":[9,0]}]}"#,
        #"{"t":[1764600001,0],"v":[{"n":2,"d":"sha256:b","name":"RUN b","in":[1,7],"s":[1,2]}]}"#,
        #"{"t":[1764600001,0],"v":[{"n":1,"s":[3,0],"e":[4,0]}]}"#,
        #"{"t":[1764600002,0],"step":[3,"sha256:c"]}"#,
        #"{"t":[1764600002,0],"c":[{"v":1,"id":"transferring x","n":10,"of":20,"t":[1,2],"s":[1,2],"e":[3,4]}]}"#,
        #"{"t":[1764600002,0],"c":[{"v":1,"id":"transferring y","n":10,"of":20}]}"#,
        #"{"t":[1764600002,0],"w":[{"v":1,"level":1,"short":"w","ranges":[[1,2,3,4]],"#
            + #""source":{"n":1,"file":"D","data":"x"}}]}"#,
        #"{"t":[1764600002,0],"o":[[1,1,0,2,5,0],[2,2,2,2,5,0],[3,1,-2,4,5,0],[1,7,4,9,5,0],[2,1,-1,4,5,0]]}"#,
        #"{"t":[1764600003,0],"artifact":{"image":{"names":["a:1"],"digest":"sha256:d","pushed":true}}}"#,
        #"{"t":[1764600004,0],"finished":{"succeeded":{"ref":"r","response":{},"statistics":"#
            + #"{"size":1,"layers":2,"steps":3,"cached":4,"duration":[1,2]}}},"#
            + #""end":{"status":"succeeded","duration":[4,5]}}"#,
    ]

    private static func header(_ id: BuildID) -> String {
        #"{"format":1,"submission":{"id":"\#(id)","job":"build","name":"app","time":[1764600000,0],"#
            + #""membership":{"id":"\#(BuildID())","place":1,"count":2},"#
            + #""needs":{"milliprocessors":1,"memory":2,"disk":3}}}"#
    }

    /// Puts an extreme number in some places of a line where a number is.
    private static func spoiled(_ line: String, _ numbers: inout SeededNumbers) -> String {
        let extremes = [
            "\(Int64.min)", "\(Int64.max)", "-1", "0", "1e300", "-1e300", "9223372036854775808", "1.5", "4294967296",
            "\(Int64.max - 1)", "1000000000000",
        ]
        var text = ""
        var isInNumber = false
        var isInText = false
        for character in line {
            if character == "\"" { isInText.toggle() }
            let isDigit = !isInText && (character.isNumber || character == "-")
            defer { isInNumber = isDigit && isInNumber }
            if !isDigit { isInNumber = false }
            if isDigit, isInNumber { continue }
            if isDigit, numbers.once(in: 6) {
                text += numbers.one(extremes)
                isInNumber = true
                continue
            }
            text.append(character)
        }
        return text
    }

    private func readAll(_ store: HistoryStore, _ id: BuildID) throws {
        for record in try store.list(HistoryFilter()) {
            _ = (record.waited, record.duration, record.statistics?.duration)
        }
        let dossier = try store.dossier(of: id)
        for step in dossier.steps { _ = (step.duration, dossier.duration(of: step)) }
        for step in dossier.steps.map(\.number) + [-1, 0, .max] {
            do throws(HistoryError) {
                let log = try store.log(of: id, step: step)
                while try log.next() != nil {}
            } catch {
                #expect(error.code == .notFound)
            }
        }
        var filter = HistoryFilter()
        (filter.longerThan, filter.since) = (.seconds(1), Timestamp(seconds: .min))
        filter.text = "app"
        _ = try store.list(filter)
        _ = store.medians(names: ["app"], project: nil, limit: 5)
        _ = try store.latestBatch(directory: nil)
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 1, 2, 3])
    func `numbers of any size in a journal end nothing`(seed: UInt64) async throws {
        var numbers = SeededNumbers(seed)
        for round in 0..<60 {
            let id = BuildID()
            let header = round % 4 == 0 ? Self.spoiled(Self.header(id), &numbers) : Self.header(id)
            // The id may look like a number.
            let isWhole = round % 4 != 0 || header.contains("\"\(id)\"")
            let lines = Self.lines.map { Self.spoiled($0, &numbers) }
            let text = ([isWhole ? header : Self.header(id)] + lines).joined(separator: "\n") + "\n"
            try AtomicFile.replace(folder.place.output(of: id), with: Array("onetwothree".utf8), .ownerOnly)
            try AtomicFile.replace(folder.place.journal(of: id), with: Array(text.utf8), .ownerOnly)
            do throws(HistoryError) {
                _ = try snapshot(folder.place, id)
                try readAllOrThrow(try folder.openToReadTyped(), id)
            } catch { #expect(error.code == .damaged || error.code == .newer, "seed \(seed): \(error)") }
            let store = try await folder.open()
            #expect(store.faults.count <= 1)
            if store.faults.isEmpty, (try? store.dossier(of: id)) != nil { try readAll(store, id) }
            _ = try store.cleanUp(HistoryRetention(age: .seconds(1), count: 3, size: 1 << 30), now: .now)
            #expect(store.integrityFaults() == [], "seed \(seed)")
        }
    }

    private func readAllOrThrow(_ store: HistoryStore, _ id: BuildID) throws(HistoryError) {
        do { try readAll(store, id) } catch { throw error as? HistoryError ?? HistoryError(.other, "\(error)") }
    }

    @Test func `an attempt that no build makes isn't told, and has words`() throws {
        let id = BuildID()
        let line =
            #"{"t":[1764600000,0],"attempt":{"what":"the build","number":9223372036854775807,"#
            + #""limit":-9223372036854775808,"reason":"q"}}"#
        try AtomicFile.replace(
            folder.place.journal(of: id),
            with: Array("\(Self.header(id))\n\(line)\n".utf8),
            .ownerOnly
        )
        #expect(try snapshot(folder.place, id).remarks == [])
        let attempt = BuildAttempt(again: "the build", number: .min, limit: .min, reason: "q")
        #expect(attempt.words == "the build met a failing network, trying again (0 of 0): q")
    }

    @Test func `a step and a wait of all times last no longer than can be told`() {
        var step = StepRecord(1, digest: "a", name: "b")
        step.started = Timestamp(seconds: 0)
        step.completed = Timestamp(seconds: .max)
        #expect(step.duration == .seconds(1e12))
        var record = BuildRecord(BuildSubmission(BuildID(), .build, at: Timestamp(seconds: .min)))
        record.started = Timestamp(seconds: .max)
        #expect(record.waited == .seconds(1e12))
        var dossier = BuildDossier(record)
        step.completed = nil
        dossier.steps = [step]
        #expect(dossier.brokenOffSteps == [])
        dossier.record.status = .interrupted
        dossier.record.ended = Timestamp(seconds: 7)
        #expect(dossier.brokenOffSteps == [step])
        #expect(dossier.duration(of: step) == .seconds(7))
        #expect(step.duration == nil)
    }
}

extension StoreFolder {
    /// The history, without a look at journals that ended.
    fileprivate func openToReadTyped() throws(HistoryError) -> HistoryStore { try HistoryStore.openToRead(place) }
}
