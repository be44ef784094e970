import CaissonBuildContext
import CaissonBuildModel
import Testing

@testable import CaissonBuildKit

@Suite struct ContextScanTests {
    private static let all = WalkFilter(
        includePatterns: [],
        excludePatterns: [Array("*.log".utf8)],
        followPaths: []
    )

    /// What a build sent that read all files.
    private static func sent(_ tree: TemporaryTree, _ filter: WalkFilter = all) throws -> ContextSnapshot {
        let source = try DirectorySource(path: tree.path)
        let empty = ContextSnapshot(of: "context", directory: "key", filter)
        return try #require(try ContextScan.snapshot(of: source, like: empty))
    }

    private static func changes(_ tree: TemporaryTree, since earlier: ContextSnapshot) throws -> [String] {
        let now = try #require(try ContextScan.snapshot(of: try DirectorySource(path: tree.path), like: earlier))
        #expect(now.key == earlier.key)
        return now.changes(since: earlier, of: BuildID()).0.changes.map { "\($0.kind) \($0.path)" }
    }

    @Test func `a directory is compared with what was sent of it`() throws {
        let tree = TemporaryTree()
        tree.directory("src")
        tree.file("src/a", "one")
        tree.file("src/b", "two")
        tree.file("noise.log", "x")
        let earlier = try Self.sent(tree)
        #expect(try Self.changes(tree, since: earlier) == [])
        // Another time alone is no change: the content is read then.
        tree.file("src/a", "one")
        #expect(try Self.changes(tree, since: earlier) == [])
        tree.file("src/a", "three")
        tree.file("src/c", "new")
        tree.file("noise.log", "y")
        #expect(try Self.changes(tree, since: earlier) == ["content src/a", "added src/c"])
    }

    @Test func `the same content of the same length, but of another time, is read`() throws {
        let tree = TemporaryTree()
        tree.file("a", "one")
        let earlier = try Self.sent(tree)
        tree.file("a", "two")
        #expect(try Self.changes(tree, since: earlier) == ["content a"])
    }

    @Test func `without where it was nothing is looked at, and what can't be read is an error`() throws {
        let tree = TemporaryTree()
        tree.file("a", "one")
        var earlier = try Self.sent(tree)
        let source = try DirectorySource(path: tree.path)
        earlier.origin = nil
        #expect(try ContextScan.snapshot(of: source, like: earlier) == nil)
        earlier.origin = .init(directory: "key", patterns: [])
        #expect(try ContextScan.snapshot(of: source, like: earlier) == nil)
        let masked = try Self.sent(tree).mapTexts { $0 == Array("*.log".utf8) ? Array("***".utf8) : $0 }
        #expect(try ContextScan.snapshot(of: source, like: masked) == nil)
        let bad = WalkFilter(includePatterns: [Array("[".utf8)], excludePatterns: [], followPaths: [])
        #expect(throws: BuildError.self) { try Self.sent(tree, bad) }
    }
}
