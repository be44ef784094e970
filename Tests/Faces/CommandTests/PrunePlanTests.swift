import CaissonBuildModel
import CaissonCaches
import CaissonEngines
import CaissonReporting
import Testing

@testable import caisson

/// What a prune means for each node.
@Suite struct PrunePlanTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func cache(_ node: String, readsDescriptions: Bool) -> EngineCache {
        let mount = #"cached mount /c from exec /bin/sh -c make with id "/go""#
        let records = [
            CacheRecord(id: "a\(node)", kind: .cacheMount, description: mount, size: 7),
            CacheRecord(id: "b\(node)", description: "RUN make", size: 5),
        ]
        return EngineCache(
            node: node,
            address: "unix:///x",
            records: records,
            prunesByDescription: readsDescriptions,
            time: now
        )
    }

    private static func plan(_ conditions: [String]) throws -> PrunePlan {
        let rules = PruneRules(filter: try CacheFilter(parsing: conditions, now: now))
        return PrunePlan(rules, of: [cache("new", readsDescriptions: true), cache("old", readsDescriptions: false)])
    }

    @Test func `an engine that can't read a condition is told the records`() throws {
        let plan = try Self.plan(["mount=go"])
        #expect(plan.orders["old"]?.filters == ["id==aold"])
        #expect(
            plan.orders["new"]?.filters.count == 1 && plan.orders["new"]?.filters[0].contains("description~=") == true
        )
        #expect(plan.rows.map(\.record.id) == ["anew", "aold"])
    }

    @Test(arguments: [["mount=nothing"], ["parents=x"], ["description=x"], ["inuse"]])
    func `a node where nothing is meant isn't asked to remove everything`(conditions: [String]) throws {
        let plan = try Self.plan(conditions)
        #expect(plan.orders["old"] == nil && plan.rows.isEmpty)
        #expect(plan.orders.values.allSatisfy { !$0.filters.isEmpty })
    }

    @Test func `without a condition all is meant`() throws {
        let plan = try Self.plan([])
        #expect(plan.orders.mapValues(\.filters) == ["new": [], "old": []] && plan.rows.count == 4)
        #expect(plan.sum == "24B in 4 records")
    }

    @Test(arguments: ["", "a,b", "id==x", "x y"]) func `no filter is made of an odd id`(id: String) {
        #expect(CachePrune.filters(ids: [id]) == [])
    }
}
