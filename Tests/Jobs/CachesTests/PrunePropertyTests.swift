import CaissonBuildModel
import CaissonCaches
import Testing

struct PrunePropertyTests {
    private static let now = Timestamp(seconds: 1_000_000)

    @Test(arguments: 0..<8)
    func `A prediction is what BuildKit's own rounds remove, in thousands of random caches`(block: Int) throws {
        for number in 0..<300 {
            let seed = UInt64(block * 10_000 + number)
            var random = SeededGenerator(state: seed)
            let cache = Self.cache(&random)
            let rules = try Self.rules(&random)
            let free = Int64.random(in: 0...200, using: &random)
            let listed = cache.listed()
            let expected = ReferencePrune(cache: cache, rules: rules, now: Self.now, free: free).run()
            let prediction = PrunePrediction(
                of: listed.shuffled(using: &random),
                by: rules,
                at: Self.now,
                freeBytes: free
            )
            let comment: Comment = "seed \(seed)"
            #expect(prediction.removed.map(\.id) == expected, comment)
            let sizes = Dictionary(uniqueKeysWithValues: listed.map { ($0.id, $0.size) })
            #expect(prediction.bytes == expected.reduce(0) { $0 + sizes[$1, default: 0] }, comment)
            #expect(prediction.isCertain)
        }
    }

    @Test
    func `Whatever the records are, no child outlives its parent and nothing in use goes`() throws {
        for seed in 0..<1000 {
            var random = SeededGenerator(state: UInt64(seed) &+ 77)
            let records = Self.hostileRecords(&random)
            let rules = try Self.rules(&random)
            let free: Int64? = random.chance(50) ? Int64.random(in: .min ... .max, using: &random) : nil
            let removed = PrunePrediction(of: records, by: rules, at: Self.now, freeBytes: free).removed
            let ids = Set(removed.map(\.id))
            #expect(ids.count == removed.count, "seed \(seed)")
            #expect(removed.allSatisfy { !$0.isInUse }, "seed \(seed)")
            var seen: Set<String> = []
            let firsts = records.filter { seen.insert($0.id).inserted }
            for record in firsts where !ids.contains(record.id) {
                #expect(!record.parents.contains(where: ids.contains), "seed \(seed)")
            }
        }
    }

    private static func cache(_ random: inout SeededGenerator) -> ReferenceCache {
        let count = Int.random(in: 0...24, using: &random)
        var cache = ReferenceCache(records: [], outsideUsers: [:], lastLayers: [])
        let kinds = CacheRecordKind.known + [.regular, .regular, .regular, .regular]
        let (timeRange, countRange) = random.chance(50) ? (20, 4) : (400_000, 30)
        for number in 0..<count {
            let earlier = cache.records.map(\.id)
            let parentCount = earlier.isEmpty || random.chance(25) ? 0 : random.chance(80) ? 1 : 2
            let record = CacheRecord(
                id: "r\(number)",
                parents: (0..<parentCount).map { _ in earlier.suffix(6).randomElement(using: &random) ?? "" },
                kind: kinds.randomElement(using: &random) ?? .regular,
                description: random.chance(50) ? "red" : random.chance(50) ? "blue" : "",
                size: random.chance(20) ? 0 : Int64.random(in: 0...60, using: &random),
                isMutable: random.chance(20),
                lastUsed: random.chance(20)
                    ? nil : Timestamp(seconds: 1_000_000 - Int64.random(in: 1...Int64(timeRange), using: &random)),
                usageCount: random.chance(25) ? 0 : Int.random(in: 0...countRange, using: &random)
            )
            cache.records.append(record)
            if random.chance(8) { cache.outsideUsers[record.id] = Int.random(in: 1...2, using: &random) }
            if random.chance(10) { cache.lastLayers.insert(record.id) }
        }
        return cache
    }

    private static func rules(_ random: inout SeededGenerator) throws -> PruneRules {
        let filters: [[String]] = [
            [], [], [], ["type!=regular"], ["description=red"], ["description!=red"], ["description~=e.$"], ["private"],
            ["mutable=false"], ["inuse=false"], ["inuse"], ["parents=r1"], ["parents!=r1"], ["id~=^r1", "until=5s"],
            ["until=10s"], ["until=30h"],
        ]
        let texts = filters.randomElement(using: &random) ?? []
        var rules = PruneRules(filter: try CacheFilter(parsing: texts, now: now))
        rules.all = random.chance(50)
        rules.reader = random.chance(30) ? .pruneBefore014 : .prune
        if random.chance(25) { rules.reservedSpace = Int64.random(in: 0...300, using: &random) }
        if random.chance(40) { rules.maxUsedSpace = Int64.random(in: 0...300, using: &random) }
        if random.chance(30) { rules.minFreeSpace = Int64.random(in: 0...400, using: &random) }
        return rules
    }

    private static func hostileRecords(_ random: inout SeededGenerator) -> [CacheRecord] {
        let sizes: [Int64] = [.min, -1, 0, 1, 5, .max, .max - 1]
        let counts = [Int.min, -3, 0, 1, 7, .max]
        let times: [Int64] = [.min, -62_135_596_800, 0, 999_999, 1_000_001, .max]
        return (0..<Int.random(in: 0...30, using: &random)).map { _ in
            CacheRecord(
                id: "r\(Int.random(in: 0...20, using: &random))",
                parents: (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    "r\(Int.random(in: 0...25, using: &random))"
                },
                kind: random.chance(10) ? CacheRecordKind(rawValue: "new") : .regular,
                size: sizes.randomElement(using: &random) ?? 0,
                isInUse: random.chance(20),
                isMutable: random.chance(20),
                isShared: random.chance(20),
                lastUsed: times.randomElement(using: &random).map { Timestamp(seconds: $0) },
                usageCount: counts.randomElement(using: &random) ?? 0
            )
        }
    }
}
