import CaissonBuildContext
import Glibc
import Testing

@Suite struct WalkFilterTests {
    private func makeTree() throws -> TemporaryTree {
        let tree = try TemporaryTree()
        for name in ["a", "a/b", "docs", "node_modules", "node_modules/x"] { tree.directory(name) }
        for name in ["a/b/c", "a/d.md", "docs/x.md", "docs/y.txt", "node_modules/x/i.js", "z.md"] { tree.file(name) }
        return tree
    }

    @Test(arguments: [
        (
            ["*.md"],
            [
                "a", "a/b", "a/b/c", "a/d.md", "docs", "docs/x.md", "docs/y.txt", "node_modules", "node_modules/x",
                "node_modules/x/i.js",
            ]
        ),
        (["*"], []),
        (["*", "!a/b/c"], ["a", "a/b", "a/b/c"]),
        (["*", "!a/b"], ["a", "a/b", "a/b/c"]),
        (["a/*", "!a", "node_modules", "docs"], ["a", "z.md"]),
        (["**/*.md", "!docs", "a", "node_modules"], ["docs", "docs/y.txt"]),
        (["**/*.md", "!docs/**", "a", "node_modules"], ["docs", "docs/x.md", "docs/y.txt"]),
        (["**", "!**/*.js"], ["node_modules", "node_modules/x", "node_modules/x/i.js"]),
        (["**", "!docs/*.txt"], ["docs", "docs/y.txt"]),
        // Exceptions without a wildcard but at their end are looked at by their beginnings alone.
        (["*", "!a/*/**"], []), (["*", "!node_modules/*/**", "!docs"], ["docs", "docs/x.md", "docs/y.txt"]),
        (
            ["*", "!node_modules/*/**", "!doc?"],
            ["docs", "docs/x.md", "docs/y.txt", "node_modules", "node_modules/x", "node_modules/x/i.js"]
        ),
        (["*", "!a/*"], ["a", "a/b", "a/b/c", "a/d.md"]), (["*", "!a/**"], ["a", "a/b", "a/b/c", "a/d.md"]),
        (["z*[_-]*", "*s"], ["a", "a/b", "a/b/c", "a/d.md", "z.md"]),
    ])
    func `excluded files are left out and exceptions bring their directories`(
        exclude: [String],
        expected: [String]
    ) throws {
        let tree = try makeTree()
        defer { tree.remove() }
        #expect(try tree.names(.texts(exclude: exclude)) == expected)
    }

    @Test(arguments: [
        (["docs"], ["docs", "docs/x.md", "docs/y.txt"]),
        (["a/b/c"], ["a", "a/b", "a/b/c"]),
        (["**/*.md"], ["a", "a/d.md", "docs", "docs/x.md", "z.md"]),
        (["docs/*.txt", "none"], ["docs", "docs/y.txt"]),
        (["none"], []),
        ([""], []),
    ])
    func `only included files are sent, after their directories`(include: [String], expected: [String]) throws {
        let tree = try makeTree()
        defer { tree.remove() }
        #expect(try tree.names(.texts(include: include)) == expected)
    }

    @Test func `includes and excludes work together`() throws {
        let tree = try makeTree()
        defer { tree.remove() }
        #expect(
            try tree.names(.texts(include: ["docs", "a"], exclude: ["**/*.md", "a/b"]))
                == ["a", "docs", "docs/y.txt"]
        )
    }

    @Test func `followed paths bring the links on the way and their targets`() throws {
        let tree = try makeTree()
        defer { tree.remove() }
        tree.link("l1", to: "docs/l2")
        tree.link("docs/l2", to: "/a/b")
        tree.link("loop", to: "loop")
        tree.link("out", to: "../../../z.md")
        #expect(try tree.names(.texts(follow: ["l1/c"])) == ["a", "a/b", "a/b/c", "docs", "docs/l2", "l1"])
        #expect(try tree.names(.texts(follow: ["loop", "missing"])) == ["loop"])
        #expect(try tree.names(.texts(follow: ["out"])) == ["out", "z.md"])
        #expect(try tree.names(.texts(follow: ["l*"])).contains("a/b/c"))
        #expect(try tree.names(.texts(follow: ["../../etc/passwd", "docs/x.md"])) == ["docs", "docs/x.md"])
        #expect(try tree.names(.texts(follow: ["."])).count == tree.names().count)
        #expect(try tree.names(.texts(follow: ["Dockerfile", "Dockerfile.dockerignore", "dockerfile"])) == [])
    }

    @Test func `a malformed pattern is an error that names it`() throws {
        let tree = try makeTree()
        defer { tree.remove() }
        let error = #expect(throws: BuildContextError.self) { try tree.names(.texts(exclude: ["[a"])) }
        #expect(error?.code == .malformedPattern && error?.message.contains("[a") == true)
        #expect(throws: BuildContextError.self) { try tree.names(.texts(exclude: ["[Z-A]"])) }
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func `an unreadable directory is an error unless it is excluded`() throws {
        let tree = try makeTree()
        defer { tree.remove() }
        tree.directory("secret", mode: 0)
        let error = #expect(throws: BuildContextError.self) { try tree.names() }
        #expect(error?.code == .notPermitted && error?.message.contains("secret") == true)
        #expect(try tree.names(.texts(exclude: ["secret"])).count == 11)
        #expect(try tree.names(.texts(exclude: ["secret", "!secret/*x"])).count == 11)
    }
}
