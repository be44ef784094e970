import CaissonGoRegex
import Testing

@testable import CaissonIgnoreFile

/// What rules patterns out by single bytes may never rule out one that matches.
@Suite struct PatternIndexTests {
    @Test func `a list of hundreds of patterns decides as the plain model does`() throws {
        let seed = firstSeed + 50
        var names = RandomNames(generator: SeededGenerator(state: seed))
        for _ in 0..<100 {
            let patterns = (0..<60).flatMap { _ in names.patterns() }
            let matcher = try PatternMatcher(patterns.map { Array($0.utf8) })
            #expect(patterns.count > 64)
            let model = PlainModel(patterns)
            for _ in 0..<20 {
                let path = names.path()
                #expect(try walk(patterns, path) == model.isExcludedByWalk(path), "\(path), seed \(seed)")
                let byScan = try matcher.matchesOrParentMatches(Array(path.utf8))
                #expect(byScan == model.isExcludedByScan(path), "\(path), seed \(seed)")
            }
        }
    }

    @Test(
        arguments: [
            ("a|b*", "x/b"), ("**/*.py[co]", "a/b.pyc"), ("[^a]b", "cb"), ("a{0}b*", "b"), ("x{2,}*", "xxx"),
            ("**", "q"), ("**/", "q/r"), ("a/**", "a/z"), ("**/a", "a"), ("*é", "ü/é"), ("?", "ü"), ("a\\*", "a*"),
            ("[[:alpha:]]*", "q"), ("\\d*", "7"),
        ]
    )
    func `odd patterns find what they found without an index`(pattern: String, path: String) throws {
        let matcher = try PatternMatcher([Array(pattern.utf8)])
        let plain = try matcher.patterns[0].matches(Array(path.utf8))
        #expect(try walk([pattern], path) == (plain || scan([pattern], path)))
    }

    @Test func `results of a directory know each pattern by its place`() {
        let results = PatternMatcher.ParentResults(arrayLiteral: true, false, true)
        #expect(results.contains(0) && !results.contains(1) && results.contains(2) && !results.contains(700))
    }

    @Test func `sets of bytes tell what a text lacks`() {
        let needed = ByteSet("p.y".utf8)
        #expect(needed.isSubset(of: ByteSet("a.pyc".utf8)) && !needed.isSubset(of: ByteSet("09.txt".utf8)))
        #expect(needed.isSubset(of: .all) && ByteSet().isSubset(of: ByteSet()))
        #expect(!needed.union(ByteSet("q".utf8)).isSubset(of: needed))
        #expect(needed.intersection(ByteSet("p".utf8)).isSubset(of: ByteSet("p".utf8)))
    }
}
