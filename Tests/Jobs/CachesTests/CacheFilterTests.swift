import CaissonBuildModel
import CaissonCaches
import CaissonGoRegex
import Testing

struct CacheFilterTests {
    private static let now = Timestamp(seconds: 1_796_070_600)  // 2026-11-30T20:30:00Z

    private static func filter(_ texts: String...) throws -> CacheFilter { try CacheFilter(parsing: texts, now: now) }

    @Test(
        arguments: [
            ([], []), (["until=24h"], []), (["type=regular"], ["type==regular"]),
            (["type!=exec.cachemount"], ["type!=exec.cachemount"]), (["type==regular"], ["type==regular"]),
            ([" TYPE = regular "], ["type==regular"]), (["id=abc"], ["id~=abc"]), (["id!=abc"], ["id!=abc"]),
            (["id~=^a|b"], [#"id~="^a|b""#]), (["description~=a,b"], [#"description~="a,b""#]),
            (["description=a \"b\" \\c"], [#"description=="a \"b\" \\c""#]), (["description!="], [#"description!="""#]),
            (["description=.x"], [#"description==".x""#]),
            (["description=a\u{0}\n\u{FFFD}é"], [#"description=="a\x00\x0a\ufffdé""#]),
            (["parents=a;b"], [#"parents=="a;b""#]), (["shared"], ["shared"]), (["shared=true"], ["shared"]),
            (["shared=false"], ["private"]), (["private!=true"], ["shared"]), (["mutable=0"], ["immutable"]),
            (["immutable=false"], ["mutable"]), (["inuse=false"], []), (["inuse!=false"], ["inuse"]),
            (["type=regular", "shared", "until=1h"], ["type==regular,shared"]),
            (
                ["mount=go"],
                [#"type==exec.cachemount,description~="^cached mount (?s:.*) with id \"/?go\"$""#]
            ),
        ] as [([String], [String])]
    )
    func `Conditions become one filter on the wire`(texts: [String], wire: [String]) throws {
        let filter = try CacheFilter(parsing: texts, now: Self.now)
        #expect(filter.wire == wire)
        for text in filter.wire { #expect(WireParser.parse(text) != nil) }
    }

    @Test(arguments: [
        ("until=24h", 86_400), ("until=1h30m", 5400), ("unused-for=90s", 90), ("until=0s", 0),
        ("until=2026-11-30T20:00:00Z", 1800), ("until=2026-11-30T21:00:00.5+01:00", 1799), ("until=2026-11-30", 73_800),
        ("until=1970-01-01", 1_796_070_600), ("until=2024-02-29T00:00:00Z", 86_905_800),
    ])
    func `Until is a span or a time`(text: String, seconds: Int64) throws {
        #expect(try Self.filter(text).keepDuration.components.seconds == seconds)
    }

    @Test(arguments: [
        ("typ=regular", "did you mean type?"), ("unti=3h", "did you mean until?"), ("=x", "it has no key"),
        ("", "it has no key"), ("colour=red", #"there is no key "colour""#), ("until=yesterday", "until is neither"),
        ("until=2999-01-01", "isn't in the past"), ("until=2026-02-29", "until is neither"),
        ("until!=3h", "until takes"),
        ("until", "until takes"), ("until=-3h", "until is neither"),
        ("type=cachemount", "did you mean exec.cachemount?"),
        ("type!=exec.cachmount", "did you mean exec.cachemount?"), ("type=", "the value of type is empty"),
        ("id=", "the value of id is empty"), ("id", "id has no value"),
        ("id=(", "the value of id is no regular expression"),
        ("description~=*", "description is no regular"), ("shared=maybe", "shared is neither true nor false"),
        ("shared~=t", "shared takes no regular"), ("mount", "mount takes the id"), ("mount!=go", "mount takes the id"),
        ("mount=", "mount takes the id"), ("shared=", "shared is neither"),
    ])
    func `What is wrong is named with its key`(text: String, problem: String) {
        let error = #expect(throws: ParseError.self) { _ = try Self.filter(text) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("--") == false)
    }

    @Test
    func `Until is given once, or twice the same`() throws {
        #expect(throws: ParseError.self) { try Self.filter("until=1h", "until=2h") }
        #expect(try Self.filter("until=1h", "until=1h").keepDuration == .seconds(3600))
    }

    @Test
    func `No value breaks out of its quotation marks`() throws {
        let pieces = [
            "a", ",", "\"", "\\", " ", "=", "~", "|", "/", ".", "\n", "\u{0}", "\u{FFFD}", "é", "\u{301}", "\u{7F}",
        ]
        for seed in 0..<3000 {
            var random = SeededGenerator(state: UInt64(seed))
            let value = (0..<Int.random(in: 1...8, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let filter = try Self.filter("shared", "description!=\(value)", "mutable")
            guard let wire = filter.wire.first, let conditions = WireParser.parse(wire), conditions.count == 3 else {
                Issue.record("seed \(seed): \(filter.wire)")
                continue
            }
            let record = CacheRecord(id: "x", description: conditions[1].value, isMutable: true, isShared: true)
            #expect(!filter.matches(record), "seed \(seed)")
            #expect(conditions[0].field == "shared" && conditions[2].field == "mutable", "seed \(seed)")
        }
    }

    @Test
    func `A field that isn't there equals nothing and differs from all`() throws {
        let bare = CacheRecord(id: "x")
        #expect(try Self.filter("description!=a").matches(bare))
        #expect(try !Self.filter("description!=").matches(bare))
        #expect(try Self.filter("description~=^$").matches(bare))
        #expect(try Self.filter("parents!=y").matches(bare))
        let child = CacheRecord(id: "x", parents: ["a", "b"], isInUse: true)
        #expect(try Self.filter("parents=a;b", "inuse").matches(child))
        #expect(try !Self.filter("parents=a;b").matches(child, by: .prune))
        #expect(try !Self.filter("inuse").matches(child, by: .prune))
        #expect(try Self.filter("inuse=false").matches(child, by: .prune))
    }

    @Test
    func `What was used after until stays, to the nanosecond`() throws {
        let filter = try Self.filter("until=10s")
        let edge = Timestamp(seconds: Self.now.seconds - 10)
        func isKept(_ time: Timestamp?) -> Bool {
            filter.isLatelyUsed(CacheRecord(id: "x", lastUsed: time), at: Self.now)
        }
        #expect(!isKept(nil) && !isKept(edge))
        #expect(isKept(Timestamp(seconds: edge.seconds, nanoseconds: 1)))
        #expect(!isKept(Timestamp(seconds: edge.seconds - 1, nanoseconds: 999_999_999)))
        let half = try Self.filter("until=1500ms")
        let now = Timestamp(seconds: 10, nanoseconds: 200_000_000)
        let record = { CacheRecord(id: "x", lastUsed: Timestamp(seconds: 8, nanoseconds: $0)) }
        #expect(!half.isLatelyUsed(record(700_000_000), at: now))
        #expect(half.isLatelyUsed(record(700_000_001), at: now))
        #expect(filter.isLatelyUsed(record(0), at: Timestamp(seconds: .min)))
    }
}
