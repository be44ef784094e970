import Foundation
import Testing

/// What CONTRIBUTING.md tells of is there.
@Suite struct DocumentedPathsTests {
    @Test func `every path that CONTRIBUTING names exists`() throws {
        let guide = SourceTree.repository.appending(path: "CONTRIBUTING.md")
        let paths = Self.paths(in: try String(contentsOf: guide, encoding: .utf8))
        #expect(paths.count >= 20)
        let missing = paths.filter {
            !FileManager.default.fileExists(atPath: SourceTree.repository.appending(path: $0).path)
        }
        #expect(missing == [])
    }

    @Test func `paths are told from other words`() {
        let text = "`Sources/A/B.swift`, Sources/C, `Scripts/test --unit` and `swift test`, `Fixtures/…/x`, `Tests/T`"
        #expect(Self.paths(in: text) == ["Sources/A/B.swift", "Scripts/test", "Tests/T"])
    }

    /// The first words between backticks that begin with one of the top folders; one with `…` stands for several.
    private static func paths(in text: String) -> [String] {
        text.matches(of: #/`((?:Sources|Tests|Scripts|Fixtures)/[^\s`]+)[^`]*`/#).map { String($0.output.1) }
            .filter { !$0.contains("…") }
    }
}
