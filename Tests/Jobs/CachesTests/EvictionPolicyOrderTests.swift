import CaissonBuildModel
import CaissonCaches
import Testing

struct EvictionPolicyOrderTests {
    private static let now = Timestamp(seconds: 1_000_000)

    @Test(arguments: 0..<8)
    func `An engine that follows the orders removes what was predicted, in thousands of random caches`(
        block: Int
    ) throws {
        for number in 0..<250 {
            let seed = UInt64(block * 10_000 + number)
            var random = SeededGenerator(state: seed)
            var cache = Self.cache(&random)
            let (policy, scene) = Self.policy(for: cache, &random)
            let plan = EvictionPolicyPlan(policy, for: cache.listed().shuffled(using: &random), in: scene)
            let kept = Self.withParents(scene.keeping, in: cache.records)
            var free = scene.freeBytes ?? .max
            #expect(plan.steps.map(\.rule) == policy.rules, "seed \(seed)")
            for step in plan.steps {
                let gone = try Self.follow(step.orders, in: &cache, free: &free)
                #expect(Set(gone) == Set(step.removed.map(\.id)), "seed \(seed)")
                #expect(gone.count == step.removed.count && kept.isDisjoint(with: gone), "seed \(seed)")
                #expect(scene.knowsSpaceLimits || !step.orders.contains(where: \.needsSpaceLimits), "seed \(seed)")
            }
        }
    }

    @Test
    func `An order names a thousand records at most, children first`() {
        let records = (0..<2500).map { number in
            CacheRecord(id: "r\(number)", parents: number > 0 ? ["r\(number - 1)"] : [], size: 1)
        }
        var policy = EvictionPolicy()
        policy.maxAge = .seconds(50)
        var scene = EvictionPolicyScene(now: Self.now)
        scene.keeping = ["r99"]
        let plan = EvictionPolicyPlan(policy, for: records, in: scene)
        #expect(plan.orders.map(\.filters.count) == [1000, 1000, 400])
        #expect(plan.orders.flatMap(\.filters) == (100..<2500).reversed().map { "id==r\($0)" })
        #expect(plan.orders.allSatisfy { $0.keepDuration == .seconds(50) && !$0.includesAll })
        #expect(plan.steps.map(\.keptBack) == [100] && plan.steps.allSatisfy(\.namesRecords))
    }

    @Test
    func `What can't be named stays with its parents, where names are needed`() {
        let records = [
            CacheRecord(id: "a", size: 1), CacheRecord(id: "b,c", parents: ["a"], size: 1),
            CacheRecord(id: "d", size: 1),
            CacheRecord(id: "kept", size: 1),
        ]
        var policy = EvictionPolicy()
        policy.maxAge = .seconds(50)
        var scene = EvictionPolicyScene(now: Self.now)
        scene.keeping = ["kept"]
        #expect(EvictionPolicyPlan(policy, for: records, in: scene).orders.map(\.filters) == [["id==d"]])
        scene.keeping = ["unknown"]
        let plan = EvictionPolicyPlan(policy, for: records, in: scene)
        #expect(plan.removed.count == 4 && plan.orders.map(\.filters) == [[]])
    }

    @Test
    func `An engine without limits of free space is told names, and the maximum as what may stay`() {
        let records = (1...4).map { CacheRecord(id: "r\($0)", size: 10, lastUsed: Timestamp(seconds: $0)) }
        var policy = EvictionPolicy()
        (policy.maxSize, policy.reservedSize) = (25, 5)
        var scene = EvictionPolicyScene(now: Self.now)
        scene.knowsSpaceLimits = false
        let old = EvictionPolicyPlan(policy, for: records, in: scene)
        #expect(old.orders.map(\.reservedBytes) == [25] && old.orders.map(\.maximumBytes) == [0])
        #expect(old.removed.map(\.id) == ["r1", "r2"] && old.isCertain)
        (policy.minFree, scene.freeBytes) = (100, 85)
        let named = EvictionPolicyPlan(policy, for: records, in: scene)
        #expect(named.orders.map(\.filters) == [["id==r1", "id==r2"]])
        scene.knowsSpaceLimits = true
        let new = EvictionPolicyPlan(policy, for: records, in: scene)
        #expect(new.orders.map(\.maximumBytes) == [25] && new.orders.map(\.freeBytes) == [100])
        #expect(new.removed == named.removed)
    }

    private static func cache(_ random: inout SeededGenerator) -> ReferenceCache {
        var cache = ReferenceCache(records: [], outsideUsers: [:], lastLayers: [])
        let kinds = CacheRecordKind.known + [.regular, .regular, .regular]
        for number in 0..<Int.random(in: 0...22, using: &random) {
            let earlier = cache.records.map(\.id).suffix(6)
            let parents = (0..<Int.random(in: 0...2, using: &random)).compactMap { _ in
                earlier.randomElement(using: &random)
            }
            let record = CacheRecord(
                id: "r\(number)",
                parents: parents,
                kind: kinds.randomElement(using: &random) ?? .regular,
                size: random.chance(20) ? 0 : Int64.random(in: 0...60, using: &random),
                lastUsed: random.chance(15)
                    ? nil : Timestamp(seconds: now.seconds - Int64.random(in: 1...400, using: &random)),
                usageCount: Int.random(in: 0...5, using: &random)
            )
            cache.records.append(record)
            if random.chance(8) { cache.outsideUsers[record.id] = 1 }
            if random.chance(8) { cache.lastLayers.insert(record.id) }
        }
        return cache
    }

    private static func policy(
        for cache: ReferenceCache,
        _ random: inout SeededGenerator
    ) -> (
        EvictionPolicy, EvictionPolicyScene
    ) {
        func some<T>(_ percent: Int, _ value: T) -> T? { random.chance(percent) ? value : nil }
        var policy = EvictionPolicy()
        for kind in EvictionPolicyKind.allCases {
            policy.maxAges[kind] = some(30, .seconds(Int64.random(in: 1...400, using: &random)))
        }
        policy.maxAge = some(50, .seconds(Int64.random(in: 1...400, using: &random)))
        policy.maxSize = some(50, Int64.random(in: 1...400, using: &random))
        policy.minFree = some(30, Int64.random(in: 1...400, using: &random))
        policy.reservedSize = some(30, Int64.random(in: 1...200, using: &random))
        var scene = EvictionPolicyScene(now: now)
        if random.chance(60) {
            scene.keeping = Set(cache.records.filter { _ in random.chance(15) }.map(\.id)).union(["unknown"])
        }
        scene.freeBytes = Int64.random(in: 0...400, using: &random)
        scene.knowsSpaceLimits = random.chance(60)
        return (policy, scene)
    }

    private static func withParents(_ ids: Set<String>, in records: [CacheRecord]) -> Set<String> {
        records.reversed().reduce(into: ids) { if $0.contains($1.id) { $0.formUnion($1.parents) } }
    }

    private static func follow(
        _ orders: [CachePrune],
        in cache: inout ReferenceCache,
        free: inout Int64
    ) throws
        -> [String]
    {
        var all: [String] = []
        for order in orders {
            let gone = ReferencePrune(cache: cache, rules: try rules(order), now: now, free: free).run()
            for record in cache.listed() where gone.contains(record.id) && !record.isShared { free += record.size }
            cache.records.removeAll { gone.contains($0.id) }
            all += gone
        }
        return all
    }

    /// What an engine reads in an order.
    private static func rules(_ order: CachePrune) throws -> PruneRules {
        var texts: [String] = []
        if order.filters.allSatisfy({ $0.hasPrefix("id==") }), !order.filters.isEmpty {
            texts = ["id~=^(\(order.filters.map { String($0.dropFirst(4)) }.joined(separator: "|")))$"]
        } else if let filter = order.filters.first {
            #expect(order.filters.count == 1)
            texts = try #require(WireParser.parse(filter)).map { $0.field + $0.comparison + $0.value }
        }
        var rules = PruneRules(filter: try CacheFilter(parsing: texts, now: now))
        (rules.all, rules.keepDuration) = (order.includesAll, order.keepDuration)
        (rules.reservedSpace, rules.maxUsedSpace) = (order.reservedBytes, order.maximumBytes)
        rules.minFreeSpace = order.freeBytes
        return rules
    }
}
