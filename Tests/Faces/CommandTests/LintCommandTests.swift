@testable import caisson
import CaissonBuildModel
import CaissonDockerfile
import CaissonDockerfileLint
import CaissonSystem
import FoundationEssentials
import Testing

@Suite("caisson lint")
struct LintCommandTests {
    private func write(_ text: String, _ name: String, in directory: String) throws -> String {
        let path = "\(directory)/\(name)"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }

    private func makeDirectory() throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/lint-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private func status(_ words: [String]) async -> Int32 {
        await Main.ending(of: ["lint", "--no-shellcheck"] + words).status
    }

    @Test("The exit status is 0 for nothing, 1 for findings and files that don't parse, 2 for wrong usage")
    func statuses() async throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let good = try write("FROM debian:12\nUSER 1000\n", "good", in: directory)
        let bad = try write("FROM debian\n", "bad", in: directory)
        let broken = try write("FORM debian\n", "broken", in: directory)
        let style = try write("FROM debian:12\nLABEL A=1\n", "style", in: directory)
        #expect(await status([good, "-f", "gnu"]) == 0)
        #expect(await status([bad, "-f", "json"]) == 1)
        #expect(await status([broken, "-f", "json", "-t", "error"]) == 1)
        #expect(await status([style, "-f", "json"]) == 0)
        #expect(await status([style, "-f", "json", "-t", "style"]) == 1)
        #expect(await status([bad, "--no-fail", "-f", "json"]) == 0)
        #expect(await status([bad, "-f", "codeclimate"]) == 0)
        #expect(await status([bad, "-t", "error", "-f", "json"]) == 0)
        #expect(await status([bad, "-t", "fatal"]) == 2)
        #expect(await status([bad, "-f", "xml"]) == 2)
        #expect(await status([directory + "/missing"]) == 2)
        #expect(await status([style, "-f", "json", "-t", "ignore"]) == 1)
        #expect(await status([bad, "-f", "json", "-t", "None"]) == 0)
        #expect(await status([broken, "-f", "json", "-t", "none"]) == 1)
        let misspelt = await Main.ending(of: ["lint", bad, "-t", "eror"])
        #expect(misspelt.complaint == "error: --failure-threshold: unknown severity \"eror\"; did you mean error?\n")
        #expect(await status([bad, "--ignore", "DL3006", "-f", "json"]) == 0)
    }

    @Test("Long runs of files are one word for the parser, and every file in its order after it")
    func folding() throws {
        let many = (1...200).map { "f\($0)" }
        let words = ["-f", "json"] + many + ["--no-fail", "-"] + many + ["--", "--odd"] + many
        let folded = FoldedOperands(words)
        #expect(folded.words.count < 16)
        let lint = try #require(try Caisson.command(for: ["lint"] + words) as? LintCommand)
        #expect(lint.files == many + ["-"] + many + ["--odd"] + many)
        #expect(lint.output.format == "json")
        #expect(lint.rules.noFail)
        let few = ["a", "-t", "error", "b"]
        #expect(FoldedOperands(few).words == few)
        #expect(FoldedOperands(few).unfolded(["a", "b"]) == ["a", "b"])
    }

    @Test("A configuration that doesn't parse is an error that names it")
    func configuration() async throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let file = try write("FROM debian:12\n", "Dockerfile", in: directory)
        let config = try write("ignored: [DL3000\n", "bad.yaml", in: directory)
        let ending = await Main.ending(of: ["lint", "-c", config, file])
        #expect(ending.status == 2)
        #expect(ending.complaint.contains("bad.yaml:2"))
    }

    @Test("A directory is searched for what is named as Dockerfiles are")
    func directories() throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for name in [
            "Dockerfile", "Dockerfile.dev", "web.Dockerfile", "Containerfile", "Dockerfile.dockerignore", "README",
        ] {
            _ = try write("FROM a\n", name, in: directory)
        }
        let found = try LintInput.find([directory], named: nil).map { PathFacts.split($0.name).name }
        #expect(found == ["Containerfile", "Dockerfile", "Dockerfile.dev", "web.Dockerfile"])
    }

    @Test("A plain file is checked whatever its name, once for each time it is named")
    func files() async throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for name in ["Dockerfile", "app.txt"] {
            let path = try write("FROM debian\n", name, in: directory)
            #expect(try LintInput.find([path], named: nil) == [LintInput(path: path, name: path)])
            #expect(try LintInput.find([path, path], named: "shown").map(\.name) == ["shown", "shown"])
            #expect(try String(decoding: LintInput(path: path, name: path).read(), as: UTF8.self) == "FROM debian\n")
            #expect(await status([path, "-f", "json"]) == 1)
            _ = try write("FROM debian:12\n", name, in: directory)
            #expect(await status([path, "-f", "json"]) == 0)
        }
        let near = #expect(throws: BuildError.self) { try LintInput.find([directory + "/Dockerfil"], named: nil) }
        #expect(near?.message.hasSuffix("did you mean \(directory)/Dockerfile?") == true)
    }

    @Test("--fix writes the safe fixes, --fix=unsafe the others too, and --diff nothing")
    func fixes() async throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let text = "FROM debian:12 as b\nWORKDIR x\nRUN true\n"
        let path = try write(text, "Dockerfile", in: directory)
        _ = await status([path, "--diff", "--fix"])
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        _ = await status([path, "--fix"])
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "FROM debian:12 AS b\nWORKDIR x\nRUN true\n")
        _ = await Main.ending(of: ["lint", "--no-shellcheck", path, "--fix=unsafe"])
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "FROM debian:12 AS b\nWORKDIR /x\nRUN true\n")
    }

    @Test("--rules chooses whose rules run, and names that no rule has are told")
    func names() async throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = try write("FROM debian as b\nRUN sudo x\n", "Dockerfile", in: directory)
        let setup = try #require(try Caisson.command(for: ["lint", "--rules", "hadolint", path]) as? LintCommand)
        let linter = try LintSetup(setup.rules, setup.output, environment: [:]).linter
        #expect(linter.configuration.ruleSet == .hadolint)
        #expect(await status([path, "--rules", "other"]) == 2)
        let words = ["lint", "--ignore", "dl3006,DL9999", "--error", "Nothing", path]
        let other = try #require(try Caisson.command(for: words) as? LintCommand)
        let told = try LintSetup(other.rules, other.output, environment: [:])
        #expect(told.notes == ["--ignore: there is no rule \"DL9999\"", "--error: there is no rule \"Nothing\""])
        #expect(told.linter.configuration.ignored.contains("DL3006"))
    }

    @Test("Every rule can be explained by each of its names, and one that there is not is a usage error")
    func explains() throws {
        for rule in Rules.all {
            for name in rule.names { #expect(try LintText.manual(of: name).contains("## Why it matters")) }
        }
        #expect(throws: BuildError.self) { try LintText.manual(of: "DL9999") }
        #expect(LintText.list().split(separator: "\n").count == Rules.all.count)
    }

    @Test("--lint of a build has a value only behind an equals sign")
    func beforeBuild() throws {
        #expect(try CommandWords.normalised(["build", "--lint", "."]) == ["build", "--lint", "warning", "."])
        #expect(try CommandWords.normalised(["build", "--lint=error", "."]) == ["build", "--lint", "error", "."])
    }

    @Test("--plan of a build has a value only behind an equals sign, and asks for nothing else")
    func plan() throws {
        #expect(try CommandWords.normalised(["build", "--plan", "."]) == ["build", "--plan", "text", "."])
        #expect(try CommandWords.normalised(["build", "--plan=json", "."]) == ["build", "--plan", "json", "."])
        #expect(try CommandWords.normalised(["build", "--plan=", "."]) == ["build", "."])
        let others = [
            "--check", "--call=outline", "--report=r.html", "--metadata-file=m", "--iidfile=i", "--plan=yaml",
        ]
        for other in others {
            let words = try CommandWords.normalised(["build", "--plan", other, "."])
            #expect(throws: (any Error).self, "\(other)") {
                let command = try #require(try Caisson.command(for: words) as? BuildCommand)
                _ = try command.request(environment: [:])
            }
        }
    }

    @Test("Flags go before the file, and the file before the environment")
    func precedence() throws {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let config = try write(
            "failure-threshold: warning\nignored: [DL3001]\noverride:\n  style: [DL3002]\n",
            "c.yaml",
            in: directory
        )
        let environment = [
            "HADOLINT_FAILURE_THRESHOLD": "error", "HADOLINT_IGNORE": "DL3000", "HADOLINT_OVERRIDE_INFO": "DL3002",
            "HADOLINT_NOFAIL": "true",
        ]
        func configuration(_ words: [String], _ environment: [String: String]) throws -> LintConfiguration {
            let command = try #require(try Caisson.command(for: ["lint"] + words) as? LintCommand)
            return try LintSetup(command.rules, command.output, environment: environment).linter.configuration
        }
        let own = try configuration(["-c", config, "-t", "style", "--warning", "DL3002"], environment)
        #expect(own.failureThreshold == .style)
        #expect(own.severities["DL3002"] == .warning)
        let file = try configuration(["-c", config], environment)
        #expect(file.failureThreshold == .warning)
        #expect(file.ignored == ["DL3001"])
        #expect(file.severities["DL3002"] == .style)
        #expect(file.noFail, "what the file doesn't say is the environment's")
        let none = try configuration(["-c", "/dev/null"], environment)
        #expect(none.failureThreshold == .error)
        #expect(none.ignored == ["DL3000"])
    }

    @Test(
        "ShellCheck's findings stand where they are in the Dockerfile",
        .enabled(if: shellCheck != nil, "shellcheck is not installed")
    )
    func shellCheckFindings() async throws {
        let program = ShellCheckProgram(path: try #require(Self.shellCheck))
        let text = """
            FROM debian:12
            ARG VERSION
            RUN echo "$VERSION" \\
              # why

              && echo é $unknown
            RUN <<EOF
            cd /x
            EOF
            RUN cat <<X >/y && true $z
            text $not
            X
            SHELL ["pwsh"]
            RUN echo $left-alone

            """
        let findings = try await program.findings(in: Facts(file: Dockerfile(parsing: text)), severities: Linter())
        let places = findings.map { "\($0.code) \($0.start.line):\($0.start.column)" }
        for place in ["SC2086 6:13", "SC2154 6:13", "SC2164 8:1", "SC2154 10:25", "SC2154 11:6"] {
            #expect(places.contains(place), "\(places)")
        }
        #expect(!findings.contains { $0.start.line > 12 || $0.start.line == 3 }, "\(places)")
        #expect(findings.first { $0.start.line == 6 }?.instructionLine == 3)
    }

    private static let shellCheck = ShellCheckProgram.find(in: ProcessInfo.processInfo.environment["PATH", default: ""])
}
