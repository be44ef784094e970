import CaissonDockerfile
@testable import CaissonDockerfileLint
import FoundationEssentials
import Testing

@Suite("Rules")
struct RuleTests {
    @Test("Each rule has a fixture with a bad and two good examples, and each fixture a rule")
    func fixturesAreComplete() throws {
        let fixtures = try RuleFixture.all()
        #expect(fixtures.map(\.rule) == Rules.all.map(\.id).sorted())
        for fixture in fixtures {
            #expect(fixture.cases.count { $0.kind.hasPrefix("bad") } >= 1, "\(fixture.rule)")
            #expect(fixture.cases.count { $0.kind.hasPrefix("good") } >= 2, "\(fixture.rule)")
        }
    }

    @Test("Bad examples are found at their line and column, good ones are not", arguments: try RuleFixture.all())
    func examples(_ fixture: RuleFixture) throws {
        var recorded = fixture
        for (index, example) in fixture.cases.enumerated() {
            let found = try example.found(fixture.rule)
            if example.kind.hasPrefix("good") {
                #expect(found.map(\.place) == [], "\(fixture.rule) \(example.kind)")
                continue
            }
            #expect(!found.isEmpty, "\(fixture.rule) \(example.kind)")
            let places = found.map(\.place).joined(separator: ", ")
            if ProcessInfo.processInfo.environment["RECORD"] != nil { recorded.cases[index].places = places }
            #expect(places == example.places, "\(fixture.rule) \(example.kind)")
        }
        if ProcessInfo.processInfo.environment["RECORD"] != nil { try recorded.write() }
    }

    @Test("A fix makes its finding go away, parses, and finds nothing more to do", arguments: try RuleFixture.all())
    func fixes(_ fixture: RuleFixture) throws {
        let rule = try #require(Rules.named(fixture.rule))
        var fixed = 0
        for example in fixture.cases where example.kind.hasPrefix("bad") {
            let linter = try example.linter(for: rule.id)
            let lint = { (file: Dockerfile) in linter.lint(file, name: "x").findings.filter { $0.rule == rule.id } }
            let before = Dockerfile(parsing: example.text)
            guard lint(before).contains(where: { $0.fix != nil }) else { continue }
            let once = FixApplication.apply(to: Array(example.text.utf8), unsafe: true, lint: lint)
            fixed += once.count
            let after = Dockerfile(parsing: once.bytes)
            #expect(lint(after).filter { $0.fix != nil }.isEmpty, "\(rule.id)")
            #expect(after.problems.count <= before.problems.count, "\(rule.id)")
            let twice = FixApplication.apply(to: once.bytes, unsafe: true, lint: lint)
            #expect(twice.bytes == once.bytes, "\(rule.id)")
        }
        #expect((fixed > 0) == (rule.fix != nil), "\(rule.id) fixed \(fixed)")
    }

    @Test("Thirty rules and more can fix what they find")
    func manyFixes() {
        #expect(Rules.all.count { $0.fix != nil } >= 30)
    }

    @Test("A binary file is one finding, whatever is in it")
    func binary() {
        let file = Dockerfile(parsing: Array("FORM a\n\nRUM b".utf8) + [0, 1, 2, 0] + Array("\nFROM debian\n".utf8))
        let findings = Linter().lint(file, name: "x").findings
        #expect(findings.map(\.code) == ["DL1000"])
        #expect(findings.first?.start == Position(line: 3, column: 6))
    }

    @Test("A problem within an instruction stands in the line where that begins")
    func problemLines() {
        let file = Dockerfile(parsing: "FROM a:1\nCOPY --form=x \\\n  --link a b\nONBUILD ENV A\nRUM c\n")
        let findings = Linter().lint(file, name: "x").findings.filter { $0.code == "DL1000" }
        #expect(findings.map(\.instructionLine) == [2, 4, 5])
    }

    @Test("The rules are sorted and no two share a name")
    func names() {
        #expect(Rules.all.map(\.id) == Rules.all.map(\.id).sorted())
        let names = Rules.all.flatMap(\.names)
        #expect(Set(names).count == names.count)
    }

    @Test("There is a file for each rule, and the manual is its comment")
    func manuals() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appending(path: "Sources/Languages/DockerfileLint/Rules").path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(files == Rules.all.map { $0.id + ".swift" }.sorted())
        for rule in Rules.all {
            let text = try String(contentsOfFile: "\(folder)/\(rule.id).swift", encoding: .utf8)
            let comment = text.split(separator: "\n", omittingEmptySubsequences: false).filter { $0.hasPrefix("///") }
                .map { $0 == "///" ? "" : String($0.dropFirst(4)) }.joined(separator: "\n")
            #expect(rule.manual == comment, "run Scripts/generate: \(rule.id)")
        }
    }

    @Test("The documentation's table has each rule")
    func table() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOfFile: root.appending(path: "Documentation/rules/README.md").path,
            encoding: .utf8
        )
        for rule in Rules.all {
            let fix = rule.fix.map { "\($0)" } ?? ""
            let head = "| [\(rule.id)](\(rule.id).md) | \(rule.summary)"
            let aliases = rule.aliases.joined(separator: ", ")
            let row = page.split(separator: "\n").first { $0.hasPrefix(head) }
            let end = " | \(rule.severity.name) | \(fix) | \(aliases) |"
            #expect(row?.hasSuffix(end) == true, "run Scripts/generate: \(rule.id)")
        }
    }
}
