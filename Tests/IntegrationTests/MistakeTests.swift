import Foundation
import Testing

/// The mistakes of first builds, each with what is wrong, where, and what to do, on engines of all kinds.
@Suite(.timeLimit(.minutes(5))) struct MistakeTests {
    /// An old BuildKit, a new one and none.
    static let engines = [EngineKind.docker20, .docker28, .podman].filter { $0.reasonNotToRun == nil }

    private static func check(_ mistake: Mistake, on engine: TestEngine?) async throws {
        try await withTemporaryDirectory { directory in
            try TestContext.write(
                mistake.dockerfile ?? "",
                to: directory,
                files: mistake.files.merging(["a.txt": ""]) { $1 }
            )
            if mistake.dockerfile == nil {
                try FileManager.default.removeItem(at: directory.appending(path: "Dockerfile"))
            }
            var arguments = engine == nil ? [] : ["--progress", "plain"]
            // What has failed for good isn't tried again here, to save time; podman does no such thing.
            if let engine, engine.kind != .podman { arguments += ["--retry", "0"] }
            let build = Build(
                arguments + mistake.arguments,
                in: directory,
                on: engine,
                environment: mistake.environment
            )
            let result = try await build.run()
            #expect(result.status == .exited(mistake.status), "\(result.errorOutput)")
            let told = mistake.told(result)
            for words in mistake.said { #expect(told.contains(words), "\(result.errorOutput)") }
            let marked = result.errorOutput.split(separator: "\n").filter { $0.contains(" | >>> ") }
            let wanted = mistake.line.map { line in marked.first?.contains(" \(line) | >>> ") == true }
            #expect(wanted ?? true, "\(result.errorOutput)")
        }
    }

    @Test(arguments: Mistake.withoutEngine)
    func `what is wrong here is told before an engine is asked`(mistake: Mistake) async throws {
        try await Self.check(mistake, on: nil)
    }

    @Test(.requiresEngine, arguments: engines, Mistake.onEngines)
    func `what an engine finds is told alike on all of them`(kind: EngineKind, mistake: Mistake) async throws {
        try await Self.check(mistake, on: try await TestEngine.shared(kind))
    }

    @Test func `a misspelt command has the nearest one beside it`() async throws {
        let result = try await runCaisson(["buid", "."])
        #expect(result.status == .exited(2))
        #expect(result.errorOutput.hasPrefix("error: unknown command \"buid\"; did you mean build?"))
    }

    @Test(.requiresEngine, arguments: engines)
    func `an image that its registry doesn't have is named once`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await TestRegistry.with { registry in
            let said =
                "the registry \(registry.address) has no image “base” with the tag “1.O” — check the name and the tag"
            let text = "FROM \(registry.address)/base:1.O\nCOPY a.txt /\n"
            try await Self.check(
                Mistake("a misspelt tag", ["."], text, status: 1, line: 1, "error: " + said),
                on: engine
            )
        }
    }

    @Test(.requiresEngine, arguments: engines)
    func `a registry without TLS is named with what lets this engine push there`(kind: EngineKind) async throws {
        // Engines need no permission for the loopback addresses.
        guard let host = TestRegistry.ownAddress else { return }
        let engine = try await TestEngine.shared(kind)
        try await TestRegistry.with(host: host) { registry in
            let name = registry.address
            let advice =
                switch kind {
                case .docker20: "list it among the ‘insecure-registries’ in the daemon.json of that dockerd"
                case .podman: "list it in the registries.conf of that podman, with ‘insecure = true’"
                case .docker26, .docker28: "push with --registry-insecure \(name)"
                }
            let push = ["-t", "\(name)/app:1", "--push", "."]
            let said = "error: the registry \(name) doesn't speak TLS — if that is meant, \(advice)"
            try await Self.check(Mistake("no TLS", push, status: 1, said), on: engine)
            guard kind == .docker28 else { return }
            // What it says is what helps.
            let followed = Mistake("TLS isn't asked for", ["--registry-insecure", name] + push, status: 0)
            try await Self.check(followed, on: engine)
        }
    }

    @Test(.requiresEngine, arguments: engines)
    func `a registry that wants a login is named with the command for it`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await TestRegistry.with(protected: true) { registry in
            let name = registry.address
            let push = Mistake(
                "no login",
                ["-t", "\(name)/app:1", "--push", "."],
                status: 1,
                "error: the registry \(name) wants a login to push \(name)/app:1 — log in with ‘docker login \(name)’, as somebody who may push there"
            )
            try await Self.check(push, on: engine)
            let pull =
                "error: the registry \(name) wants a login for \(name)/y:1 — check the image's name, or log in with ‘docker login \(name)’"
            try await Self.check(Mistake("no login", ["."], "FROM \(name)/y:1\n", status: 1, line: 1, pull), on: engine)
        }
    }
}
