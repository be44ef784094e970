import Foundation
import Testing

/// Builds for several platforms, run by emulators where they are foreign.
@Suite struct MultiPlatformTests {
    /// The platforms, with what Debian calls them and what `uname -m` says there.
    static let machines: [(platform: String, debian: String, machine: String)] = [
        ("linux/amd64", "", "x86_64"), ("linux/arm64", "arm64", "aarch64"), ("linux/arm/v7", "armhf", "armv7l"),
        ("linux/ppc64le", "ppc64el", "ppc64le"), ("linux/s390x", "s390x", "s390x"),
    ]

    /// Each platform's own busybox says what it runs on, and what it was told.
    static let dockerfile = """
        FROM scratch
        ARG TARGETARCH
        ARG TARGETPLATFORM
        ARG BUILDPLATFORM
        ARG WHAT=nothing
        COPY busybox.$TARGETARCH /bin/busybox
        RUN ["/bin/busybox", "sh", "-c", "echo $(/bin/busybox uname -m) $BUILDPLATFORM $TARGETPLATFORM $WHAT >/said"]
        CMD ["/bin/busybox", "uname", "-m"]
        """

    /// Fills a folder with the Dockerfile and all programs.
    static func write(to directory: URL) throws {
        try TestContext.write(dockerfile, to: directory)
        for machine in machines {
            let own = TestPaths.cache + "/engines/foreign/busybox." + machine.debian
            let architecture = machine.platform.split(separator: "/")[1]
            let source = machine.debian.isEmpty ? directory.appending(path: "busybox") : URL(filePath: own)
            try FileManager.default.copyItem(at: source, to: directory.appending(path: "busybox.\(architecture)"))
        }
    }

    static func said(_ directory: URL, _ platform: String) throws -> String {
        let folder = platform.replacingOccurrences(of: "/", with: "_")
        let text = try String(contentsOf: directory.appending(path: "\(folder)/said"), encoding: .utf8)
        return text.trimmingCharacters(in: .newlines)
    }

    @Test(.requiresEngine, .requiresEmulators, arguments: EngineKind.testable)
    func `five platforms each say what they run on`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try Self.write(to: directory)
            let platforms = Self.machines.map(\.platform).joined(separator: ",")
            try await Build(["--platform", platforms, "-o", "out", "."], in: directory, on: engine).succeed()
            for machine in Self.machines {
                let said = try Self.said(directory.appending(path: "out"), machine.platform)
                #expect(said == "\(machine.machine) linux/amd64 \(machine.platform) nothing")
            }
        }
    }

    @Test(.requiresEngine, .requiresEmulators, arguments: EngineKind.testable)
    func `an argument of one platform reaches that alone`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try Self.write(to: directory)
            let flags = ["--platform", "linux/amd64,linux/arm64", "--build-arg", "WHAT=all"]
            let own = ["--build-arg", "linux/arm64:WHAT=arm"]
            try await Build(flags + own + ["-o", "out", "."], in: directory, on: engine).succeed()
            let out = directory.appending(path: "out")
            #expect(try Self.said(out, "linux/amd64").hasSuffix(" all"))
            #expect(try Self.said(out, "linux/arm64").hasSuffix(" arm"))
        }
    }

    @Test(.requires(.docker20), .requires(.docker26), .requiresEmulators)
    func `each platform is built on the node that is meant for it`() async throws {
        let (old, new) = (try await TestEngine.shared(.docker20), try await TestEngine.shared(.docker26))
        try await withTemporaryDirectory { directory in
            try Self.write(to: directory)
            let home = ["CAISSON_HOME": directory.appending(path: "state").path]
            var create = Command.caisson(["builder", "create", "--name", "farm", "--use"])
            create.command("--node", old.address, "--platform", "linux/amd64")
            create.command("--node", new.address, "--platform", "linux/arm64")
            create.environment.merge(home) { $1 }
            #expect(try await runSuccessfully(create).output == "farm\n")
            let mark = uniqueImageName("farm")
            let text = Self.dockerfile.replacingOccurrences(of: "$WHAT", with: mark)
            try Data(text.utf8).write(to: directory.appending(path: "Dockerfile"))
            let flags = ["--platform", "linux/amd64,linux/arm64", "--progress", "plain", "-o", "out", "."]
            let built = try await Build(flags, in: directory, environment: home).succeed()
            #expect(built.errorOutput.contains("linux/amd64 on farm0, linux/arm64 on farm1"))
            #expect(built.errorOutput.contains("[linux/amd64 2/2] RUN"))
            #expect(built.errorOutput.contains("[linux/arm64 2/2] RUN"))
            #expect(try Self.said(directory.appending(path: "out"), "linux/arm64").hasPrefix("aarch64 "))
            // What an engine has built is in its list of cached steps.
            for engine in [old, new] {
                let takesPart = try httpGet("/system/df", socketPath: engine.socketPath).contains(mark)
                #expect(takesPart, "\(engine.address)")
            }
            var forget = Command.caisson(["builder", "rm", "farm"])
            forget.environment.merge(home) { $1 }
            try await runSuccessfully(forget)
            let list = Command.caisson(["builder", "ls"]).with(home)
            #expect(try await !runSuccessfully(list).output.contains("farm"))
        }
    }

    @Test(.requires(.docker20))
    func `what a store of single platforms can't keep is refused before the build`() async throws {
        let engine = try await TestEngine.shared(.docker20)
        try await withTemporaryDirectory { directory in
            try TestContext.write("FROM scratch\nCOPY busybox /\n", to: directory)
            let both = ["--platform", "linux/amd64,linux/arm64"]
            for output in [[], ["--load"], ["-o", "type=oci,dest=x.tar"], ["-o", "type=docker,dest=x.tar"]] {
                let said = try await Build(both + output + ["."], in: directory, on: engine)
                    .fail(with: 2, saying: "can't have several platforms here", "with --platform")
                #expect(!said.contains("load build definition"), "\(output)")
            }
        }
    }
}

extension Command {
    fileprivate mutating func command(_ words: String...) { arguments += words }

    func with(_ variables: [String: String]) -> Command {
        var command = self
        command.environment.merge(variables) { $1 }
        return command
    }
}

/// Indexes in a registry, looked at with a tool that isn't ours.
@Suite struct IndexPushTests {
    /// What `skopeo inspect --raw` shows of an index.
    private struct Index: Decodable {
        struct Entry: Decodable {
            struct Target: Decodable {
                var architecture: String
                var os: String
                var variant: String?
            }

            var digest: String
            var platform: Target
        }

        var manifests: [Entry]
    }

    private static func skopeo(_ image: String) async throws -> Data {
        let command = Command("/usr/bin/skopeo", ["inspect", "--raw", "--tls-verify=false", "docker://" + image])
        return Data(try await runSuccessfully(command).output.utf8)
    }

    private static func check(_ image: String, printed: String, on engine: TestEngine) async throws {
        let raw = try await skopeo(image)
        let index = try JSONDecoder().decode(Index.self, from: raw)
        #expect(index.manifests.map(\.platform.architecture) == ["amd64", "arm64"])
        let manifests = try await runSuccessfully(Command("/usr/bin/sha256sum", [], input: .data(raw))).output
        #expect(printed == "sha256:" + manifests.prefix(64))
        for (entry, machine) in zip(index.manifests, ["x86_64", "aarch64"]) {
            let name = image.split(separator: ":").dropLast().joined(separator: ":") + "@" + entry.digest
            let platform = "linux/" + entry.platform.architecture
            let said = try await engine.runContainer(name, platform: platform)
            #expect(said == machine + "\n")
        }
    }

    @Test(.requiresEngine, .requiresEmulators, arguments: EngineKind.testable)
    func `two platforms are pushed as one index, under every name`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                try MultiPlatformTests.write(to: directory)
                let names = ["\(registry.address)/a/one:1", "\(registry.address)/a/one:2", "\(registry.address)/two:x"]
                let flags = ["--platform", "linux/amd64,linux/arm64", "--push", "--iidfile", "id"]
                try await Build(flags + names.flatMap { ["-t", $0] } + ["."], in: directory, on: engine).succeed()
                let printed = try String(contentsOf: directory.appending(path: "id"), encoding: .utf8)
                for name in names { try await Self.check(name, printed: printed, on: engine) }
            }
        }
    }

    @Test(.requiresEngine, .requiresEmulators, arguments: EngineKind.testable)
    func `five platforms are pushed as one index, whose size is told`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                try MultiPlatformTests.write(to: directory)
                let platforms = MultiPlatformTests.machines.map(\.platform)
                let name = "\(registry.address)/five:1"
                let flags = ["--platform", platforms.joined(separator: ","), "--push", "-t", name]
                let files = ["--iidfile", "id", "--metadata-file", "m.json"]
                try await Build(flags + files + ["."], in: directory, on: engine).succeed(within: .seconds(240))
                let raw = try await Self.skopeo(name)
                let index = try JSONDecoder().decode(Index.self, from: raw)
                let told = index.manifests.map { entry in
                    let parts: [String?] = [entry.platform.os, entry.platform.architecture, entry.platform.variant]
                    return parts.compactMap(\.self).joined(separator: "/")
                }
                #expect(told == platforms)
                let digest = try await runSuccessfully(Command("/usr/bin/sha256sum", [], input: .data(raw))).output
                let printed = try String(contentsOf: directory.appending(path: "id"), encoding: .utf8)
                #expect(printed == "sha256:" + digest.prefix(64))
                try await RegistryImages.copyWithSkopeo(name)
                let metadata = try ImageBlobs.object(Data(contentsOf: directory.appending(path: "m.json")))
                #expect(try #require(metadata["caisson.image.size"] as? Int) > 100_000)
                #expect(try #require(metadata["caisson.image.layers"] as? Int) >= 2)
                // An engine with history tells where each of them came from.
                let provenance = Set(metadata.keys.filter { $0.hasPrefix("buildx.build.provenance") })
                let keys = platforms.map { "buildx.build.provenance/" + $0 }
                #expect(provenance == (kind == .docker20 ? [] : Set(keys)))
            }
        }
    }

    @Test(.requires(.docker20), .requires(.docker26), .requiresEmulators)
    func `nodes of either kind make one index together`() async throws {
        let (old, new) = (try await TestEngine.shared(.docker20), try await TestEngine.shared(.docker26))
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                try MultiPlatformTests.write(to: directory)
                let home = ["CAISSON_HOME": directory.appending(path: "state").path]
                let nodes = [
                    "--node", old.address + ",platform=linux/arm64", "--node", new.address + ",platform=linux/amd64",
                ]
                try await runSuccessfully(Command.caisson(["builder", "create", "--name", "farm"] + nodes).with(home))
                let name = registry.address + "/farm:1"
                let flags = ["--builder", "farm", "--platform", "linux/amd64,linux/arm64", "--push", "-t", name]
                let files = ["--iidfile", "id", "--metadata-file", "m.json"]
                try await Build(flags + files + ["."], in: directory, environment: home).succeed()
                let printed = try String(contentsOf: directory.appending(path: "id"), encoding: .utf8)
                try await Self.check(name, printed: printed, on: new)
                let metadata = try ImageBlobs.object(Data(contentsOf: directory.appending(path: "m.json")))
                #expect(try #require(metadata["caisson.image.size"] as? Int) > 100_000)
            }
        }
    }
}
