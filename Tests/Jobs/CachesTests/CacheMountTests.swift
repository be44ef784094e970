import CaissonBuildModel
import CaissonCaches
import CaissonGoRegex
import Testing

struct CacheMountTests {
    private static let now = Timestamp(seconds: 0)

    private static func mount(_ description: String, kind: CacheRecordKind = .cacheMount) -> CacheRecord {
        CacheRecord(id: "x", kind: kind, description: description, isMutable: true)
    }

    @Test(
        arguments: [
            (
                #"cached mount /root/.cache from exec /bin/sh -c go build with id "//root/.cache""#, "/root/.cache",
                "//root/.cache"
            ),
            (
                #"cached mount /c from exec /bin/sh -c x with id "/a \"b\" \\ \n\x00\u00e9\U0001f433""#, "/c",
                "/a \"b\" \\ \n\u{0}é🐳"
            ),
            (#"cached mount /c from exec sh -c echo with id "x" with id "/go""#, "/c", "/go"),
            (#"cached mount /c from exec sh with id "/x with id \"y\"""#, "/c", #"/x with id "y""#),
            (#"cached mount /a from b from exec sh from exec c"#, "/a from b", nil),
            ("cached mount /c from exec sh", "/c", nil),
            (#"cached mount /c from container q1 with id "go""#, "/c", "go"), ("cached mount /c", nil, nil),
            ("", nil, nil),
            (#"cached mount /c from exec sh with id ""#, "/c", nil),
            (#"cached mount /c from exec sh with id """#, "/c", ""),
            (#"cached mount /c from exec sh with id "a"b""#, "/c", nil),
            (#"cached mount /c from exec sh with id "\q""#, "/c", nil),
            (#"cached mount /c from exec sh with id "\x4""#, "/c", nil),
            (#"cached mount /c from exec sh with id "\ud800""#, "/c", nil),
            (#"cached mount /c from exec sh with id "\""#, "/c", nil), ("cached mount  from exec sh", nil, nil),
            (#"mount / from exec sh with id "x""#, nil, nil), ("cached mount ", nil, nil),
        ] as [(String, String?, String?)]
    )
    func `The id and the target of a cache mount are read from its description`(
        description: String,
        target: String?,
        id: String?
    ) {
        #expect(Self.mount(description).mountTarget == target)
        #expect(Self.mount(description).mountID == id)
        #expect(Self.mount(description, kind: .regular).mountID == nil)
        #expect(Self.mount(description, kind: .regular).mountTarget == nil)
    }

    @Test(arguments: [
        ("go", "/go", true), ("go", "go", true), ("/go", "/go", true), ("//go", "/go", false), ("go", "/gox", false),
        ("go", "/x/go", false), ("g.", "/go", false), ("a\"b", "/a\"b", true), ("a\\", "/a\\", true),
        ("b", "a with id \"b", false),
        ("é\u{301} \u{A0}\u{7}", "/é\u{301} \u{A0}\u{7}", true), ("b\"", "a\" with id \"b\"", false),
    ])
    func `A mount is found by its id, on the wire as here`(asked: String, id: String, isFound: Bool) throws {
        let filter = try CacheFilter(parsing: ["mount=\(asked)"], now: Self.now)
        let record = Self.mount("cached mount /c from exec /bin/sh -c a\nb with id \"\(Self.goQuoted(id))\"")
        #expect(record.mountID == id)
        #expect(filter.matches(record) == isFound)
        #expect(try Self.wireMatches(filter, record) == isFound)
        var other = record
        other.kind = .regular
        #expect(try !filter.matches(other) && !Self.wireMatches(filter, other))
        #expect(!filter.matches(record, by: .pruneBefore014) && filter.needsDescriptions)
    }

    @Test
    func `The wire and the condition agree on any id`() throws {
        let pieces = ["a", "/", "\"", "\\", " with id \"", "(", ".", "*", "\n", "é", "$", ","]
        for seed in 0..<2000 {
            var random = SeededGenerator(state: UInt64(seed))
            func text(_ random: inout SeededGenerator) -> String {
                (0..<Int.random(in: 1...3, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                    .joined()
            }
            let asked = "x" + text(&random) + "x"
            let id = random.chance(50) ? text(&random) + asked : text(&random)
            let record = Self.mount("cached mount /c from exec sh with id \"\(Self.goQuoted(id))\"")
            let filter = try CacheFilter(parsing: ["mount=\(asked)"], now: Self.now)
            #expect(record.mountID == id, "seed \(seed)")
            #expect(try filter.matches(record) == Self.wireMatches(filter, record), "seed \(seed)")
        }
    }

    private static func goQuoted(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case "\n": "\\n"
            case "\u{7}": "\\a"
            case "\u{A0}": "\\u00a0"
            default: String(scalar)
            }
        }.joined()
    }

    private static func wireMatches(_ filter: CacheFilter, _ record: CacheRecord) throws -> Bool {
        let wire = try #require(filter.wire.first)
        let conditions = try #require(WireParser.parse(wire))
        guard conditions.map(\.field) == ["type", "description"] else { return false }
        return try record.kind.rawValue == conditions[0].value
            && GoRegex(conditions[1].value).matches(record.description)
    }
}
