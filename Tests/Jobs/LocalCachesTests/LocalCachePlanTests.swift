import CaissonBuildModel
import CaissonLocalCaches
import Glibc
import Testing

struct LocalCachePlanTests {
    /// Four entries: `main` and `pr-1`, and two without a tag; they share a layer of 100 bytes.
    private static func layout() throws -> TestLayout {
        let layout = try TestLayout()
        let shared = layout.blob(String(repeating: "s", count: 100), age: 90_000)
        for (number, (tag, age)) in [("main", 9000), ("pr-1", 8000), (nil, 7000), (nil, 6000)].enumerated() {
            let layer = layout.blob("\(number)" + String(repeating: "l", count: 1000), age: Int64(age))
            try layout.add(layout.cache("\(number)", [shared, layer], age: Int64(age)), tag: tag)
        }
        return layout
    }

    private static func gone(_ change: (inout LocalCacheRules) -> Void) throws -> [String] {
        let layout = try layout()
        return try layout.plan(change).dropped.map { "\($0.position) \($0.reason)" }
    }

    @Test
    func `Entries go by tag, by number, by age and by size, and for one reason each`() throws {
        #expect(try Self.gone { _ in }.isEmpty)
        #expect(try Self.gone { $0.keptTags = [TagPattern("m*")] } == ["1 tag"])
        #expect(try Self.gone { $0.keptTags = [] } == ["0 tag", "1 tag"])
        #expect(try Self.gone { $0.keptUntagged = 1 } == ["2 untagged"])
        #expect(try Self.gone { $0.keptUntagged = 0 } == ["2 untagged", "3 untagged"])
        #expect(try Self.gone { $0.keptUntagged = -1 } == ["2 untagged", "3 untagged"])
        #expect(try Self.gone { $0.maximumAge = .seconds(8000) } == ["0 age", "1 age"])
        #expect(try Self.gone { $0.maximumBytes = 4000 } == ["0 size", "1 size"])
        #expect(try Self.gone { $0.maximumBytes = 1 << 40 }.isEmpty)
        #expect(try Self.gone { $0.maximumBytes = 0 }.count == 4)
        let both = try Self.gone {
            $0.keptTags = [TagPattern("pr-?")]
            $0.maximumBytes = 2000
        }
        #expect(both == ["0 tag", "1 size", "2 size"])
    }

    @Test
    func `Spans and limits of any size are taken`() throws {
        for span in [Duration.seconds(Int64.max), .seconds(Int64.min), .zero, .nanoseconds(-1)] {
            _ = try Self.gone {
                $0.gracePeriod = span
                $0.ingestPeriod = span
                $0.maximumAge = span
                $0.maximumBytes = .min
            }
        }
        #expect(try Self.gone { $0.maximumAge = .seconds(Int64.max) }.isEmpty)
    }

    @Test
    func `Young blobs stay although nothing names them, and what goes is summed exactly`() throws {
        let layout = try Self.layout()
        layout.blob("young", age: 3599)
        let (old, linked) = (layout.blob("exactly an hour", age: 3600), layout.blob("linked", age: 4000))
        link(layout[linked.path], layout["elsewhere"])
        let plan = try layout.plan()
        #expect(plan.blobs.map(\.digest.description) == [linked.digest, old.digest])
        #expect(plan.removed.count == 2 && plan.removed.bytes == 21 && plan.young.bytes == 5)
        let allocated = try #require(plan.blobs.last).facts.allocated
        #expect(plan.removed.freeable == allocated && plan.removed.allocated >= allocated)
        #expect(plan.kept.count == 13)
    }

    @Test
    func `Entries whose manifest isn't there go when that is asked for`() throws {
        let layout = try Self.layout()
        let lost = layout.cache("lost", [])
        try layout.add(lost, tag: "lost")
        TestLayout.remove(layout[lost.path])
        #expect(try layout.plan().dropped.isEmpty)
        #expect(try layout.plan { $0.dropsMissing = true }.dropped.map(\.tag) == ["lost"])
        #expect(try layout.plan { $0.maximumAge = .seconds(5000) }.dropped.count == 4)
    }

    @Test
    func `Old writes go and new ones tell of a build, as do blobs that are newer than the index`() throws {
        let layout = try Self.layout()
        for (name, age) in [("old", 86400), ("middle", 86399)] {
            mkdir(layout["ingest/\(name)"], 0o755)
            layout.write("ingest/\(name)/data", "x", age: Int64(age))
            layout.setAge("ingest/\(name)", Int64(age))
        }
        let plan = try layout.plan()
        #expect(plan.ingest == ["old"] && plan.signsOfBuild.isEmpty)
        layout.write("ingest/middle/data", "xy", age: 10)
        #expect(try layout.plan().signsOfBuild.count == 1)
        layout.blob("older than the index", age: 5001)
        #expect(try layout.plan { $0.gracePeriod = .seconds(6000) }.signsOfBuild.count == 1)
        layout.blob("newer than the index", age: 100)
        layout.write("blobs/sha256/.tmp.1", "", age: 100)
        #expect(try layout.plan().signsOfBuild.count == 3)
        #expect(try layout.plan { $0.gracePeriod = .seconds(1) }.signsOfBuild.isEmpty)
    }

    @Test
    func `Blobs of the future stay, and are no sign of a build`() throws {
        let layout = try Self.layout()
        layout.blob("from another clock", age: -4000)
        let plan = try layout.plan { $0.gracePeriod = .zero }
        #expect(plan.blobs.isEmpty && plan.young.count == 1 && plan.signsOfBuild.isEmpty)
    }

    @Test
    func `Two looks at the same folder give the same plan`() throws {
        let layout = try Self.layout()
        for number in 0..<40 { layout.blob("lost \(number % 3) \(number)") }
        let plans = try (0..<2).map { _ in try layout.plan { $0.maximumBytes = 3000 } }
        #expect(plans[0].blobs == plans[1].blobs && plans[0].dropped == plans[1].dropped)
        let sizes = plans[0].blobs.map(\.facts.size)
        #expect(sizes == sizes.sorted())
    }

    @Test(arguments: [
        ("*", "", true), ("", "", true), ("", "a", false), ("a*", "abc", true), ("*c", "abc", true),
        ("a?c", "abc", true), ("a?c", "ac", false), ("*a*b*", "xaxbx", true), ("*a*b*", "xbxax", false),
        ("?", "é", true), ("[a]", "a", false),
        ("pr-*-x", "pr-1-x-x", true), ("**", "a", true), ("a", "ab", false),
    ])
    func `Patterns know stars and question marks`(pattern: String, text: String, matches: Bool) {
        #expect(TagPattern(pattern).matches(text) == matches)
    }

    @Test
    func `Patterns of many stars end soon`() {
        let pattern = TagPattern(String(repeating: "*a", count: 300))
        #expect(!pattern.matches(String(repeating: "a", count: 299) + "b"))
    }
}
