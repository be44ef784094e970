import Foundation
import Testing

/// Flags that change what steps see: each is looked at from inside a step.
@Suite struct OptionTests {
    /// Builds steps on busybox and returns what they printed.
    private func output(
        of steps: String,
        _ flags: [String],
        on kind: EngineKind
    ) async throws -> String {
        let engine = try await TestEngine.shared(kind)
        return try await withTemporaryDirectory { directory in
            // An ARG of its own keeps other tests' cache out.
            let key = uniqueImageName("key")
            try TestContext.write(TestContext.busyboxBase + "ARG KEY=\(key)\n" + steps, to: directory)
            return try await Build(["--progress", "plain"] + flags + ["."], in: directory, on: engine).succeed()
                .errorOutput
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `build arguments are given or taken from the environment`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            let steps = "ARG A=default\nARG B\nARG C=kept\nRUN echo \"<$A|$B|$C>\"; exit 9\n"
            try TestContext.write(TestContext.busyboxBase + steps, to: directory)
            let flags = ["--build-arg", "A=one=two, three", "--build-arg", "B", "--build-arg", "C", "."]
            try await Build(flags, in: directory, on: engine, environment: ["B": "of the environment"])
                .fail(with: 1, saying: "<one=two, three|of the environment|kept>")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `the id isn't printed behind an archive on standard output`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write("FROM scratch\nCOPY a /only\n", to: directory, files: ["a": "a"])
            let flags = ["-q", "-o", "type=tar,dest=-", "--iidfile", "id", "."]
            let result = try await Build(flags, in: directory, on: engine).succeed()
            #expect(try await Tools.listing(of: result.standardOutput).count == 1)
            #expect(result.standardOutput.count % 512 == 0 && !result.output.contains("sha256:"))
            #expect(result.errorOutput.isEmpty, "\(result.errorOutput)")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `cached steps run again only where that is asked for`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            let key = uniqueImageName("cache")
            let steps = "FROM base AS one\nRUN echo \(key) 1\nFROM one AS two\nRUN echo \(key) 2\n"
            try TestContext.write(TestContext.busyboxBase + steps, to: directory)
            func ran(_ flags: [String]) async throws -> [String] {
                let result = try await Build(["--progress", "plain"] + flags + ["."], in: directory, on: engine)
                    .succeed()
                let lines = result.errorOutput.split(separator: "\n")
                return ["1", "2"].filter { step in
                    lines.contains { $0.hasSuffix(" \(key) \(step)") && !$0.contains("RUN") }
                }
            }
            #expect(try await ran([]) == ["1", "2"])
            #expect(try await ran([]) == [])
            #expect(try await ran(["--no-cache"]) == ["1", "2"])
            #expect(try await ran(["--no-cache-filter", "two"]) == ["2"])
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `steps have the network that was asked for`(kind: EngineKind) async throws {
        let steps = "RUN echo \"links: $(ls /sys/class/net | tr '\\n' ' ')\"\n"
        #expect(try await output(of: steps, ["--network", "none"], on: kind).contains("links: lo \n"))
        let host = try await output(of: steps, ["--network", "host"], on: kind)
        let links = try FileManager.default.contentsOfDirectory(atPath: "/sys/class/net")
        let shown = host.components(separatedBy: "links: ").last?.prefix { $0 != "\n" }.split(separator: " ").map(
            String.init
        )
        // Bridges of engines come and go; the machine's own links are there.
        for link in links where !link.hasPrefix("csn") && !link.hasPrefix("cai") && !link.hasPrefix("veth") {
            #expect(shown?.contains(link) == true, "\(link)")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `names that were added to the hosts are known to steps`(kind: EngineKind) async throws {
        let flags = ["--add-host", "alpha.test:10.1.2.3", "--add-host", "beta.test=::1"]
        let hosts = try await output(of: "RUN cat /etc/hosts\n", flags, on: kind)
        #expect(hosts.contains("10.1.2.3\talpha.test"))
        #expect(hosts.contains("::1\tbeta.test"))
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `the machine's own platform is built for when it is named`(kind: EngineKind) async throws {
        let machine = try await runSuccessfully(Command("uname", ["-m"])).output
        let platform = machine.hasPrefix("aarch64") ? "linux/arm64" : "linux/amd64"
        let shown = try await output(
            of: "ARG TARGETPLATFORM\nRUN echo for $TARGETPLATFORM\n",
            ["--platform", platform],
            on: kind
        )
        #expect(shown.contains("for \(platform)\n"))
    }

    @Test(.requiresEngine, arguments: EngineKind.testable(with: .resourceOptions))
    func `shared memory, limits and the control group are as asked`(kind: EngineKind) async throws {
        let steps =
            "RUN df -k /dev/shm | tail -n 1; echo \"files: $(ulimit -n) $(ulimit -Hn)\"; cat /proc/self/cgroup\n"
        let flags = ["--shm-size", "96m", "--ulimit", "nofile=1000:2000", "--cgroup-parent", "/caisson-test-parent"]
        let shown = try await output(of: steps, flags, on: kind)
        #expect(shown.contains(" 98304 "))
        #expect(shown.contains("files: 1000 2000\n"))
    }

    @Test(
        .requires(.docker20),
        arguments: [["--shm-size", "96m"], ["--ulimit", "nofile=1:2"], ["--cgroup-parent", "x"]]
    )
    func `an option that the engine would ignore is refused`(flags: [String]) async throws {
        let engine = try await TestEngine.shared(.docker20)
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase, to: directory)
            let text = try await Build(flags + ["."], in: directory, on: engine)
                .fail(with: 2, saying: flags[0], "dockerd (API 1.41)", "23.0")
            #expect(!text.contains("[internal]"), "the build started")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `pulling asks the registry where the local image would have done`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                let name = registry.address + "/pulled:1"
                try TestContext.write(TestContext.busyboxBase + "RUN echo old >/age\n", to: directory)
                try await Build(["-t", name, "."], in: directory, on: engine).succeed()
                try await engine.docker("push", name)
                try TestContext.write(TestContext.busyboxBase + "RUN echo new >/age\n", to: directory)
                try await Build(["-t", name, "."], in: directory, on: engine).succeed()

                try TestContext.write("FROM \(name)\nRUN cat /age; exit 1\n", to: directory)
                try await Build(["--pull", "."], in: directory, on: engine).fail(with: 1, saying: " old\n")
                // containerd's store always asks when the name could have moved.
                if kind == .docker20 {
                    try await Build(["."], in: directory, on: engine).fail(with: 1, saying: " new\n")
                }
            }
        }
    }
}
