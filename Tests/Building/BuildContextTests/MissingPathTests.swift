import CaissonBuildContext
import Testing

/// Why a path isn't in the context, and what could be meant.
@Suite struct MissingPathTests {
    private static func reason(_ path: String, _ files: [String], ignoring patterns: String = "") throws -> String? {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        for name in files {
            var parent = ""
            for part in name.split(separator: "/").dropLast() {
                parent += (parent.isEmpty ? "" : "/") + part
                tree.directory(parent)
            }
            tree.file(name)
        }
        if !patterns.isEmpty { tree.file(".dockerignore", patterns) }
        let selection = try ContextSelection(directory: tree.path)
        #expect(selection.has(Array(path.utf8)) == false)
        return selection.reasonMissing(Array(path.utf8))
    }

    @Test(arguments: [
        ("b.tx", "did you mean b.txt?"), ("./b.tx", "did you mean b.txt?"), ("/b.tx", "did you mean b.txt?"),
        ("scr/main.c", "did you mean src/main.c?"), ("scr/other.c", "did you mean src?"),
        ("main.c", "there is src/main.c"), ("lib/main.c", "there is src/main.c"),
        ("../src/mian.c", "did you mean src/main.c?"),
        ("requirements.txt", "the context has Dockerfile, b.txt and src"),
        ("src/requirements.txt", "src has deep and main.c"),
    ])
    func `what is near, elsewhere or there at all is named`(path: String, reason: String) throws {
        #expect(try Self.reason(path, ["Dockerfile", "b.txt", "src/main.c", "src/deep/.main.c"]) == reason)
    }

    @Test func `no more names than fit in a sentence are said, and none that are hidden or ignored`() throws {
        let files = ["Dockerfile", "a1", "a2", "a3", "a4", "a5", "a6", ".hidden", "zzz/secret.log"]
        let reason = try Self.reason("requirements.txt", files, ignoring: "zzz\n")
        #expect(reason == "the context has Dockerfile, a1, a2, a3, a4 and 2 more")
        #expect(try Self.reason("secret.log", files, ignoring: "zzz\n") == reason)
        #expect(try Self.reason("x", [".a"]) == "the context has no files that are sent")
        #expect(try Self.reason("x", ["Dockerfile"]) == "the context has only Dockerfile")
    }

    @Test func `the file that lies the least deep is meant`() throws {
        #expect(try Self.reason("app.js", ["a/b/c/app.js", "z/app.js", "b/my-app.js"]) == "there is z/app.js")
    }
}
