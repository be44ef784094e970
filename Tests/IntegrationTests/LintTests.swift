import Foundation
import Testing

/// `caisson lint` where it meets others: registries, terminals' pipes, builds.
@Suite struct LintTests {
    @Test(.enabled(if: RegistryImages.registryIsThere, "skipped: no docker-registry (Scripts/install-engines)"))
    func `base images that are not there for the platform are found online`() async throws {
        try await TestRegistry.with { registry in
            try await RegistryImages.push(["amd64"], to: registry, "base/one", tag: "1")
            try await RegistryImages.push(["amd64", "arm64"], to: registry, "base/two", tag: "1")
            let text = """
                ARG ONE=\(registry.address)/base/one
                FROM --platform=linux/arm64 ${ONE}:1 AS a
                FROM --platform=linux/arm64 \(registry.address)/base/two:1 AS b
                FROM \(registry.address)/base/none:1 AS c
                FROM \(registry.address)/base/one:1
                COPY --from=a /x /x

                """
            try await withTemporaryDirectory { directory in
                try Data(text.utf8).write(to: directory.appending(path: "Dockerfile"))
                let file = directory.appending(path: "Dockerfile").path
                func found(_ flags: [String]) async throws -> (places: [String], said: String) {
                    let flags = ["lint", "--no-shellcheck", "--no-fail", "-f", "gnu"] + flags + [file]
                    let result = try await runSuccessfully(.caisson(flags))
                    let lines = result.output.split(separator: "\n").filter {
                        $0.contains("InvalidBaseImagePlatform")
                    }
                    return (lines.map { $0.dropFirst(file.count + 1).prefix { $0 != " " } + "" }, result.errorOutput)
                }
                let offline = try await found(["--platform", "linux/amd64"])
                #expect(offline.places == [] && offline.said.isEmpty)
                let online = try await found(["--online", "--platform", "linux/amd64"])
                #expect(online.places == ["2:29:"])
                #expect(online.said.contains("the platforms of \(registry.address)/base/none:1 can't be looked up"))
                #expect(try await found(["--online", "--platform", "arm64"]).places == ["2:29:", "5:6:"])
            }
        }
    }

    @Test func `what is left after the fixes is printed in the chosen format`() async throws {
        try await withTemporaryDirectory { directory in
            let file = directory.appending(path: "Dockerfile")
            let text = Data("FROM debian as b\nRUN sudo x\n".utf8)
            try text.write(to: file)
            let fixed = try await runCaisson(["lint", "--no-shellcheck", "--fix", "-f", "gnu", file.path])
            #expect(fixed.status == .exited(1))
            let lines = fixed.output.split(separator: "\n").map { $0.dropFirst(file.path.utf8.count + 1) }
            #expect(lines.map { $0.prefix { $0 != " " } } == ["1:6:", "2:5:"])
            #expect(fixed.errorOutput.contains("fixed 1 finding"))
            #expect(try String(contentsOf: file, encoding: .utf8) == "FROM debian AS b\nRUN sudo x\n")
            // The differences have standard output for themselves.
            try text.write(to: file)
            let diff = try await runCaisson(["lint", "--no-shellcheck", "--diff", file.path])
            #expect(diff.output.contains("+FROM debian AS b") && !diff.output.contains("DL3004"))
            #expect(try Data(contentsOf: file) == text)
        }
    }

    @Test func `a build that is checked first is not begun where that finds something`() async throws {
        try await withTemporaryDirectory { directory in
            let nowhere = ["CAISSON_HOST": "unix://\(directory.path)/nothing.sock"]
            let file = directory.appending(path: "Dockerfile")
            try Data("FROM debian:12\nRUN sudo true\n".utf8).write(to: file)
            let result = try await runCaisson(["build", "--lint=error", directory.path], environment: nowhere)
            #expect(result.status == .exited(1))
            #expect(result.errorOutput.contains("2:5 error DL3004"))
            #expect(result.errorOutput.contains("error: not built: --lint=error found the above"))
            // What weighs less is told, and the build goes on to the engine that isn't there.
            try Data("FROM debian\nRUN true\n".utf8).write(to: file)
            let more = try await runCaisson(["build", "--lint=error", directory.path], environment: nowhere)
            #expect(more.errorOutput.contains("1:6 warning DL3006"))
            #expect(more.errorOutput.contains("nothing.sock"))
        }
    }

    @Test func `findings for a pipe have no colours and no cut lines`() async throws {
        let line = "RUN sudo \(String(repeating: "x", count: 120))"
        let result = try await runCaisson(
            ["lint", "--no-shellcheck", "-"],
            input: .data(Data("FROM debian:12\n\(line)\n".utf8))
        )
        #expect(result.status == .exited(1))
        #expect(result.output.hasPrefix("-:2:5 error DL3004: "))
        #expect(result.output.contains("   2 | \(line)\n"))
        #expect(!result.output.contains("\u{1B}"))
        #expect(result.errorOutput == "1 finding (1 error) in 1 file; --fix=unsafe fixes 1\n")
    }
}
