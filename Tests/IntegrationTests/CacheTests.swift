import Foundation
import Testing

/// Caches outside of the engine, whole and broken.
@Suite(.serialized) struct CacheTests {
    /// Runs a body with a context whose steps no other test has.
    private func withContext(
        _ kind: EngineKind,
        _ body: (URL, TestEngine) async throws -> Void
    ) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            let word = uniqueImageName("cache")
            let steps = """
                FROM base AS one
                RUN echo \(word) >/one
                FROM base AS two
                RUN echo \(word) >/two
                FROM base
                COPY --from=one /one /
                COPY --from=two /two /

                """
            try TestContext.write(TestContext.busyboxBase + steps, to: directory)
            try await body(directory, engine)
        }
    }

    /// The steps of a build that are instructions, and whether each was cached.
    ///
    /// All stages here have names. A step that other builds have at the same moment is told under their names, too: of a stage
    /// without a name, `[1/3] COPY …`.
    private func steps(_ result: ProcessResult) -> [String: Bool] {
        var steps: [String: Bool] = [:]
        for step in ProgressLine.all(of: result.standardError).flatMap({ $0.vertexes ?? [] })
        where step.name.hasPrefix("[") && !step.name.hasPrefix("[internal]")
            && step.name.dropFirst().first?.isLetter == true
        {
            steps[step.name] = step.cached ?? false || steps[step.name] ?? false
        }
        return steps
    }

    private func expectAllCached(_ result: ProcessResult, sourceLocation: SourceLocation = #_sourceLocation) {
        let steps = steps(result)
        #expect(steps.count >= 4, sourceLocation: sourceLocation)
        #expect(steps.values.allSatisfy { $0 }, "\(steps)", sourceLocation: sourceLocation)
    }

    private static let nowhere = ["-o", "type=cacheonly", "--progress", "rawjson", "."]

    @Test(
        .requires(.docker26),
        arguments: ["mode=max", "mode=max,compression=zstd,force-compression=true,oci-mediatypes=true"]
    )
    func `a cache in a registry makes every step of a build elsewhere cached`(attributes: String) async throws {
        try await TestRegistry.with { registry in
            try await withContext(.docker26) { directory, engine in
                let name = "\(registry.address)/cache:x"
                let export = ["--cache-to", "type=registry,ref=\(name),\(attributes)"]
                try await Build(export + Self.nowhere, in: directory, on: engine).succeed()
                try await engine.pruneLayers()
                let result = try await Build(["--cache-from", name] + Self.nowhere, in: directory, on: engine).succeed()
                expectAllCached(result)
                #expect(!result.errorOutput.contains("warnings"))
            }
        }
    }

    @Test(.requires(.docker26))
    func `a cache in a directory makes every step cached, also on an engine that can't write one`() async throws {
        try await withContext(.docker26) { directory, engine in
            let export = ["--cache-to", "type=local,dest=../cache.\(directory.lastPathComponent),mode=max"]
            try await Build(export + Self.nowhere, in: directory, on: engine).succeed()
            let source = ["--cache-from", "type=local,src=../cache.\(directory.lastPathComponent)"]
            try await engine.pruneLayers()
            expectAllCached(try await Build(source + Self.nowhere, in: directory, on: engine).succeed())
            // Once more into the same directory: nothing is written twice, and the tag still stands.
            try await Build(export + source + Self.nowhere, in: directory, on: engine).succeed()
            try await engine.pruneLayers()
            expectAllCached(try await Build(source + Self.nowhere, in: directory, on: engine).succeed())
            let cache = directory.deletingLastPathComponent().appending(path: "cache.\(directory.lastPathComponent)")
            try FileManager.default.removeItem(at: cache)
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `an inline cache comes with the image`(kind: EngineKind) async throws {
        try await TestRegistry.with { registry in
            try await withContext(kind) { directory, engine in
                let name = "\(registry.address)/inline:x"
                let flags = ["--cache-to", "type=inline", "--push", "-t", name, "."]
                try await Build(flags, in: directory, on: engine).succeed()
                try await engine.docker("rmi", name)
                try await engine.pruneLayers()
                let again = ["--cache-from", name] + Self.nowhere
                let result = try await Build(again, in: directory, on: engine).succeed()
                // mode=min: the steps of the image itself.
                let cached = steps(result).filter(\.value).keys
                #expect(cached.contains { $0.contains("COPY --from=two") }, "\(steps(result))")
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable, BrokenRegistry.Mode.allCases)
    func `a cache that can't be read is a warning that names it`(
        kind: EngineKind,
        mode: BrokenRegistry.Mode
    ) async throws {
        try await BrokenRegistry.with(mode) { registry in
            try await withContext(kind) { directory, engine in
                let name = "\(registry.address)/cache:x"
                let flags = ["--cache-timeout", "3s", "--cache-from", name, "-o", "type=cacheonly", "."]
                let result = try await Build(flags, in: directory, on: engine).succeed(within: .seconds(40))
                #expect(result.errorOutput.contains("registry cache \(name)"), "\(result.errorOutput)")
                if mode == .hang { #expect(result.wallTime < .seconds(15)) }
            }
        }
    }

    @Test(.requires(.docker26), arguments: BrokenRegistry.Mode.allCases)
    func `a cache that can't be written is a warning that names it, and the result is there`(
        mode: BrokenRegistry.Mode
    ) async throws {
        try await BrokenRegistry.with(mode) { registry in
            try await withContext(.docker26) { directory, engine in
                let name = "\(registry.address)/cache:x"
                let cache = ["--cache-timeout", "3s", "--retry", "1", "--cache-to", "type=registry,ref=\(name)"]
                let flags = cache + ["-o", "out", "-o", "type=tar,dest=-", "."]
                let result = try await Build(flags, in: directory, on: engine).succeed(within: .seconds(60))
                #expect(result.errorOutput.contains("registry cache \(name)"), "\(result.errorOutput)")
                #expect(FileManager.default.fileExists(atPath: directory.appending(path: "out/two").path))
                #expect(try await Tools.listing(of: result.standardOutput).contains { $0.hasPrefix("two file") })
            }
        }
    }

    @Test(.requires(.docker26), arguments: BrokenRegistry.Mode.allCases, [true, false])
    func `a cache must be written where its user says so`(mode: BrokenRegistry.Mode, ofAll: Bool) async throws {
        try await BrokenRegistry.with(mode) { registry in
            try await withContext(.docker26) { directory, engine in
                let cache = "type=registry,ref=\(registry.address)/cache:x"
                let wish =
                    ofAll ? ["--strict-cache", "--cache-to", cache] : ["--cache-to", cache + ",ignore-error=false"]
                let flags = ["--retry", "0", "--cache-timeout", "3s"] + wish + ["-o", "type=cacheonly", "."]
                let words = mode == .hang ? "doesn't answer any more" : "exporting cache"
                try await Build(flags, in: directory, on: engine).fail(with: 1, saying: words)
                let lenient =
                    ["--strict-cache"]
                    + flags.filter { $0 != "--strict-cache" }
                    .map { $0.hasPrefix(cache) ? cache + ",ignore-error=true" : $0 }
                try await Build(lenient, in: directory, on: engine).succeed(within: .seconds(60))
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a registry that is only busy for a while is waited for as long as it asks`(kind: EngineKind) async throws {
        try await TestRegistry.with { registry in
            try await withContext(kind) { directory, engine in
                let direct = "\(registry.address)/cache:x"
                let export = ["--cache-to", "type=inline", "--push", "-t", direct, "."]
                try await Build(export, in: directory, on: engine).succeed()
                try await engine.docker("rmi", direct)
                try await engine.pruneLayers()
                try await BrokenRegistry.with(passingTo: registry) { broken in
                    let flags = ["--cache-from", "\(broken.address)/cache:x"] + Self.nowhere
                    let result = try await Build(flags, in: directory, on: engine).succeed()
                    let isCached = steps(result).contains { $0.key.contains("COPY --from=two") && $0.value }
                    #expect(isCached, "\(result.errorOutput)")
                    #expect(broken.requests.contains("/v2/cache/manifests/x"))
                }
            }
        }
    }

    @Test(.requires(.docker26))
    func `the stages that succeeded are cached when the build fails`() async throws {
        try await withContext(.docker26) { directory, engine in
            let dockerfile = directory.appending(path: "Dockerfile")
            let good = try String(contentsOf: dockerfile, encoding: .utf8)
            try Data((good + "RUN exit 3\n").utf8).write(to: dockerfile)
            let place = "../cache.\(directory.lastPathComponent)"
            let cache = ["--cache-to", "type=local,dest=\(place),mode=max", "--cache-on-failure"]
            try await Build(cache + Self.nowhere, in: directory, on: engine).fail(with: 1)
            try await engine.pruneLayers()
            let again = ["--cache-from", "type=local,src=\(place)"] + Self.nowhere
            let result = try await Build(again, in: directory, on: engine).run()
            let cached = steps(result).filter(\.value).keys
            for step in ["[one 1/1] RUN", "[two 1/1] RUN", "[base 2/2] RUN"] {
                #expect(cached.contains { $0.hasPrefix(step) }, "\(step): \(steps(result))")
            }
            try FileManager.default.removeItem(at: directory.appending(path: place))
        }
    }

    @Test(
        .requires(.docker20),
        arguments: ["type=registry,ref=a", "type=local,dest=c", "type=gha", "type=s3,bucket=b"]
    )
    func `what the classic store can't write is refused by name before the build`(cache: String) async throws {
        try await withContext(.docker20) { directory, engine in
            let text = try await Build(["--cache-to", cache, "."], in: directory, on: engine)
                .fail(with: 2, saying: "dockerd (API 1.41)", "cache")
            #expect(!text.contains("[internal]"), "the build started")
        }
    }
}
