import Foundation
import Testing

/// Registries that are killed while something is sent to them, or busy while an engine's own API pushes.
@Suite struct KilledRegistryTests {
    /// A context with a layer that doesn't get small.
    private static func write(to directory: URL) async throws {
        try TestContext.write("FROM scratch\nCOPY noise /\n", to: directory)
        let file = directory.appending(path: "noise").path
        try await runSuccessfully(Command("/bin/sh", ["-c", "head -c 8000000 /dev/urandom >\"$0\"", file]))
    }

    @Test(.requires(.docker26))
    func `a registry that dies while a cache is sent to it costs the cache alone`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await TestRegistry.with { behind in
            try await BrokenRegistry.with(passingTo: behind, killedAfter: 3_000_000) { registry in
                try await withTemporaryDirectory { directory in
                    try await Self.write(to: directory)
                    let name = "\(registry.address)/cache:x"
                    let cache = ["--retry", "1", "--cache-timeout", "5s", "--cache-to", "type=registry,ref=\(name)"]
                    let flags = cache + ["-o", "out", "."]
                    let built = try await Build(flags, in: directory, on: engine).succeed(within: .seconds(90))
                    #expect(registry.requests.contains("KILLED"), "\(registry.requests)")
                    #expect(built.errorOutput.contains("registry cache \(name)"), "\(built.errorOutput)")
                    #expect(FileManager.default.fileExists(atPath: directory.appending(path: "out/noise").path))
                }
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a registry that dies while an image is sent to it fails the build and is named`(kind: EngineKind) async throws
    {
        let engine = try await TestEngine.shared(kind)
        try await TestRegistry.with { behind in
            try await BrokenRegistry.with(passingTo: behind, killedAfter: 3_000_000) { registry in
                try await withTemporaryDirectory { directory in
                    try await Self.write(to: directory)
                    let name = "\(registry.address)/image:x"
                    let flags = ["--retry", "1", "--push", "-t", name, "."]
                    let built = try await Build(flags, in: directory, on: engine).run()
                    #expect(registry.requests.contains("KILLED"), "\(registry.requests)")
                    #expect(built.status == .exited(1))
                    let end = built.errorOutput.components(separatedBy: "error: ").last ?? ""
                    #expect(end.contains(registry.address), "\(built.errorOutput)")
                    #expect(built.errorOutput.contains("trying again (1 of 1)"))
                }
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a registry that is only busy for a while gets the image in the end`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await TestRegistry.with { behind in
            try await BrokenRegistry.with(passingTo: behind) { registry in
                try await withTemporaryDirectory { directory in
                    let word = uniqueImageName("busy")
                    try TestContext.write("FROM scratch\nCOPY word /\n", to: directory, files: ["word": word])
                    let flags = ["--push", "-t", "\(registry.address)/busy:x", "--iidfile", "id", "."]
                    let built = try await Build(flags, in: directory, on: engine).succeed()
                    // Of itself 26.1 tries again what 20.10 gives up.
                    let isOurs = built.errorOutput.contains("busy:x met a failing network, trying again (")
                    #expect(isOurs || kind == .docker26, "\(built.errorOutput)")
                    let raw = ["inspect", "--raw", "--tls-verify=false", "docker://\(behind.address)/busy:x"]
                    try await runSuccessfully(Command("/usr/bin/skopeo", raw))
                }
            }
        }
    }
}
