@testable import CaissonDockerfileLint
import Testing

@Suite("Configuration of the linter")
struct ConfigurationTests {
    @Test("hadolint's file is read with all its keys")
    func yaml() throws {
        var configuration = LintConfiguration()
        try configuration.apply(
            yaml: """
                ---
                failure-threshold: warning # a comment
                format: 'json'
                no-fail: yes
                ignored:
                  - DL3000
                  - "SC1010"
                override:
                  error: [DL3001, DL3002]
                  style:
                  - DL3003
                label-schema:
                  author: text
                  created: rfc3339
                strict-labels: true
                trustedRegistries: docker.io
                """,
            name: "f"
        )
        #expect(configuration.failureThreshold == .warning)
        #expect(configuration.format == "json")
        #expect(configuration.noFail)
        #expect(configuration.ignored == ["DL3000", "SC1010"])
        #expect(configuration.severities == ["DL3001": .error, "DL3002": .error, "DL3003": .style])
        #expect(configuration.rules.labelSchema == ["author": .text, "created": .rfc3339])
        #expect(configuration.rules.trustedRegistries == ["docker.io"])
    }

    @Test("Our table of a TOML file has the same keys; other tables are passed over")
    func toml() throws {
        var configuration = LintConfiguration()
        try configuration.apply(
            toml: """
                [build_engine]
                max_concurrent_builds = 4
                [lint]
                failure-threshold = "error"
                ignored = [
                  "DL3000", # why
                  "DL3001",
                ]
                strict-labels = true
                override = { info = ["DL3008"] }
                [lint.label-schema]
                "org.opencontainers.image.version" = "semver"
                [history]
                x = 1
                """,
            name: "f"
        )
        #expect(configuration.failureThreshold == .error)
        #expect(configuration.ignored == ["DL3000", "DL3001"])
        #expect(configuration.severities == ["DL3008": .info])
        #expect(configuration.rules.labelSchema == ["org.opencontainers.image.version": .semver])
    }

    @Test(
        "What doesn't parse, and what there is not, is an error",
        arguments: [
            "ignored: [DL3000", "foo: bar", "ignored:\n\t- a", "failure-threshold: bad", "override:\n  fatal: [a]",
            "- a", "a",
            "ignored: a\nignored: b", "label-schema:\n  a: number", "no-fail: perhaps", "ignored: &x a", "format: word",
        ]
    )
    func wrong(_ text: String) {
        var configuration = LintConfiguration()
        #expect(throws: LintError.self) { try configuration.apply(yaml: text, name: "f") }
    }

    @Test(
        "A wrong TOML table is an error",
        arguments: ["[lint]\nx = 1", "[lint]\nignored = [", "[lint]\nignored", "[lint]\nformat = json"]
    )
    func wrongTOML(_ text: String) {
        var configuration = LintConfiguration()
        #expect(throws: LintError.self) { try configuration.apply(toml: text, name: "f") }
    }

    @Test("The environment is read, HADOLINT_* and BUILDKIT_DOCKERFILE_CHECK")
    func environment() throws {
        var configuration = LintConfiguration()
        try configuration.apply(environment: [
            "HADOLINT_NOFAIL": "1", "HADOLINT_IGNORE": "DL3000, DL3001", "HADOLINT_OVERRIDE_ERROR": "DL3008",
            "HADOLINT_FAILURE_THRESHOLD": "style", "HADOLINT_REQUIRE_LABELS": "a:semver", "NO_COLOR": "1",
            "BUILDKIT_DOCKERFILE_CHECK": "skip=StageNameCasing;error=true",
        ])
        #expect(configuration.noFail && configuration.noColor)
        #expect(configuration.ignored == ["DL3000", "DL3001"])
        #expect(configuration.severities == ["DL3008": .error])
        #expect(configuration.failureThreshold == .style)
        #expect(configuration.rules.labelSchema == ["a": .semver])
        #expect(configuration.check?.skipped == ["StageNameCasing"])
        #expect(configuration.check?.failsBuild == true)
    }
}
