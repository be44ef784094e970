import Foundation
import Testing

/// Every test target is in one tier, by which `Scripts/test` runs it.
@Suite struct TierTests {
    @Test func `every test target has one tier`() throws {
        let tests = SourceTree.repository.appending(path: "Tests")
        let paths = FileManager.default.enumerator(atPath: tests.path)?.compactMap { $0 as? String } ?? []
        let targets = paths.filter { $0.hasSuffix(".swift") }.compactMap { path in
            path.split(separator: "/").first { $0.hasSuffix("Tests") }.map(String.init)
        }
        let lines = try String(contentsOf: tests.appending(path: "tiers.txt"), encoding: .utf8).split(separator: "\n")
        let words = lines.filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ").map(String.init) }
        #expect(Set(targets).sorted() == words.compactMap(\.last).sorted())
        #expect(words.filter { $0.count != 2 || !["unit", "wire", "integration"].contains($0[0]) } == [])
    }
}
