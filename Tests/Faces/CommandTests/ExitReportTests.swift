import ArgumentParser
import CaissonBuildModel
import CaissonSystem
import Glibc
import Testing

@testable import caisson

@Suite("Exit status and complaints")
struct ExitReportTests {
    private func ending(_ words: [String]) async -> ExitReport {
        await Main.ending(of: words)
    }

    @Test(
        "Help and versions are printed on standard output and are no failure",
        arguments: [
            ["--help"], ["help", "build"], ["builder", "ls", "--help"], ["build", "--help"], ["build", "-h"],
            ["--version"], [], ["builder"],
        ]
    )
    func help(words: [String]) async {
        let ending = await ending(words)
        #expect(ending.status == 0)
        #expect(ending.complaint.isEmpty)
        #expect(ending.output.hasSuffix("\n"))
        #expect(!ending.output.contains("supervise"))
    }

    @Test(
        "Wrong usage ends with status 2 and names the thing",
        arguments: [
            (["buidl"], "unknown command \"buidl\"; did you mean build?"),
            (["frobnicate"], "the commands are batch, build,"),
            (["build"], "no build context is given; for this directory: caisson build .\n"),
            (["build", "-q", "--tag", "x"], "for this directory: caisson build ."),
            (["build", "a", "b"], "a build has one context, but 2 are given: \"a\" and \"b\"\n"),
            (["build", "-tag", "x", "."], "\"x\" and \".\"; did you mean --tag?"), (["build", "--tag"], "--tag"),
            (["build", "–t", "x", "."], "“–t” begins with a dash that isn't “-”; did you mean -t?"),
            (["build", "—tag", "x", "."], "did you mean --tag?"), (["build", "--build-args", "x=1"], "--build-args"),
            (["builder", "crate"], "unknown command \"builder crate\"; did you mean builder create?"),
            (["image", "inspct", "x"], "unknown command \"image inspct\"; did you mean image inspect?"),
            (["context", "frobnicate"], "the commands are ls, size, explain, export"),
            (["build", "--platfrom", "x", "."], "Did you mean '--platform'?"), (["build", "-x", "."], "'-x'"),
            (["build", "--pull=maybe", "."], "--pull=maybe"),
            (["build", "--progress", "ttyy", "."], "did you mean tty?"),
            (["build", "--progress", "plain", "-q", "."], "--quiet"), (["build", "-t", "A", "."], "must be lowercase"),
            (["build", "--push", "."], "give it one with --tag REGISTRY/REPOSITORY:TAG"),
            (["build", "--attest", "type=sbom", "--attest", "type=sbom", "."], "--attest asks for sbom twice"),
            (["build", "-f", "gone/D", "."], "; name it with --file, or - to read it from standard input"),
            (["build", "-t", "a@sha256:\(String(repeating: "a", count: 64))", "."], "has a digest"),
            (["build", "--platform", "linux/amd46", "."], "--platform: invalid platform \"linux/amd46\""),
            (["build", "--network", "bridge", "."], "--network: invalid network mode \"bridge\""),
            (["build", "--ulimit", "x=1", "."], "--ulimit: "), (["build", "--shm-size", "x", "."], "--shm-size: "),
            (["build", "--add-host", "x", "."], "--add-host: "),
            (["build", "--build-arg", "=1", "."], "--build-arg: "),
            (["build", "--label", "=1", "."], "--label: "), (["build", "-o", "type=zip", "."], "--output: "),
            (["build", "--no-cache", "--no-cache-filter", "a", "."], "--no-cache-filter"),
            (["build", "--push", "."], "needs a name"),
            (["build", "--iidfile", "i", "--metadata-file", "i", "."], "both \"i\""),
            (["build", "-f", "-", "-"], "standard input can't be both"),
            (["build", "-f", "http://127.0.0.1:1/D", "."], "fetch the Dockerfile http://127.0.0.1:1/D"),
            (["build", "https://u:s3cret@r.example/a.git"], "GIT_AUTH_TOKEN"), (["build", ""], "it is empty"),
            (["build", "--addr", "a", "--builder", "b", "."], "give one of them"),
            (["build", "/nonexistent/app"], "/nonexistent/app"), (["version", "--format", "yaml"], "'yaml'"),
        ]
    )
    func usage(words: [String], thing: String) async {
        let ending = await ending(words)
        #expect(ending.status == 2)
        #expect(ending.output.isEmpty)
        #expect(ending.complaint.hasPrefix("error: "))
        #expect(ending.complaint.contains(thing), "\(ending.complaint)")
        #expect(!ending.complaint.contains("s3cret"))
    }

    @Test(
        "A flag of docker's that is not here yet is refused by its name",
        arguments: BuildFlags.unavailable.keys.sorted()
    )
    func unavailable(flag: String) async {
        for words in [["build", flag, "x", "."], ["build", "\(flag)=x", "."]] {
            let ending = await ending(words)
            #expect(ending.status == 2)
            #expect(ending.complaint.contains("\(flag) is not available yet in this version"))
        }
    }

    @Test(
        "A flag of docker's from before BuildKit is taken, and what does instead is told",
        arguments: [
            (["-m", "1g"], "--memory"), (["-m=1g"], "--memory"), (["-m1g"], "--memory"), (["-c", "2"], "--cpu-shares"),
            (["--squash"], "--squash"), (["-D"], "--debug"), (["--isolation=process"], "--isolation"),
            (["--security-opt", "a", "--security-opt", "b"], "--security-opt"),
        ]
    )
    func ignored(words: [String], name: String) throws {
        let command = try buildCommand(words + ["-t", "a", "."])
        #expect(try command.request(environment: [:]) == buildCommand(["-t", "a", "."]).request(environment: [:]))
        #expect(command.steps.warnings.count == 1 && command.steps.warnings[0].hasPrefix("\(name) has no effect: "))
    }

    @Test(
        "A build argument that the environment doesn't have is told of",
        arguments: ["A", "A=1", "B", "http_proxy", "=x"]
    )
    func unsetArguments(word: String) throws {
        let said = try buildCommand(["--build-arg", word, "."]).steps.unsetArguments(["B": ""])
        #expect(said == (word == "A" ? ["--build-arg A: the environment has no A; its ARG keeps its default"] : []))
    }

    @Test("A flag that isn't asked for is not told of", arguments: [["-m", ""], ["--memory="], ["--squash=false"]])
    func notIgnored(words: [String]) throws {
        #expect(try buildCommand(words + ["."]).steps.warnings == [])
    }

    @Test(
        "The kind of an error decides the status",
        arguments: [
            (BuildError.Code.usage, 2), (.unsupported, 2), (.engine, 1), (.step, 1), (.output, 1),
            (.deadlineExceeded, 1),
            (.cancelled, 130),
        ] as [(BuildError.Code, Int32)]
    )
    func codes(code: BuildError.Code, status: Int32) {
        #expect(ExitReport.of(BuildError(code, "why")).status == status)
        #expect(ExitReport.of(BuildError(code, "why")).complaint == "error: why\n")
    }

    @Test("A cancelled task ends with 130, an unknown error with 1, a parse error with 2")
    func others() {
        #expect(ExitReport.of(CancellationError()).status == 130)
        #expect(ExitReport.of(Errno(2)).status == 1)
        #expect(ExitReport.of(Errno(2)).complaint.contains("No such file or directory"))
        #expect(ExitReport.of(ParseError("tag", "x", "bad")).status == 2)
        let reported = ReportedError(error: BuildError(.step, "x"), report: "log\nerror: x\n")
        #expect(ExitReport.of(reported) == ExitReport(complaint: "log\nerror: x\n", status: 1))
    }

    @Test("What an engine says can't steer the terminal")
    func steering() {
        let complaint = ExitReport.of(BuildError(.engine, "a\u{1B}[2J\nb\u{202E}")).complaint
        #expect(!complaint.contains("\u{1B}"))
        #expect(!complaint.contains("\u{202E}"))
        #expect(complaint.split(separator: "\n").allSatisfy { $0.hasPrefix("error: ") || $0.hasPrefix("  ") })
    }
}

@Suite("caisson builder and caisson version")
struct OtherCommandTests {
    @Test("The words of builder's commands are read")
    func builder() throws {
        let list = try Caisson.parseAsRoot(["builder", "ls", "--format", "json"]) as? BuilderCommand.List
        #expect(list?.format == "json")
        let inspect = try Caisson.parseAsRoot(["builder", "inspect", "x"]) as? BuilderCommand.Inspect
        #expect(inspect?.name == "x")
        #expect(inspect?.format == .table)
        #expect(try Caisson.parseAsRoot(["builder", "use", "x"]) is BuilderCommand.Use)
        #expect((try Caisson.parseAsRoot(["builder", "rm", "x", "y"]) as? BuilderCommand.Remove)?.names == ["x", "y"])
        #expect(try Caisson.parseAsRoot(["builder", "stop"]) is BuilderCommand.Stop)
        let supervise = try Caisson.parseAsRoot(["builder", "supervise", "--state", "/s"]) as? BuilderCommand.Supervise
        #expect(supervise?.state == "/s")
    }

    @Test("The version is printed for people and for programs", arguments: ListFormat.allCases)
    func version(format: ListFormat) async throws {
        try await withTemporaryDirectory { directory in
            let number = open("\(directory)/out", O_WRONLY | O_CREAT, 0o600)
            defer { close(number) }
            let words = ["version", "--format", format.rawValue]
            let command = try #require(try Caisson.parseAsRoot(words) as? VersionCommand)
            try command.print(to: BorrowedDescriptor(number: number))
            #expect(contents(of: "\(directory)/out")?.contains(Version.number) == true)
            let full = #expect(throws: BuildError.self) { try command.print(to: BorrowedDescriptor(number: -1)) }
            #expect(full?.exitStatus == 1)
        }
    }
}
