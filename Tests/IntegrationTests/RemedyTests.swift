import Foundation
import Testing

/// What real engines' failures end with.
@Suite struct RemedyTests {
    /// A Dockerfile that fails, and what its user is told.
    struct Sample: Sendable, CustomTestStringConvertible {
        var text: String
        var flags: [String] = []
        var said: String
        var testDescription: String { said }

        static let all = [
            Sample(
                text: "\(TestContext.busyboxBase)\nRUN --mount=type=secret,id=tok,required=true true\n",
                said: "give it one with --secret id=tok,src=FILE or --secret id=tok,env=NAME"
            ),
            Sample(
                text: "\(TestContext.busyboxBase)\nRUN --mount=type=ssh,required=true true\n",
                said: "give it yours with --ssh default"
            ),
            Sample(
                text: "FROM scratch AS builder\nCOPY a /\nFROM bulder\nCOPY a /b\n",
                said: "did you mean the stage \"builder\"?"
            ),
            Sample(
                text: "FROM scratch AS builder\nCOPY a /\nFROM scratch\nCOPY --from=bulder /a /\n",
                said: "did you mean the stage \"builder\"?"
            ),
            Sample(
                text: "FROM scratch AS builder\nCOPY a /\n",
                flags: ["--target", "bulder"],
                said: "did you mean builder?"
            ),
            Sample(
                text: "FROM scratch\nCOPY A.txt /\n",
                said: "\"A.txt\" isn't in the build context — did you mean a.txt?"
            ),
            Sample(
                text: "FROM scratch\nCOPY a /\nRUN echo a\n",
                said: "the stage has no shell, /bin/sh, to run the step with"
            ),
            Sample(
                text: "\(TestContext.busyboxBase)\nRUN [\"/bin/nope\"]\n",
                said: "there is no program \"/bin/nope\" in the stage"
            ),
            Sample(
                text: "\(TestContext.busyboxBase)\nRUN no-such-program\n",
                said: "127 is for a program that isn't there"
            ),
        ]
    }

    @Test(.requiresEngine, arguments: [EngineKind.docker20, .docker28], Sample.all)
    func `a failure says what to do next`(kind: EngineKind, sample: Sample) async throws {
        guard EngineKind.testable.contains(kind) else { return }
        let engine = try await TestEngine.shared(kind)
        // The oldest one names the file alone.
        if kind == .docker20, sample.said.contains("isn't in the build context") { return }
        try await withTemporaryDirectory { directory in
            try TestContext.write(sample.text, to: directory, files: ["a": "", "a.txt": ""])
            let build = Build(sample.flags + ["--retry", "0", "."], in: directory, on: engine)
            let result = try await build.run()
            #expect(!result.succeeded && result.errorOutput.contains(sample.said), "\(result.errorOutput)")
        }
    }

    @Test(.requiresEngine, arguments: [EngineKind.docker20, .docker28])
    func `a registry that wants a login is named with the command for it`(kind: EngineKind) async throws {
        guard EngineKind.testable.contains(kind) else { return }
        let engine = try await TestEngine.shared(kind)
        try await TestRegistry.with(protected: true) { registry in
            try await withTemporaryDirectory { directory in
                try TestContext.write("FROM scratch\nCOPY a /\n", to: directory, files: ["a": ""])
                let push = Build(["-t", registry.address + "/x", "--push", "."], in: directory, on: engine)
                try await push.fail(
                    with: 1,
                    saying: "log in with ‘docker login \(registry.address)’, as somebody who may push"
                )
                try TestContext.write("FROM \(registry.address)/y\nCOPY a /\n", to: directory, files: ["a": ""])
                let pull = Build(["."], in: directory, on: engine)
                try await pull.fail(
                    with: 1,
                    saying: "or log in with ‘docker login \(registry.address)’ where it isn't public"
                )
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `what nothing uses is told, and the build goes on`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write("FROM scratch\nARG VERSION=1\nCOPY a /\n", to: directory, files: ["a": ""])
            let result = try await Build(["--build-arg", "VERSON=2", "."], in: directory, on: engine).run()
            let warning = "warning: --build-arg VERSON: no ARG of the Dockerfile takes it; did you mean VERSION?\n"
            #expect(result.succeeded && result.errorOutput.contains(warning), "\(result.errorOutput)")
        }
    }
}
