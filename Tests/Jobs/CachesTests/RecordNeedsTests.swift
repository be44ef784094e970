import CaissonBuildModel
import CaissonCaches
import Testing

struct RecordNeedsTests {
    private static func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

    private static func record(
        _ id: String,
        _ description: String,
        _ parents: [String] = [],
        kind: CacheRecordKind = .regular,
        at time: Int64 = 5,
        used: Int64? = nil
    ) -> CacheRecord {
        CacheRecord(
            id: id,
            parents: parents,
            kind: kind,
            description: description,
            created: Self.time(time),
            lastUsed: used.map(Self.time)
        )
    }

    private static func build(_ steps: [PastStep], until end: Int64? = 20) -> PastBuild {
        PastBuild(id: BuildID(), series: "", engine: "e", time: (time(0), end.map(Self.time)), steps: steps)
    }

    private static func needed(_ records: [CacheRecord], _ steps: [PastStep], until end: Int64? = 20) -> Set<String> {
        let build = build(steps, until: end)
        return RecordOrigins(of: records, engine: "e", builds: [build]).needed(by: [build.id])
    }

    @Test
    func `What a build made is needed with all parents, whoever made these`() {
        let records = [
            Self.record("base", "pulled from a"), Self.record("low", "", ["base", "gone"]),
            Self.record("mid", "mount / from exec sh -c other", ["low"]),
            Self.record("top", "mount / from exec sh -c make", ["mid"]),
            Self.record("above", "mount / from exec sh -c more", ["top"]),
        ]
        let step = PastStep(name: "[b 2/2] RUN make", started: Self.time(1), ended: Self.time(9))
        #expect(Self.needed(records, [step]) == ["top", "mid", "low", "base", "gone"])
        #expect(RecordOrigins(of: records, engine: "e", builds: []).needed(by: [BuildID()]) == [])
    }

    @Test
    func `Parents that are each other's parents end`() {
        let records = [
            Self.record("a", "mount / from exec sh -c make", ["b"]), Self.record("b", "", ["a", "b"]),
        ]
        let step = PastStep(name: "[b 1/1] RUN make", started: Self.time(1), ended: Self.time(9))
        #expect(Self.needed(records, [step]) == ["a", "b"])
    }

    @Test
    func `A cached step needs what was there before its end, also without times`() {
        let records = [
            Self.record("old", "mount / from exec sh -c make", at: -100),
            Self.record("late", "mount / from exec sh -c make", at: 15),
            Self.record("later", "mount / from exec sh -c make", at: 25),
        ]
        var step = PastStep(name: "[b 1/1] RUN make", started: Self.time(10), ended: Self.time(10), isCached: true)
        #expect(Self.needed(records, [step]) == ["old"])
        (step.started, step.ended) = (nil, nil)
        #expect(Self.needed(records, [step]) == ["old", "late"])
        #expect(Self.needed(records, [step], until: nil) == ["old", "late", "later"])
        step.isCached = false
        #expect(Self.needed(records, [step]) == [])
        step.started = Self.time(12)
        #expect(Self.needed(records, [step]) == ["late"])
        #expect(Self.needed(records, [step], until: nil) == ["late", "later"])
    }

    @Test
    func `Where too many names fit, all that has variables counts as needed`() {
        let own = (0..<40).map { Self.record("own\($0)", "mount / from exec /bin/sh -c echo $V\($0)") }
        let others = [
            Self.record("vague", "mount / from exec /bin/sh -c cp $A b", ["parent"]),
            Self.record("file", "fileop target"),
            Self.record("exact", "mount / from exec /bin/sh -c cp a b"), Self.record("parent", ""),
        ]
        let step = PastStep(name: "[b 1/1] RUN echo 1", started: Self.time(1), ended: Self.time(9))
        #expect(Self.needed(Array(own.prefix(5)) + others, [step]) == Set(own.prefix(5).map(\.id)))
        let all = Self.needed(own + others, [step])
        #expect(all == Set(own.map(\.id)).union(["vague", "file", "parent"]))
        let build = Self.build([step])
        #expect(RecordOrigins(of: own, engine: "e", builds: [build]).needed(by: []) == [])
    }

    @Test
    func `What is needed is what a look at each step and each record finds`() {
        let kinds: [CacheRecordKind] = [.regular, .localSource, .cacheMount]
        for seed in 0..<1000 {
            var random = SeededGenerator(state: UInt64(seed))
            let records = (0..<Int.random(in: 0...20, using: &random)).map { number in
                Self.record(
                    "r\(number)",
                    "[b 1/1] COPY a b",
                    kind: kinds.randomElement(using: &random) ?? .regular,
                    at: Int64.random(in: 0...30, using: &random),
                    used: random.chance(30) ? nil : Int64.random(in: 0...30, using: &random)
                )
            }
            let builds = (0..<4).map { _ in
                Self.build(
                    (0..<Int.random(in: 0...3, using: &random)).map { _ in Self.step(&random) },
                    until: random.chance(80) ? Int64.random(in: 0...30, using: &random) : nil
                )
            }
            let chosen = builds.filter { _ in random.chance(60) }
            let expected = records.filter { record in
                chosen.contains { build in build.steps.contains { Self.isNeeded(record, by: $0, of: build) } }
            }
            let origins = RecordOrigins(of: records, engine: "e", builds: builds)
            #expect(origins.needed(by: Set(chosen.map(\.id))) == Set(expected.map(\.id)), "seed \(seed)")
        }
    }

    private static func step(_ random: inout SeededGenerator) -> PastStep {
        let start = Int64.random(in: 0...25, using: &random)
        var step = PastStep(name: "[b 1/1] COPY a b", isCached: random.chance(40))
        if random.chance(80) { step.started = time(start) }
        if random.chance(80) { step.ended = time(start + Int64.random(in: 0...8, using: &random)) }
        return step
    }

    private static func isNeeded(_ record: CacheRecord, by step: PastStep, of build: PastBuild) -> Bool {
        let never = time(.max)
        guard let start = step.started else { return step.isCached && record.created <= build.ended ?? never }
        guard record.created <= step.ended ?? build.ended ?? never else { return false }
        if record.kind == .localSource { return record.lastUsed.map { $0 >= start } ?? true }
        return record.kind == .cacheMount || step.isCached || record.created >= start
    }
}
