import Foundation
import Testing

/// What CONTRIBUTING.md tells of, and what the pages link to, is there.
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

    @Test func `every link of the README and the documentation leads somewhere`() throws {
        let pages = ["README.md", "CONTRIBUTING.md"] + Self.documentation()
        var lost: [String] = []
        for page in pages {
            let place = SourceTree.repository.appending(path: page)
            let text = try String(contentsOf: place, encoding: .utf8)
            for part in text.components(separatedBy: "](").dropFirst() {
                let link = String(part.prefix { $0 != ")" })
                guard !link.contains("://"), !Self.leadsSomewhere(link, from: place) else { continue }
                lost.append("\(page): \(link)")
            }
        }
        #expect(pages.count > 100 && lost == [])
    }

    private static func documentation() -> [String] {
        let folder = SourceTree.repository.appending(path: "Documentation")
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().filter { $0.hasSuffix(".md") }.map { "Documentation/" + $0 }
    }

    /// Whether there is such a file with, where one is named, a heading that gives the part after `#`.
    private static func leadsSomewhere(_ link: String, from page: URL) -> Bool {
        let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let file = parts[0].isEmpty ? page : page.deletingLastPathComponent().appending(path: parts[0])
        guard parts.count > 1 else { return FileManager.default.fileExists(atPath: file.path) }
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return false }
        return text.split(separator: "\n").contains { line in
            line.hasPrefix("#")
                && line.drop { $0 == "#" || $0 == " " }.lowercased().replacing(" ", with: "-") == parts[1]
        }
    }

    /// The first words between backticks that begin with one of the top folders; one with `…` stands for several.
    private static func paths(in text: String) -> [String] {
        text.matches(of: #/`((?:Sources|Tests|Scripts|Fixtures)/[^\s`]+)[^`]*`/#).map { String($0.output.1) }
            .filter { !$0.contains("…") }
    }
}
