import CaissonBuildModel
import CaissonCaches
import Testing

struct EvictionPolicyTests {
    @Test
    func `A policy never removes what is kept or its parents, and its limit holds as far as it can`() {
        for seed in 0..<500 {
            var random = SeededGenerator(state: UInt64(seed))
            let records = (0..<Int.random(in: 0...25, using: &random)).map { number in
                CacheRecord(
                    id: "r\(number)",
                    parents: number > 0 && random.chance(60) ? ["r\(Int.random(in: 0..<number, using: &random))"] : [],
                    kind: random.chance(30) ? .cacheMount : .regular,
                    size: Int64.random(in: 0...50, using: &random),
                    isInUse: random.chance(5),
                    lastUsed: Timestamp(seconds: Int64.random(in: 0...1000, using: &random))
                )
            }
            var policy = EvictionPolicy()
            if random.chance(50) { policy.maxAges[.mounts] = .seconds(200) }
            if random.chance(50) { policy.maxAge = .seconds(500) }
            policy.maxSize = 200
            var scene = EvictionPolicyScene(now: Timestamp(seconds: 1000))
            scene.keeping = Set(records.filter { _ in random.chance(10) }.map(\.id)).union(["unknown"])
            var kept = scene.keeping
            for record in records.reversed() where kept.contains(record.id) { kept.formUnion(record.parents) }
            let plan = EvictionPolicyPlan(policy, for: records, in: scene)
            let gone = Set(plan.removed.map(\.id))
            #expect(gone.isDisjoint(with: kept) && gone.count == plan.removed.count, "seed \(seed)")
            var held = kept.union(records.filter(\.isInUse).map(\.id))
            for record in records.reversed() where held.contains(record.id) { held.formUnion(record.parents) }
            let left = records.filter { !gone.contains($0.id) }
            let size = left.reduce(0) { $0 + $1.size }
            #expect(size <= 200 || left.allSatisfy { held.contains($0.id) }, "seed \(seed)")
            #expect(plan.orders.allSatisfy { !kept.isDisjoint(with: records.map(\.id)) ? !$0.filters.isEmpty : true })
        }
    }

    @Test
    func `Whatever the records are, nothing kept goes, nor any parent of it, and each goes once`() {
        let sizes: [Int64] = [.min, -1, 0, 1, 5, .max, .max - 1]
        let times: [Int64] = [.min, 0, 999, 1001, .max]
        for seed in 0..<1000 {
            var random = SeededGenerator(state: UInt64(seed) &+ 99)
            func id(_ random: inout SeededGenerator) -> String {
                random.chance(10) ? "é,\"" : "r\(Int.random(in: 0...20, using: &random))"
            }
            let records = (0..<Int.random(in: 0...25, using: &random)).map { _ in
                CacheRecord(
                    id: id(&random),
                    parents: (0..<Int.random(in: 0...3, using: &random)).map { _ in id(&random) },
                    kind: random.chance(30) ? .cacheMount : .regular,
                    size: sizes.randomElement(using: &random) ?? 0,
                    isInUse: random.chance(10),
                    isShared: random.chance(10),
                    lastUsed: times.randomElement(using: &random).map { Timestamp(seconds: $0) }
                )
            }
            var policy = EvictionPolicy()
            policy.maxAges[.mounts] = .seconds(Int64.max)
            (policy.maxAge, policy.reservedSize) = (.seconds(1), sizes.randomElement(using: &random))
            (policy.maxSize, policy.minFree) = (sizes.randomElement(using: &random), .max)
            var scene = EvictionPolicyScene(now: Timestamp(seconds: times.randomElement(using: &random) ?? 0))
            (scene.keeping, scene.freeBytes) = ([id(&random), id(&random)], sizes.randomElement(using: &random))
            scene.knowsSpaceLimits = random.chance(50)
            let plan = EvictionPolicyPlan(policy, for: records, in: scene)
            let gone = Set(plan.removed.map(\.id))
            var (kept, before) = (scene.keeping, 0)
            while kept.count > before {
                before = kept.count
                for record in records where kept.contains(record.id) { kept.formUnion(record.parents) }
            }
            #expect(gone.isDisjoint(with: kept) && gone.count == plan.removed.count, "seed \(seed)")
            let isNamed = plan.orders.allSatisfy { $0.filters.allSatisfy { $0.hasPrefix("id==") } }
            #expect(kept.isDisjoint(with: records.map(\.id)) || isNamed, "seed \(seed)")
        }
    }

    @Test
    func `Values that make no sense are refused`() {
        var policy = EvictionPolicy()
        (policy.maxSize, policy.reservedSize, policy.minFree, policy.maxAge) = (10, 20, -1, .zero)
        #expect(throws: EvictionPolicyError.self) { try EvictionPolicy(checking: policy) }
        #expect(policy.problems.map(\.key) == ["min_free", "max_age", "reserved_size"])
    }
}
