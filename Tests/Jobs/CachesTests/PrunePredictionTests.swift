import CaissonBuildModel
import CaissonCaches
import Testing

struct PrunePredictionTests {
    private static let now = Timestamp(seconds: 1_000_000)

    private static func record(
        _ id: String,
        _ parents: [String] = [],
        size: Int64 = 10,
        age: Int64? = 100,
        uses: Int = 1
    ) -> CacheRecord {
        CacheRecord(
            id: id,
            parents: parents,
            size: size,
            lastUsed: age.map { Timestamp(seconds: 1_000_000 - $0) },
            usageCount: uses
        )
    }

    private static func ids(_ records: [CacheRecord], free: Int64? = nil, _ rules: PruneRules = PruneRules()) -> String
    {
        PrunePrediction(of: records, by: rules, at: now, freeBytes: free).removed.map(\.id).joined(separator: " ")
    }

    private static func rules(_ texts: String..., change: (inout PruneRules) -> Void = { _ in }) throws -> PruneRules {
        var rules = PruneRules(filter: try CacheFilter(parsing: texts, now: now))
        change(&rules)
        return rules
    }

    @Test
    func `A chain goes from its last record to its first`() {
        #expect(Self.ids([Self.record("a"), Self.record("b", ["a"]), Self.record("c", ["b"])]) == "c b a")
    }

    @Test
    func `A record in use keeps itself and its parents, and lets its children go`() {
        var used = Self.record("b", ["a"])
        used.isInUse = true
        #expect(Self.ids([Self.record("a"), used, Self.record("c", ["b"])]) == "c")
    }

    @Test
    func `What is internal, a front end's or shared stays unless all is asked for`() throws {
        var records = ["a", "b", "c", "d"].map { Self.record($0) }
        records[0].kind = .internal
        records[1].kind = .frontend
        records[2].isShared = true
        #expect(Self.ids(records) == "d")
        #expect(Self.ids(records, try Self.rules { $0.all = true }) == "a b c d")
    }

    @Test
    func `A filter or a late use of a child keeps its parents`() throws {
        var records = [Self.record("a", age: 900), Self.record("b", ["a"], age: 5), Self.record("c", age: nil)]
        records[1].description = "late"
        #expect(Self.ids(records, try Self.rules("until=10s")) == "c")
        #expect(Self.ids(records, try Self.rules("until=5s")) == "c b a")
        #expect(Self.ids(records, try Self.rules("description!=late")) == "c")
        #expect(Self.ids(records, try Self.rules("parents=a")) == "")
        #expect(Self.ids(records, try Self.rules("description=late") { $0.reader = .pruneBefore014 }) == "")
    }

    @Test(
        arguments: [
            (0, 30, 0, nil, "old mid"), (0, 31, 0, nil, "old"), (0, 41, 0, nil, ""), (0, 1, 0, nil, "old mid top new"),
            (30, 1, 0, nil, "old mid"), (25, 0, 0, nil, "old mid"), (0, 0, 50, 39, "old mid"),
            (0, 0, 50, 40, "old mid"),
            (0, 0, 50, 50, "old"), (0, 0, 50, 1000, "old"), (0, 0, 50, 9, "old mid top new"), (0, 0, 50, nil, "old"),
            (0, 35, 50, 1000, "old"),
        ] as [(Int64, Int64, Int64, Int64?, String)]
    )
    func `Limits of size are kept to by as few records as BuildKit takes`(
        reserved: Int64,
        most: Int64,
        free: Int64,
        hasFree: Int64?,
        expected: String
    ) throws {
        let records = [
            Self.record("new", age: 10), Self.record("old", age: 300), Self.record("mid", age: 200),
            Self.record("top", ["new"], age: 5),
        ]
        let rules = try Self.rules {
            $0.reservedSpace = reserved
            $0.maxUsedSpace = most
            $0.minFreeSpace = free
        }
        let prediction = PrunePrediction(of: records, by: rules, at: Self.now, freeBytes: hasFree)
        #expect(prediction.removed.map(\.id).joined(separator: " ") == expected)
        #expect(prediction.isCertain == (free == 0 || hasFree != nil))
    }

    @Test
    func `What is used rarely goes before what is used often, if that isn't much older`() throws {
        let records = [
            Self.record("often", age: 400, uses: 9), Self.record("rare", age: 300, uses: 1),
            Self.record("never", age: nil, uses: 0), Self.record("late", age: 100, uses: 9),
        ]
        #expect(Self.ids(records, try Self.rules { $0.maxUsedSpace = 1 }) == "never rare often late")
    }

    @Test
    func `Cycles, unknown parents, ids that come twice and sizes beyond all bounds are no harm`() throws {
        let records = [
            Self.record("a", ["b"]), Self.record("b", ["a"]), Self.record("self", ["self"]),
            Self.record("c", ["nobody", ""], size: .max), Self.record("c", size: 1), Self.record("d", size: .max),
            Self.record("e", ["d", "d"], size: .min),
        ]
        let prediction = PrunePrediction(of: records, by: PruneRules(), at: Self.now, freeBytes: .min)
        #expect(prediction.removed.map(\.id) == ["c", "e", "d"])
        #expect(prediction.bytes == .max)
        let limited = try Self.rules {
            $0.minFreeSpace = .max
            $0.maxUsedSpace = .max
        }
        #expect(Self.ids(records, free: .min, limited) == "c e d")
        #expect(Self.ids([]) == "")
    }

    @Test
    func `A list made to be slow is cut short and said to be uncertain`() throws {
        let records = (0..<3000).map { Self.record("r\($0)", age: Int64($0) + 1, uses: $0) }
        let rules = try Self.rules { $0.maxUsedSpace = 1 }
        let prediction = PrunePrediction(of: records, by: rules, at: Self.now, freeBytes: nil)
        #expect(prediction.removed.count == 3000)
        #expect(!prediction.isCertain)
    }

    #if DEBUG
    // Without optimisation each record takes some twenty times as long.
    private static let many = 10_000
    #else
    private static let many = 100_000
    #endif

    @Test(arguments: [0, 1_000_000, 1 << 40])
    func `A hundred thousand records in chains of fifty are a matter of a moment`(limit: Int64) throws {
        var random = SeededGenerator(state: 5)
        let records = (0..<Self.many).map { number in
            Self.record(
                "record-of-the-cache-\(number)",
                number % 50 == 0 ? [] : ["record-of-the-cache-\(number - 1)"],
                size: Int64.random(in: 0...100_000, using: &random),
                age: Int64.random(in: 0...900_000, using: &random),
                uses: Int.random(in: 0...300, using: &random)
            )
        }
        let rules = try Self.rules { $0.maxUsedSpace = limit }
        let clock = ContinuousClock()
        var count = 0
        let span = clock.measure {
            count = PrunePrediction(of: records, by: rules, at: Self.now, freeBytes: nil).removed.count
        }
        #expect(limit == 0 ? count == Self.many : limit > 1 << 39 ? count == 0 : count > Self.many / 2)
        #expect(span < .seconds(10))
        print("\(Self.many) records with limit \(limit): \(span)")
    }
}
