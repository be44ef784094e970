import CaissonIgnoreFile
import Testing

/// One pattern list, one path, and whether the path is matched.
struct MatchCase: Sendable, CustomTestStringConvertible {
    var patterns: [String]
    var path: String
    var isMatched: Bool

    init(_ patterns: String..., path: String, _ isMatched: Bool) {
        self.patterns = patterns
        self.path = path
        self.isMatched = isMatched
    }

    init(_ pattern: String, _ path: String, _ isMatched: Bool) { self.init(pattern, path: path, isMatched) }

    var testDescription: String { "\(patterns) on \(path)" }
}

/// Decides as the scan of ancestors does.
func scan(_ patterns: [String], _ path: String) throws -> Bool {
    try PatternMatcher(patterns.map { Array($0.utf8) }).matchesOrParentMatches(Array(path.utf8))
}

/// Decides as a walk does: directory by directory, with the results carried down.
func walk(_ patterns: [String], _ path: String) throws -> Bool {
    let matcher = try PatternMatcher(patterns.map { Array($0.utf8) })
    let bytes = Array(path.utf8)
    var parent: PatternMatcher.ParentResults = []
    var isMatched = false
    for end in bytes.indices.filter({ bytes[$0] == 0x2F }) + [bytes.count] {
        var results: PatternMatcher.ParentResults = []
        isMatched = try matcher.matches(Array(bytes[..<end]), parent: parent, results: &results)
        parent = results
    }
    return isMatched
}

@Suite struct PatternMatcherTests {
    static let both: [MatchCase] = [
        MatchCase("**/dir2/**", "dir/dir2/dir2/file", true), MatchCase("./bar.*", "bar.foo", true),
        MatchCase("./bar.*", "foo", false), MatchCase("a/b", "!a/b/c", path: "a/b/c", false),
        MatchCase("!a", "a", path: "a", true), MatchCase("*.md", "!README.md", path: "README.md", false),
        MatchCase("!README.md", "*.md", path: "README.md", true),
    ]

    static let quirks: [MatchCase] = [
        // Alternatives reach the regular expression, which isn't anchored as a whole.
        MatchCase("a|b*", "abc/def", true), MatchCase("a|b*", "x/b", true), MatchCase("a|b*", "xb", true),
        MatchCase("a|b*", "x/c", false), MatchCase("a|b", "a", false), MatchCase("a|b", "a|b", true),
        MatchCase("a{2}*", "aab", true), MatchCase("a{2}*", "ab", false), MatchCase("a{2}", "aa", false),
        MatchCase("*.{js,ts}", "x.js", false), MatchCase("*.{js,ts}", "x.{js,ts}", true),
        MatchCase("x^*", "x^y", false), MatchCase("^x*", "xy", true), MatchCase("^x*", "^xy", false),
        MatchCase("?{2}", "ab", true), MatchCase("?{2}", "abc", false), MatchCase("{2}*", "anything", true),
        // Escapes of letters are those of regular expressions.
        MatchCase("\\d", "7", true), MatchCase("\\d", "d", false), MatchCase("\\x41*", "AB", true),
        MatchCase("\\QA*", "A[^/]*$", true), MatchCase("\\pL*", "é", true), MatchCase("\\p{Lu}?", "Éa", true),
        MatchCase("a\\b*", "a.x", true), MatchCase("a\\b*", "ax", false), MatchCase("\\101*", "A", true),
        // Wildcards in a class are translated, too.
        MatchCase("[*]", "[]", true), MatchCase("[*]", "^^/]", true), MatchCase("[*]", "*", false),
        MatchCase("[?]", "/]", true), MatchCase("[a.b]", ".", true), MatchCase("[[:alpha:]]", "q", true),
        MatchCase("[^a]", "/", true),
        MatchCase("foo[ ]", "foo ", true),
        // `.` is no line break.
        MatchCase("x/**/y", "x/a\nb/y", false), MatchCase("**/y", "a\nb/y", true), MatchCase("x*", "x\ny", true),
        MatchCase("**/x*y/**/z", "xy/x\ny/z", true),
        // Kinds of `**`.
        MatchCase("**foo", "a/barfoo", true), MatchCase("**/foo", "xfoo", false), MatchCase("a**", "abc/def", true),
        MatchCase("dir/**", "dir", false), MatchCase("a/**/b", "a/b", true), MatchCase("a/**/b", "a/x/y/b", true),
        MatchCase("a/**/b", "a/xb", false), MatchCase("***", "x/y", true), MatchCase("a**b", "a/x/b", true),
        MatchCase("a**b", "axb", false), MatchCase("*/temp*", "a/temp.txt", true), MatchCase("*/temp*", "temp", false),
        MatchCase(".", "a", false), MatchCase("/", "a", false), MatchCase("../x", "x", false),
    ]

    @Test(arguments: both)
    func `cases beside the published ones hold for the scan and the walk`(row: MatchCase) throws {
        #expect(try scan(row.patterns, row.path) == row.isMatched)
        #expect(try walk(row.patterns, row.path) == row.isMatched)
    }

    @Test(arguments: quirks)
    func `quirks hold for single patterns`(row: MatchCase) throws {
        let pattern = try #require(try PatternMatcher(row.patterns.map { Array($0.utf8) }).patterns.first)
        #expect(try pattern.matches(Array(row.path.utf8)) == row.isMatched)
    }

    @Test func `the walk and the scan differ where Docker's differ`() throws {
        #expect(try walk(["a/*", "!a"], "a/b"))
        #expect(try !scan(["a/*", "!a"], "a/b"))
        #expect(try walk(["**/*.md", "!docs"], "docs/x.md"))
        #expect(try !scan(["**/*.md", "!docs"], "docs/x.md"))
        #expect(try !walk(["**/*.md", "!docs/**"], "docs/x.md"))
        #expect(try !scan(["**/*.md", "!docs/**"], "docs/x.md"))
    }

    @Test(arguments: ["!", "[", "[^", "[^bc", "a[", "[]a]", "[-]", "[x-]", "[-x]", "[a-b-c]", "a\\", "[]", "[^]"])
    func `malformed patterns are refused at once`(pattern: String) {
        #expect(throws: IgnoreFileError.self) { try PatternMatcher([Array(pattern.utf8)]) }
    }

    @Test(arguments: [
        ("build*[_-]*", "build-x", true), ("build*[_-]*", "buildx", false), ("logs/*[-0-9]*", "logs/a7", true),
        ("logs/*[-0-9]*", "logs/a", false), ("a*[x-]", "a-", true), ("a?*b[-c]*", "axb-", true),
    ])
    func `what is malformed behind the first part that doesn't match a point is taken`(
        pattern: String,
        path: String,
        isMatched: Bool
    ) throws {
        #expect(try walk([pattern], path) == isMatched)
    }

    @Test(arguments: [".*[_-]", "*[_-]*", "?[_-]", "[_-]*a", "*.[a-]", "build[_-]*", "?*a[-b]"])
    func `what is malformed up to the first part that doesn't match a point is refused`(pattern: String) {
        #expect(throws: IgnoreFileError.self) { try PatternMatcher([Array(pattern.utf8)]) }
    }

    @Test(arguments: [
        "[Z-A]", "[Local-Only]", "*{2}", "a{3}{4}*", "a|{2}*", "a{1001}*", "\\é", "\\q", "\\pX*", "[[:nope:]]", "\\8*",
        "\\C*",
    ])
    func `patterns without meaning are errors when a path is tried`(pattern: String) throws {
        let matcher = try PatternMatcher([Array(pattern.utf8)], source: "exclude-patterns")
        let error = #expect(throws: IgnoreFileError.self) { try matcher.matchesOrParentMatches([0x61]) }
        #expect(error?.message.hasPrefix("exclude-patterns: syntax error in pattern ") == true)
    }

    @Test func `an exception without meaning is no error while nothing was matched`() throws {
        #expect(try !scan(["x", "![Z-A]"], "a"))
        #expect(throws: IgnoreFileError.self) { try scan(["a", "![Z-A]"], "a") }
    }

    @Test func `names that are not UTF-8 match wildcards and themselves`() throws {
        let matcher = try PatternMatcher([[0x61, 0x3F, 0x62], [0xFF, 0x78]])
        #expect(try matcher.matchesOrParentMatches([0x61, 0xFF, 0x62]))
        #expect(try matcher.matchesOrParentMatches([0xFF, 0x78]))
        #expect(try !matcher.matchesOrParentMatches([0xFE, 0x78]))
        // In a regular expression every wrong byte is the same.
        let wild = try PatternMatcher([[0xFF, 0x78, 0x2A]])
        #expect(try wild.matchesOrParentMatches([0xFE, 0x78, 0x79]))
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            (String(repeating: "a*", count: 200) + "b", String(repeating: "a", count: 800)),
            (String(repeating: "**/a*/", count: 50) + "b", String(repeating: "a/", count: 400) + "c"),
            (String(repeating: "a**", count: 30) + "b*c", String(repeating: "a/", count: 400) + "c"),
            (String(repeating: "a{0,9}", count: 50) + "*x?", String(repeating: "a", count: 800)),
            (String(repeating: "[a-b]*", count: 50) + "[c]", String(repeating: "a", count: 800)),
        ]
    )
    func `patterns made to backtrack take bounded time`(pattern: String, path: String) throws {
        let compiled = try #require(try PatternMatcher([Array(pattern.utf8)]).patterns.first)
        #expect(try !compiled.matches(Array(path.utf8)))
    }

    @Test(arguments: [
        ("a/**", "a"), ("a/*", "a"), ("a/*/**", "a"), ("a/**/*", "a/**"), ("**", "**"), ("a", "a"), ("!a/**", "a"),
    ])
    func `a trailing glob is taken off for the prefix test`(pattern: String, expected: String) throws {
        let compiled = try #require(try PatternMatcher([Array(pattern.utf8)]).patterns.first)
        #expect(String(decoding: compiled.textWithoutTrailingGlob, as: UTF8.self) == expected)
    }
}
