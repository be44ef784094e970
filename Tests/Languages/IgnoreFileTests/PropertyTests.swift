import Testing

@testable import CaissonIgnoreFile

@Suite struct PropertyTests {
    private static let lists = 2_500
    private static let pathsPerList = 10

    /// 4 × 2,500 lists × 10 paths, by both algorithms.
    @Test(arguments: 0..<4)
    func `the matcher decides as the plain model does`(shard: UInt64) throws {
        let seed = firstSeed + shard
        var names = RandomNames(generator: SeededGenerator(state: seed))
        var excluded = 0
        for _ in 0..<Self.lists {
            let patterns = names.patterns()
            let matcher = try PatternMatcher(patterns.map { Array($0.utf8) })
            let model = PlainModel(patterns)
            for _ in 0..<Self.pathsPerList {
                let path = names.path()
                let byWalk = try walk(matcher, path)
                let byScan = try matcher.matchesOrParentMatches(Array(path.utf8))
                if byWalk != model.isExcludedByWalk(path) || byScan != model.isExcludedByScan(path) {
                    Issue.record("\(patterns) on \(path): walk \(byWalk), scan \(byScan); seed \(seed)")
                }
                if byWalk { excluded += 1 }
            }
        }
        // A generator whose lists hardly ever meet its paths would prove nothing.
        let share = Double(excluded) / Double(Self.lists * Self.pathsPerList)
        #expect((0.2...0.8).contains(share), "seed \(seed)")
    }

    @Test(arguments: [
        (["a/*", "!a"], "a/b", true, false), (["**/*.md", "!docs"], "docs/x.md", true, false),
        (["a", "!a/b", "a"], "a/b", false, true), (["*", "!b"], "b/c", false, false), (["**a"], "xa/b", true, true),
        (["a[^b]c"], "a/c", true, true), (["a**b"], "axb", false, false), (["\\*"], "*", true, true),
    ])
    func `the plain model knows the rows of the manual`(
        patterns: [String],
        path: String,
        byWalk: Bool,
        byScan: Bool
    ) {
        let model = PlainModel(patterns)
        #expect(model.isExcludedByWalk(path) == byWalk)
        #expect(model.isExcludedByScan(path) == byScan)
    }

    private func walk(_ matcher: PatternMatcher, _ path: String) throws -> Bool {
        let bytes = Array(path.utf8)
        var parent: PatternMatcher.ParentResults = []
        var results: PatternMatcher.ParentResults = []
        var isMatched = false
        for end in bytes.indices.filter({ bytes[$0] == 0x2F }) + [bytes.count] {
            isMatched = try matcher.matches(Array(bytes[..<end]), parent: parent, results: &results)
            swap(&parent, &results)
        }
        return isMatched
    }
}
