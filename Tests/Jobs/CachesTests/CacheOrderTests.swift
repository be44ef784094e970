import CaissonBuildModel
import CaissonCaches
import Testing

struct CacheOrderTests {
    private static let records = [
        CacheRecord(id: "b", size: 5, lastUsed: Timestamp(seconds: 9)),
        CacheRecord(id: "a", size: 5),
        CacheRecord(id: "c", size: -1, lastUsed: Timestamp(seconds: 9, nanoseconds: 1)),
        CacheRecord(id: "d", size: .max, lastUsed: Timestamp(seconds: 3)),
    ]

    @Test(arguments: [
        (CacheOrder.buildx, "cabd"), (.largestFirst, "dabc"), (.leastRecentlyUsedFirst, "adbc"),
        (.mostRecentlyUsedFirst, "cbda"),
    ])
    func `Records are listed in each order, equal ones by id`(order: CacheOrder, ids: String) {
        #expect(Self.records.sorted(by: order).map(\.id).joined() == ids)
        #expect(Self.records.reversed().sorted(by: order).map(\.id).joined() == ids)
    }
}
