import Testing

@testable import CaissonIgnoreFile

/// The cases that patternmatcher 0.6.1 publishes of itself (https://github.com/moby/patternmatcher).
enum PublishedVectors {
    /// One pattern, a path, and whether it matches.
    static let single: [(String, String, Bool)] = [
        ("**", "file", true), ("**", "file/", true), ("**/", "file", true), ("**/", "file/", true), ("**", "/", true),
        ("**/", "/", true), ("**", "dir/file", true), ("**/", "dir/file", true), ("**", "dir/file/", true),
        ("**/", "dir/file/", true), ("**/**", "dir/file", true), ("**/**", "dir/file/", true),
        ("dir/**", "dir/file", true), ("dir/**", "dir/file/", true), ("dir/**", "dir/dir2/file", true),
        ("dir/**", "dir/dir2/file/", true), ("**/dir", "dir", true), ("**/dir", "dir/file", true),
        ("**/dir2/*", "dir/dir2/file", true), ("**/dir2/*", "dir/dir2/file/", true),
        ("**/dir2/**", "dir/dir2/dir3/file", true), ("**/dir2/**", "dir/dir2/dir3/file/", true),
        ("**file", "file", true), ("**file", "dir/file", true), ("**/file", "dir/file", true),
        ("**file", "dir/dir/file", true), ("**/file", "dir/dir/file", true), ("**/file*", "dir/dir/file", true),
        ("**/file*", "dir/dir/file.txt", true), ("**/file*txt", "dir/dir/file.txt", true),
        ("**/file*.txt", "dir/dir/file.txt", true), ("**/file*.txt*", "dir/dir/file.txt", true),
        ("**/**/*.txt", "dir/dir/file.txt", true), ("**/**/*.txt2", "dir/dir/file.txt", false),
        ("**/*.txt", "file.txt", true), ("**/**/*.txt", "file.txt", true), ("a**/*.txt", "a/file.txt", true),
        ("a**/*.txt", "a/dir/file.txt", true), ("a**/*.txt", "a/dir/dir/file.txt", true),
        ("a/*.txt", "a/dir/file.txt", false), ("a/*.txt", "a/file.txt", true), ("a/*.txt**", "a/file.txt", true),
        ("a[b-d]e", "ae", false), ("a[b-d]e", "ace", true), ("a[b-d]e", "aae", false), ("a[^b-d]e", "aze", true),
        (".*", ".foo", true), (".*", "foo", false), ("abc.def", "abcdef", false), ("abc.def", "abc.def", true),
        ("abc.def", "abcZdef", false), ("abc?def", "abcZdef", true), ("abc?def", "abcdef", false),
        ("a\\\\", "a\\", true), ("**/foo/bar", "foo/bar", true), ("**/foo/bar", "dir/foo/bar", true),
        ("**/foo/bar", "dir/dir2/foo/bar", true), ("abc/**", "abc", false), ("abc/**", "abc/def", true),
        ("abc/**", "abc/def/ghi", true), ("**/.foo", ".foo", true), ("**/.foo", "bar.foo", false),
        ("a(b)c/def", "a(b)c/def", true), ("a(b)c/def", "a(b)c/xyz", false), ("a.|)$(}+{bc", "a.|)$(}+{bc", true),
        (
            "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl",
            "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl", true
        ),
        ("dist/*.whl", "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl", true), ("a\\*b", "a*b", true),
    ]

    /// Several patterns, a path, and whether they match.
    static let several: [([String], String, Bool)] = [
        (["**", "!util/docker/web"], "util/docker/web/foo", false),
        (["**", "!util/docker/web", "util/docker/web/foo"], "util/docker/web/foo", true),
        (
            ["**", "!dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl"],
            "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl", false
        ),
        (["**", "!dist/*.whl"], "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl", false),
        (["*"], "fileutils.go", true), (["*.go"], "fileutils.go", true),
        (["!fileutils.go", "*.go"], "fileutils.go", true), (["docs", "!docs/README.md"], "docs/README.md", false),
        (["docs/", "!docs/README.md"], "docs/README.md", false),
        (["docs/*", "!docs/README.md"], "docs/README.md", false), (["*.go", "!fileutils.go"], "fileutils.go", false),
        (["*.go"], ".", false), ([], "/any/path/there", false),
    ]

    /// Go's own cases of `filepath.Match`, as far as they differ for ignore patterns: a pattern, a name, whether it matches.
    static let names: [(String, String, Bool)] = [
        ("abc", "abc", true), ("*", "abc", true), ("*c", "abc", true), ("a*", "a", true), ("a*", "abc", true),
        ("a*", "ab/c", true), ("a*/b", "abc/b", true), ("a*/b", "a/c/b", false), ("a*b*c*d*e*/f", "axbxcxdxe/f", true),
        ("a*b*c*d*e*/f", "axbxcxdxexxx/f", true), ("a*b*c*d*e*/f", "axbxcxdxe/xxx/f", false),
        ("a*b*c*d*e*/f", "axbxcxdxexxx/fff", false), ("a*b?c*x", "abxbbxdbxebxczzx", true),
        ("a*b?c*x", "abxbbxdbxebxczzy", false), ("ab[c]", "abc", true), ("ab[b-d]", "abc", true),
        ("ab[e-g]", "abc", false), ("ab[^c]", "abc", false), ("ab[^b-d]", "abc", false), ("ab[^e-g]", "abc", true),
        ("a\\*b", "a*b", true), ("a\\*b", "ab", false), ("a?b", "a☺b", true), ("a[^a]b", "a☺b", true),
        ("a???b", "a☺b", false), ("a[^a][^a][^a]b", "a☺b", false), ("[a-ζ]*", "α", true), ("*[a-ζ]", "A", false),
        ("a?b", "a/b", false), ("a*b", "a/b", false), ("[\\]a]", "]", true), ("[\\-]", "-", true),
        ("[x\\-]", "x", true), ("[x\\-]", "-", true), ("[x\\-]", "z", false), ("[\\-x]", "x", true),
        ("[\\-x]", "-", true), ("[\\-x]", "a", false), ("*x", "xxx", true),
    ]

    /// Patterns that are refused.
    static let malformed = [
        "[]a]", "[-]", "[x-]", "[-x]", "\\", "[a-b-c]", "[", "[^", "[^bc", "a[", "!",
    ]

    /// What a pattern is compiled to: the kind of test, and the regular expression where it is one.
    static let compiled: [(String, PatternTranslation.Kind, String)] = [
        ("*", .regex, #"^[^/]*$"#), ("file*", .regex, #"^file[^/]*$"#), ("*file", .regex, #"^[^/]*file$"#),
        ("a*/b", .regex, #"^a[^/]*/b$"#), ("**", .suffix, ""), ("**/**", .regex, #"^(.*/)?.*$"#),
        ("dir/**", .prefix, ""), ("**/dir", .suffix, ""), ("**/dir2/*", .regex, #"^(.*/)?dir2/[^/]*$"#),
        ("**/dir2/**", .regex, #"^(.*/)?dir2/.*$"#), ("**file", .suffix, ""),
        ("**/file*txt", .regex, #"^(.*/)?file[^/]*txt$"#), ("**/**/*.txt", .regex, #"^(.*/)?(.*/)?[^/]*\.txt$"#),
        ("a[b-d]e", .regex, #"^a[b-d]e$"#), (".*", .regex, #"^\.[^/]*$"#), ("abc.def", .exact, ""),
        ("abc?def", .regex, #"^abc[^/]def$"#), ("**/foo/bar", .suffix, ""), ("a(b)c/def", .exact, ""),
        ("a.|)$(}+{bc", .exact, ""), ("dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl", .exact, ""),
    ]
}

@Suite struct PublishedVectorTests {
    @Test(arguments: PublishedVectors.single.map { ([$0], $1, $2) } + PublishedVectors.several)
    func `published cases hold for both algorithms`(patterns: [String], path: String, expected: Bool) throws {
        #expect(try scan(patterns, path) == expected)
        let matcher = try PatternMatcher(patterns.map { Array($0.utf8) })
        var results: PatternMatcher.ParentResults = []
        // Without the folder's results its names are tried as well.
        #expect(try matcher.matches(Array(path.utf8), parent: [], results: &results) == expected)
        for folder in Self.folders(of: path) {
            let parent = results
            _ = try matcher.matches(Array(folder.utf8), parent: folder.contains("/") ? parent : [], results: &results)
        }
        let parent = Self.folders(of: path).isEmpty ? [] : results
        #expect(try matcher.matches(Array(path.utf8), parent: parent, results: &results) == expected)
    }

    @Test(arguments: PublishedVectors.names)
    func `Go's cases of names hold`(pattern: String, name: String, expected: Bool) throws {
        #expect(try scan([pattern], name) == expected)
    }

    @Test(arguments: PublishedVectors.malformed)
    func `published malformed patterns are refused`(pattern: String) {
        #expect(throws: IgnoreFileError.self) { try PatternMatcher([Array(pattern.utf8)]) }
    }

    @Test(arguments: PublishedVectors.compiled)
    func `patterns are compiled to the published test`(
        pattern: String,
        kind: PatternTranslation.Kind,
        regex: String
    ) {
        let translation = PatternTranslation(cleanedPath(Array(pattern.utf8)[...]))
        #expect(translation.kind == kind)
        if kind == .regex {
            let text = String(String.UnicodeScalarView(translation.regex.compactMap { Unicode.Scalar($0) }))
            #expect(text == regex)
        }
    }

    @Test(arguments: [
        (["docs", "config"], 2, false), (["docs", "config", ""], 2, false), (["docs", "!docs/README.md"], 2, true),
        (["docs", "  !docs/README.md"], 2, true), (["docs", "!docs/README.md  "], 2, true),
    ])
    func `patterns are cleaned as published`(patterns: [String], count: Int, hasExceptions: Bool) throws {
        let matcher = try PatternMatcher(patterns.map { Array($0.utf8) })
        #expect(matcher.patterns.count == count)
        #expect(matcher.hasExceptions == hasExceptions)
    }

    @Test func `the published ignore file is read as published`() throws {
        let text = "test1\n/test2\n/a/file/here\n\nlastfile\n# this is a comment\n! /inverted/abs/path\n!\n! "
        let found = try IgnoreFile(parsing: Array(text.utf8)).patterns.map { String(decoding: $0, as: UTF8.self) }
        #expect(found == ["test1", "test2", "a/file/here", "lastfile", "!inverted/abs/path", "!", "!"])
        #expect(try IgnoreFile(parsing: []).patterns.isEmpty)
    }

    @Test func `a pattern without meaning fails each time it is tried`() throws {
        let matcher = try PatternMatcher([Array("[Local-Only]/".utf8)])
        for _ in 0..<2 {
            #expect(throws: IgnoreFileError.self) { try matcher.matchesOrParentMatches([UInt8(ascii: "x")]) }
        }
    }

    /// The path's folders from the top, as Go's `filepath.Dir` gives them.
    private static func folders(of path: String) -> [String] {
        let names = path.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }.dropLast()
        return names.indices.map { names[...$0].joined(separator: "/") }
    }
}
