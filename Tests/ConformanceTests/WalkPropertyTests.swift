import CaissonBuildContext
import Foundation
import Testing

/// The walk of real folders, which doesn't look into what can't matter, held against a plain model that looks at all.
@Suite struct WalkPropertyTests {
    private static let lists = 1_000

    @Test func `the walk gives what the plain model lets through`() async throws {
        let seed = firstSeed + 100
        var names = RandomNames(generator: SeededGenerator(state: seed))
        let paths = Self.tree(names.paths(60))
        let all = Set(paths + paths.flatMap(Self.folders) + ["Dockerfile"])
        let text = "== tree\n" + paths.map { "f 644 \($0)\n" }.joined()
        let row = try ContextCase(name: "random", parsing: Array(text.utf8))
        try await row.withTree { root in
            let source = try DirectorySource(path: root)
            for _ in 0..<Self.lists {
                let patterns = names.patterns()
                if Self.isCutShort(patterns) { continue }
                let model = PlainModel(patterns)
                let sent = all.filter { !model.isExcludedByWalk($0) }
                // With what is sent the folders that it is in are sent.
                let wanted = Set(sent + sent.flatMap(Self.folders))
                let found = try Self.walk(source, patterns)
                if Set(found) != wanted || found.count != wanted.count {
                    Issue.record("\(patterns): \(wanted.symmetricDifference(found).sorted()); seed \(seed)")
                }
            }
        }
    }

    /// Whether an exception ends with `/*/**`: Docker compares its beginning alone then and doesn't look into what it would
    /// match, which the model knows nothing of; `TargetedListTests` has Docker's own answers for such.
    private static func isCutShort(_ patterns: [String]) -> Bool {
        patterns.contains { $0.hasPrefix("!") && $0.hasSuffix("/*/**") }
    }

    private static func walk(_ source: DirectorySource, _ patterns: [String]) throws -> [String] {
        let walk = try source.walk(WalkFilter(excludePatterns: patterns.map { Array($0.utf8) }))
        var found: [String] = []
        while let entry = try walk.next() { found.append(String(decoding: entry.path, as: UTF8.self)) }
        return found
    }

    /// The paths but for those that others need as a folder.
    private static func tree(_ paths: [String]) -> [String] {
        let folders = Set(paths.flatMap(folders))
        return Set(paths).subtracting(folders).sorted()
    }

    /// The folders above a path.
    private static func folders(_ path: String) -> [String] {
        let names = path.split(separator: "/")
        return names.indices.dropFirst().map { names[..<$0].joined(separator: "/") }
    }
}
