import CaissonDockerfile
@testable import CaissonDockerfileLint
import FoundationEssentials
import Testing

/// The Dockerfiles that look like real projects', those with single forms, and what holds for each of them.
@Suite("Projects")
struct ProjectTests {
    static func all() throws -> [String] {
        try ["projects", "forms"].flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: "\(RuleFixture.folder)/\(folder)").sorted()
                .map { "\(folder)/\($0)" }
        }
    }

    @Test("There are 150 and more")
    func count() throws {
        #expect(try Self.all().count { $0.hasPrefix("projects/") } >= 150)
    }

    @Test("Each parses without loss, and fixing it parses and finds an end", arguments: try all())
    func holds(_ name: String) throws {
        let data = try Data(contentsOf: URL(filePath: "\(RuleFixture.folder)/\(name)"))
        let bytes = Array(data)
        let file = Dockerfile(parsing: bytes)
        #expect(file.printed == bytes)
        let linter = Linter()
        let lint = { (file: Dockerfile) in linter.lint(file, name: name).findings }
        for unsafe in [false, true] {
            let once = FixApplication.apply(to: bytes, unsafe: unsafe, lint: lint)
            #expect(Dockerfile(parsing: once.bytes).problems.count <= file.problems.count)
            let twice = FixApplication.apply(to: once.bytes, unsafe: unsafe, lint: lint)
            #expect(twice.bytes == once.bytes, "\(name) \(unsafe)")
        }
        for finding in lint(file) {
            #expect(finding.span.upperBound <= bytes.count)
            #expect(finding.start <= finding.end)
        }
    }
}
