import CaissonBuildModel
import CaissonCaches
import Testing

struct RecordSharesTests {
    private static func id(_ letter: Character) -> BuildID {
        BuildID(String(repeating: letter, count: 25)) ?? BuildID()
    }

    private static func record(_ id: String, _ command: String, size: Int64, at time: Int64) -> CacheRecord {
        let description = command.isEmpty ? "" : "mount / from exec /bin/sh -c \(command)"
        return CacheRecord(id: id, description: description, size: size, created: Timestamp(seconds: time))
    }

    /// A build of one step that ran for ten seconds.
    private static func build(
        _ letter: Character,
        _ command: String,
        at time: Int64,
        on engine: String = "e"
    )
        -> PastBuild
    {
        let (started, ended) = (Timestamp(seconds: time), Timestamp(seconds: time + 10))
        return PastBuild(
            id: id(letter),
            series: "series-\(letter)",
            engine: engine,
            time: (started, ended),
            steps: [PastStep(name: "[b 1/1] RUN \(command)", started: started, ended: ended)]
        )
    }

    @Test
    func `Shares are by bytes, what is unknown last, and odd sizes add up to no nonsense`() {
        let records = [
            Self.record("r1", "a", size: 5, at: 1), Self.record("r2", "a", size: -7, at: 2),
            Self.record("r3", "b $V", size: .max, at: 21), Self.record("r4", "b $V", size: .max, at: 22),
            Self.record("r5", "", size: .max, at: 1), Self.record("r6", "c", size: 1, at: 1),
            Self.record("r1", "b 1", size: 99, at: 21),
        ]
        let builds = [Self.build("a", "a", at: 0), Self.build("b", "b 1", at: 20)]
        let shares = RecordOrigins(of: records, engine: "e", builds: builds).shares()
        #expect(shares.map(\.build) == [Self.id("b"), Self.id("a"), nil])
        #expect(shares.map(\.series) == ["series-b", "series-a", ""])
        #expect(shares.map(\.count) == [2, 2, 2])
        #expect(shares.map(\.bytes) == [.max, 5, .max])
        #expect(shares.map(\.likely) == [2, 0, 0])
        #expect(RecordOrigins(of: [], engine: "e", builds: builds).shares().isEmpty)
    }

    @Test
    func `Equal shares are by count, then by the build's name`() {
        let records = [
            Self.record("r1", "c", size: 4, at: 1), Self.record("r2", "b", size: 4, at: 1),
            Self.record("r3", "a", size: 2, at: 1), Self.record("r4", "a", size: 2, at: 1),
        ]
        let builds = [Self.build("c", "c", at: 0), Self.build("b", "b", at: 0), Self.build("d", "a", at: 0)]
        let shares = RecordOrigins(of: records, engine: "e", builds: builds).shares()
        #expect(shares.map(\.build) == ["d", "b", "c"].map { Self.id($0) })
    }

    @Test
    func `Of several builds that may have made a record the one that began last is likely`() {
        let records = [
            Self.record("alone", "make", size: 1, at: 2), Self.record("both", "make", size: 1, at: 7),
            Self.record("last", "make", size: 1, at: 12), Self.record("none", "make", size: 1, at: 40),
        ]
        let builds = [
            Self.build("b", "make", at: 5), Self.build("a", "make", at: 0), Self.build("c", "make", at: 5, on: "other"),
        ]
        let origins = RecordOrigins(of: records, engine: "e", builds: builds)
        #expect(origins.origin(of: "alone")?.build == Self.id("a"))
        #expect(origins.origin(of: "alone")?.certainty == .sure)
        #expect(origins.origin(of: "both")?.build == Self.id("b"))
        #expect(origins.origin(of: "both")?.certainty == .likely)
        #expect(origins.origin(of: "last")?.build == Self.id("b"))
        #expect(origins.origin(of: "last")?.certainty == .sure)
        #expect(origins.origin(of: "none") == nil)
    }

    @Test
    func `The maker is the last to begin of those that ran, in random logs`() {
        for seed in 0..<300 {
            var random = SeededGenerator(state: UInt64(seed))
            let builds = (0..<Int.random(in: 0...40, using: &random)).map { number -> PastBuild in
                var build = Self.build("a", "make", at: Int64.random(in: 0...60, using: &random))
                build.id = BuildID()
                build.steps[0].ended = build.steps[0].started.map {
                    Timestamp(seconds: $0.seconds + Int64.random(in: 0...15, using: &random))
                }
                return build
            }
            let records = (0..<80).map { Self.record("at\($0)", "make", size: 1, at: $0) }
            let origins = RecordOrigins(of: records, engine: "e", builds: builds)
            for record in records {
                let running = builds.filter { $0.steps.contains { Self.isRunning($0, at: record.created) } }
                let latest = running.compactMap { $0.steps.first?.started }.max()
                let origin = origins.origin(of: record.id)
                let maker = builds.first { $0.id == origin?.build }
                #expect(maker?.steps.first?.started == latest, "seed \(seed), \(record.id)")
                #expect(
                    origin.map { $0.certainty == .sure } ?? true == (running.count <= 1),
                    "seed \(seed), \(record.id)"
                )
            }
        }
    }

    private static func isRunning(_ step: PastStep, at time: Timestamp) -> Bool {
        guard let started = step.started, let ended = step.ended else { return false }
        return started <= time && time <= ended
    }

    @Test
    func `Later uses are told once for each build, the latest first and not all by name`() {
        let letters = Array("bcdefghijkl")
        var builds = letters.enumerated().map { number, letter in
            var build = Self.build(letter, "make", at: Int64(number) * 10)
            build.steps[0].isCached = true
            build.steps.append(build.steps[0])
            return build
        }
        builds.shuffle()
        let record = Self.record("x", "make", size: 1, at: 15)
        let uses = RecordOrigins(of: [record], engine: "e", builds: builds).uses(of: "x")
        #expect(uses.count == 9)
        #expect(uses.latest == letters.reversed().prefix(RecordOrigins.mostUses).map { Self.id($0) })
        #expect(RecordOrigins(of: [record], engine: "e", builds: []).uses(of: "x") == .none)
    }
}
