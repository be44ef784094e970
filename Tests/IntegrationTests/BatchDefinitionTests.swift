import Foundation
import Testing

/// Where definitions of `caisson batch` come from, and what they may do.
@Suite struct BatchDefinitionTests {
    /// A definition whose target makes a file of what is in the context.
    private static let copying = """
        target "default" {
          dockerfile-inline = "FROM scratch\\nCOPY word /\\n"
          output            = ["out"]
        }

        """

    private func word(_ directory: URL) throws -> String {
        try String(contentsOf: directory.appending(path: "out/word"), encoding: .utf8)
    }

    /// Folders `served`, with a repository and an archive of a definition and its context, and `here`, with another context.
    private func withServer(_ body: (URL, String) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let there = directory.appending(path: "there")
            let parts = Self.copying.replacing("target", with: "target \"part\" {\n  context = \"part\"\n}\ntarget")
            try TestContext.write(
                "",
                to: there,
                files: [
                    "docker-bake.hcl": parts, "word": "there", "part/Dockerfile": "FROM scratch\nCOPY word /\n",
                    "part/word": "of the part",
                ]
            )
            let script = """
                set -e
                mkdir served
                tar -czf served/x.tar.gz -C there .
                git init -q -b main there
                git -C there add .
                git -C there -c user.name=T -c user.email=t@example.org commit -q -m one
                git clone -q --bare there served/x.git
                git -C served/x.git update-server-info
                cp there/docker-bake.hcl served
                """
            var prepare = Command("bash", ["-c", script])
            prepare.directory = directory.path
            try await runSuccessfully(prepare)
            let here = directory.appending(path: "here")
            try TestContext.write(
                "",
                to: here,
                files: ["word": "here", "mine.hcl": "target \"part\" {\n  args = { A = 1 }\n}\n"]
            )
            try await withFileServer(of: directory.appending(path: "served")) { try await body(here, $0) }
        }
    }

    @Test(.requires(.docker26), .requires(.docker28), arguments: BatchTests.engines)
    func `definitions of repositories and archives are built with their contexts, or with those that are here`(
        kind: EngineKind
    ) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withServer { here, address in
            let ways: [([String], String)] = [
                (["x.git"], "there"), (["x.git#main"], "there"), (["x.tar.gz"], "there"), (["docker-bake.hcl"], "here"),
                (["x.git", "--set", "default.context=cwd://"], "here"),
            ]
            for (words, expected) in ways {
                let result = try await Batch([address + words[0]] + words.dropFirst(), in: here, on: engine).run()
                #expect(result.succeeded, "\(words): \(result.errorOutput)")
                #expect(try word(here) == expected, "\(words)")
                try FileManager.default.removeItem(at: here.appending(path: "out"))
            }
            let output = ["--set", "part.output=out", "part"]
            try await Batch([address + "x.git#main"] + output, in: here, on: engine).succeed()
            #expect(try word(here) == "of the part")
            let mine = ["-f", "docker-bake.hcl", "-f", "cwd://mine.hcl", address + "x.git", "--print", "part"]
            let printed = try await Batch(mine, in: here, on: engine).succeed().output
            #expect(printed.contains("\"A\": \"1\"") && printed.contains("x.git#:part"), "\(printed)")
        }
    }

    @Test(.requires(.docker26))
    func `what isn't at an address is said`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withServer { here, address in
            let ways: [([String], String)] = [
                (["-f", "none.hcl", address + "x.git"], "there is no definition \"none.hcl\" at "),
                ([address + "none.hcl"], "404"), ([address + "x.git", "nothing"], "failed to find target \"nothing\""),
                ([address + "x.tar.gz", "part"], "part"),
            ]
            for (words, expected) in ways {
                let result = try await Batch(words, in: here, on: engine).run()
                #expect(result.status == .exited(2), "\(words): \(result.errorOutput)")
                #expect(result.errorOutput.contains(expected), "\(words): \(result.errorOutput)")
            }
        }
    }

    @Test(.requires(.docker26))
    func `a definition comes from standard input, and from a compose file`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let compose = """
                services:
                  app:
                    image: ${NAME}
                    build:
                      dockerfile: app.Dockerfile
                      additional_contexts: { base: "service:base" }
                      args: [ "WORD=${WORD:-none}" ]
                  base:
                    build: { dockerfile: base.Dockerfile }
                """
            let dockerfile = "FROM base\nARG WORD\nENV WORD=$WORD\nCMD echo \"composed $WORD\"\n"
            let files = ["word": "piped", "compose.yaml": compose, "app.Dockerfile": dockerfile]
            try Batch.write("", to: directory, files: files)
            let input = CommandInput.data(Data(Self.copying.utf8))
            try await Batch(["-f", "-"], in: directory, on: engine, input: input).succeed()
            #expect(try word(directory) == "piped")
            let environment = ["NAME": uniqueImageName("composed"), "WORD": "well"]
            let batch = Batch(["-f", "compose.yaml"], in: directory, on: engine, environment: environment)
            let said = try await batch.succeed().errorOutput
            #expect(said.contains(" app   built ") && said.contains(" base  built "), "\(said)")
            let image = try #require(environment["NAME"])
            #expect(try await engine.runContainer(image, "/bin/sh", "-c", "echo $WORD") == "well\n")
        }
    }

    // MARK: What a definition may do

    private func withSecret(_ body: (URL, TestEngine) async throws -> Void) async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let mount = "RUN --mount=type=secret,id=t test -s /run/secrets/t"
            let step =
                Batch.base + """
                    target "default" {
                      contexts          = { base = "target:base" }
                      dockerfile-inline = "FROM base\\n\(mount)\\n"
                      secret            = ["id=t,src=../token"]
                    }
                    """
            let place = directory.appending(path: "inside")
            try Batch.write(step, to: place)
            try Data("a token".utf8).write(to: directory.appending(path: "token"))
            try await body(place, engine)
        }
    }

    @Test(.requires(.docker26))
    func `a file elsewhere is read only if that is allowed`() async throws {
        try await withSecret { directory, engine in
            let refused = try await Batch(["--progress", "plain"], in: directory, on: engine).run()
            #expect(refused.status == .exited(2) && !refused.errorOutput.contains("#1"))
            let flag = try #require(refused.errorOutput.firstMatch(of: #/--allow=fs\.read=\S+/token/#)).output
            try await Batch([String(flag), "-q"], in: directory, on: engine).succeed()
            let off = ["BUILDX_BAKE_ENTITLEMENTS_FS": "0"]
            try await Batch(["-q"], in: directory, on: engine, environment: off).succeed()
        }
    }

    @Test(.requires(.docker26), arguments: [("y", Int32(0)), ("n", 2), ("", 2)])
    func `a person is asked`(answer: String, status: Int32) async throws {
        try await withSecret { directory, engine in
            let terminal = try Terminal.start(Batch(["-q"], in: directory, on: engine).command, columns: 100)
            try await terminal.awaitText("Do you allow this? [y/N]")
            for byte in answer.utf8 + [13] { try await terminal.press(byte) }
            let report = try await terminal.finish()
            #expect(report.status == status, "\(report.rows)")
            #expect(report.rows.contains { $0.hasPrefix("  - read /") && $0.hasSuffix("/token") }, "\(report.rows)")
            #expect(report.rows.contains { $0.hasPrefix("error: nothing was built") } == (status != 0))
        }
    }
}
