import CaissonDockerfile
@testable import CaissonDockerfileLint
import Testing

@Suite("Leaving findings out")
struct SuppressionTests {
    private func codes(_ text: String, _ configure: (inout LintConfiguration) -> Void = { _ in }) -> [String] {
        var configuration = LintConfiguration()
        configure(&configuration)
        return Linter(configuration).lint(Dockerfile(parsing: text), name: "x").findings.map(\.code)
    }

    @Test("A hadolint pragma holds for the next instruction, by either name of a rule")
    func nextInstruction() {
        #expect(codes("FROM a:1\n# hadolint ignore=DL3025\nCMD x\n") == [])
        #expect(
            codes("FROM a:1\n# hadolint ignore=JSONArgsRecommended # why\nENTRYPOINT x\nCMD x\n") == [
                "JSONArgsRecommended"
            ]
        )
        #expect(codes("FROM a:1\n# caisson ignore=DL3025 the shell is wanted\nCMD x\n") == [])
    }

    @Test("Several comments above an instruction all hold")
    func stacked() {
        #expect(codes("FROM a:1\n# hadolint ignore=DL3004\n# hadolint ignore=DL3003\nRUN sudo cd /x\n") == [])
    }

    @Test("A global pragma holds everywhere, a stage's in its stage")
    func wide() {
        #expect(codes("# hadolint global ignore=DL3006\nFROM a\nFROM b\nCOPY --from=0 /a /b\n") == [])
        let stage =
            "# hadolint stage ignore=DL3004\nFROM a:1 AS one\nRUN sudo x\nFROM b:1\nCOPY --from=one /a /b\nRUN sudo y\n"
        #expect(codes(stage) == ["DL3004"])
    }

    @Test("BuildKit's directive leaves checks out, at the top and above an instruction")
    func directive() {
        #expect(codes("# check=skip=JSONArgsRecommended\nFROM a:1\nCMD x\n") == [])
        #expect(codes("# check=skip=all\nFROM a:1 AS B\nRUN sudo x\n") == ["DL3004"])
        #expect(codes("FROM a:1\n# check=skip=JSONArgsRecommended\nCMD x\n") == [])
    }

    @Test("error=true makes a finding of BuildKit's an error, whatever the threshold")
    func failing() {
        var configuration = LintConfiguration()
        configuration.failureThreshold = .error
        let linter = Linter(configuration)
        let result = linter.lint(Dockerfile(parsing: "# check=error=true\nFROM a:1\nCMD x\n"), name: "x")
        #expect(linter.fails(result))
        #expect(!linter.fails(linter.lint(Dockerfile(parsing: "FROM a:1\nCMD x\n"), name: "x")))
    }

    @Test("Comments leave nothing out where they may not")
    func disabled() {
        #expect(
            codes("FROM a:1\n# hadolint ignore=DL3025\nCMD x\n") { $0.disablesPragmas = true } == [
                "JSONArgsRecommended"
            ]
        )
    }

    @Test("An experimental check runs where it is asked for")
    func experimental() {
        let text = "# about\nARG A=1\nFROM a:$A\n"
        #expect(codes("# check=experimental=all\n" + text) == ["InvalidDefinitionDescription"])
        #expect(codes(text) == [])
    }

    @Test("A severity of info turns a rule on that is off")
    func optional() {
        #expect(codes("FROM a:1\n") { $0.severities["UnpinnedBaseImage"] = .info } == ["UnpinnedBaseImage"])
        #expect(codes("FROM a:1\nCMD x\n") { $0.severities["DL3025"] = .ignore } == [])
    }

    @Test("What is wrong in a check option is an error", arguments: ["skip", "foo=bar", "error=maybe"])
    func wrongOptions(_ text: String) {
        #expect(throws: LintError.self) { try CheckOptions(parsing: text) }
    }
}
