import CaissonBuildModel
import CaissonCaches
import Testing

struct EvictionPolicyTextTests {
    private static let text = EvictionPolicyText { "\($0)B" }

    private static var policy: EvictionPolicy {
        var policy = EvictionPolicy()
        policy.maxAges = [.sources: .seconds(86_400), .mounts: .seconds(14 * 86_400)]
        policy.maxAge = .seconds(30 * 86_400)
        (policy.maxSize, policy.minFree, policy.reservedSize) = (20, 5, 3)
        return policy
    }

    @Test
    func `A policy is told in the order in which it is followed`() {
        var policy = Self.policy
        #expect(
            Self.text.lines(policy) == [
                "cache mounts go when unused for 14d", "sources that were sent go when unused for 24h",
                "what is unused for 30d goes", "the cache has at most 20B, and the disk at least 5B free",
                "3B stay, however old", "what pinned builds need stays", "followed when asked for",
            ]
        )
        (policy.minFree, policy.runsAfterBuilds, policy.keepsPinned) = (nil, true, false)
        (policy.reservedSize, policy.maxAge, policy.maxAges) = (nil, nil, [.layers: .milliseconds(172_800_500)])
        #expect(
            Self.text.lines(policy) == [
                "layers go when unused for 48h0.5s", "the cache has at most 20B",
                "what pinned builds need goes as well", "followed after builds, at most once in 1h",
            ]
        )
        #expect(Self.text.line(.size(maximum: 0, free: 5)) == "the disk has at least 5B free")
        #expect(Self.text.lines(EvictionPolicy()) == ["nothing goes by itself but by the engine's own policy"])
    }

    @Test
    func `What a policy would do is told for each rule and in all`() {
        let now = Timestamp(seconds: 100 * 86_400)
        func record(_ id: String, days: Int64, _ kind: CacheRecordKind = .regular, _ size: Int64 = 10) -> CacheRecord {
            CacheRecord(id: id, kind: kind, size: size, lastUsed: Timestamp(seconds: (100 - days) * 86_400))
        }
        let records = [
            record("a", days: 20, .cacheMount), record("b", days: 40, .regular, 4), record("c", days: 50),
            record("d", days: 1), record("e", days: 0),
        ]
        var policy = Self.policy
        policy.reservedSize = nil
        var scene = EvictionPolicyScene(now: now)
        scene.keeping = ["c", "d"]
        let plan = EvictionPolicyPlan(policy, for: records, in: scene)
        #expect(
            Self.text.lines(plan) == [
                "cache mounts go when unused for 14d: 1 record, 10B",
                "sources that were sent go when unused for 24h: nothing",
                "what is unused for 30d goes: 1 record, 4B; 1 record stays as builds need it",
                "the cache has at most 20B, and the disk at least 5B free: 1 record, 10B; 2 records stay as builds "
                    + "need them; the engine may choose others",
                "3 records in all, 24B",
            ]
        )
        #expect(plan.bytes == 24 && !plan.isCertain && plan.removed.map(\.id) == ["a", "b", "e"])
        var single = EvictionPolicy()
        single.maxAge = .seconds(86_400 * 45)
        let line = Self.text.lines(EvictionPolicyPlan(single, for: records, in: EvictionPolicyScene(now: now)))
        #expect(line == ["what is unused for 45d goes: 1 record, 10B"])
    }

    @Test(
        arguments: [
            (nil, 0, true), (0, 3599, false), (0, 3600, true), (0, 3601, true), (5000, 4000, true),
            (Int64.min, 0, true), (Int64.max, Int64.max, false), (Int64.min, Int64.max, true),
        ] as [(Int64?, Int64, Bool)]
    )
    func `A policy is due when its interval is over, or the clock went back`(last: Int64?, now: Int64, isDue: Bool) {
        var policy = Self.policy
        let (last, now) = (last.map { Timestamp(seconds: $0) }, Timestamp(seconds: now))
        #expect(!policy.isDue(last: last, now: now))
        policy.runsAfterBuilds = true
        #expect(policy.isDue(last: last, now: now) == isDue)
        policy = EvictionPolicy()
        policy.runsAfterBuilds = true
        #expect(policy.isEmpty && !policy.isDue(last: last, now: now))
    }

    @Test
    func `Each wrong value has its own words, and right ones none`() throws {
        var policy = Self.policy
        #expect(try EvictionPolicy(checking: policy) == policy)
        #expect(try EvictionPolicy(checking: EvictionPolicy()) == EvictionPolicy())
        (policy.maxSize, policy.reservedSize, policy.minFree) = (0, .min, .max)
        (policy.maxAges[.mounts], policy.interval) = (.seconds(-1), .zero)
        let error = #expect(throws: EvictionPolicyError.self) { try EvictionPolicy(checking: policy) }
        #expect(
            error?.description == """
                cache.max_size is 0; leave it out for no limit, or remove all with “caisson cache prune”
                cache.reserved_size is negative; give a size such as “20GB”
                cache.mounts.max_age is negative; give a time such as “30d”
                cache.interval is 0; give a time such as “1h”
                """
        )
    }
}
