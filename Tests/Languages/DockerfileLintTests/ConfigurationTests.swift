@testable import CaissonDockerfileLint
import CaissonDockerfile
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

    @Test("With the threshold none no finding makes a run fail, unlike with ignore", arguments: ["none", "ignore"])
    func thresholds(word: String) throws {
        var configuration = LintConfiguration()
        try configuration.apply(yaml: "failure-threshold: \(word)\n", name: "f")
        let linter = Linter(configuration)
        #expect(linter.fails(linter.lint(Dockerfile(parsing: "FROM debian\n"), name: "f")) == (word == "ignore"))
        #expect(linter.fails(linter.lint(Dockerfile(parsing: "FORM debian\n"), name: "f")))
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
            "ignored: a\nignored: b", "label-schema:\n  a: number", "no-fail: perhaps", "ignored: *x", "format: word",
            "ignored: a\n---\nignored: b",
        ]
    )
    func wrong(_ text: String) {
        var configuration = LintConfiguration()
        #expect(throws: LintError.self) { try configuration.apply(yaml: text, name: "f") }
    }

    @Test(
        "All that YAML has is read",
        arguments: [
            "ignored: [DL3000,\n  SC1010\n]\n", "ignored:\n- DL3000\n- SC1010\n...\n",
            "\u{FEFF}ignored: [DL3000, SC1010]",
            #"{"ignored": ["DL3000", "SC1010"]}"#, "ignored: [&a DL3000, SC1010, *a]",
            "ignored: [!!str DL3000, SC1010]",
            "ignored:\n  - >-\n    DL3000\n  - |-\n    SC1010\n", "? ignored\n: [DL3000, SC1010]",
        ]
    )
    func allOfYAML(_ text: String) throws {
        var configuration = LintConfiguration()
        try configuration.apply(yaml: text, name: "f")
        #expect(configuration.ignored == ["DL3000", "SC1010"])
    }

    @Test(
        "An error names the file, the line and what to do",
        arguments: [
            ("no-fail: true\nignore: a", "f:2: unknown key \"ignore\"; did you mean ignored?"),
            ("\nno-fail: perhaps", "f:2: no-fail must be true or false"),
            ("override:\n  fatal: [a]", "f:2: override: \"fatal\" is none of error, warning, info and style"),
            ("ignored: a\nignored: b", "f:2: the key \"ignored\" stands here twice, first on line 1; remove one"),
            ("ignored:\n\t- a", "f:2: a tab can't indent; write blanks"),
            ("- a", "f: the file must be a table of keys and values"),
        ]
    )
    func messages(_ text: String, _ message: String) throws {
        var configuration = LintConfiguration()
        let error = #expect(throws: LintError.self) { try configuration.apply(yaml: text, name: "f") }
        #expect(error?.message == message)
    }

    @Test(
        "An error of a TOML table names the file, the line and what to do",
        arguments: [
            ("[lint]\n\nx = 1", "f:3: [lint]: unknown key \"x\"; there are failure-threshold, "),
            ("[lint]\nformat = json", "f:2: this is no value; a text stands between quotation marks"),
            ("[lint]\nignored = 1.5", "f:2: [lint]: a number with decimals or a time can't stand here; "),
            ("lint = 1", "f:1: lint must be a table; write [lint]"),
        ]
    )
    func messagesOfTOML(_ text: String, _ message: String) throws {
        var configuration = LintConfiguration()
        let error = #expect(throws: LintError.self) { try configuration.apply(toml: text, name: "f") }
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
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
