import Foundation
import Testing

/// Builders whose engines are containers of a real dockerd.
///
/// Their image has a buildkitd that only sleeps: what is looked at is the container.
@Suite(.requires(.docker26))
struct ContainerBuilderTests {
    private static let dockerfile = """
        \(TestContext.busyboxBase)
        COPY buildkitd buildctl /bin/
        ENTRYPOINT ["buildkitd"]
        """

    /// Makes the image, and lends caisson with a state of its own, at that dockerd.
    private func withImage(
        _ body: (TestEngine, String, @Sendable ([String]) async throws -> ProcessResult, URL) async throws -> Void
    ) async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let context = directory.appending(path: "context")
            let image = uniqueImageName("sleeper") + ":1"
            let programs = ["buildkitd": "#!/bin/sh\nexec sleep 1000\n", "buildctl": "#!/bin/sh\nexit 0\n"]
            try TestContext.write(Self.dockerfile, to: context, files: programs)
            for name in programs.keys {
                let path = context.appending(path: name).path
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            }
            try await Build(["--load", "-t", image, "."], in: context, on: engine).succeed()
            let environment = [
                "CAISSON_HOME": directory.path + "/state", "DOCKER_HOST": engine.address,
                "DOCKER_CONFIG": directory.path + "/docker", "CAISSON_HOST": "",
                "PATH": engine.kind.programs + ":/usr/bin:/bin",
            ]
            try await body(
                engine,
                image,
                { try await runCaisson($0, environment: environment) },
                directory
            )
        }
    }

    private static func inspected(_ name: String, _ engine: TestEngine) async throws -> [String: Any] {
        let text = try await engine.docker("inspect", name)
        let all = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
        return try #require(all?.first)
    }

    @Test func `a builder's container is made, stopped, started again and removed`() async throws {
        try await withImage { engine, image, caisson, directory in
            let name = "b\(UInt32.random(in: 0...UInt32.max))"
            let container = "buildx_buildkit_\(name)0"
            try Data("debug = true\n".utf8).write(to: directory.appending(path: "bk.toml"))
            let options = "image=\(image),network=none,env.A=b,memory=64m,restart-policy=no"
            let created = try await caisson([
                "create", "--name", name, "--driver-opt", options, "--buildkitd-config", "\(directory.path)/bk.toml",
                "--bootstrap", "--timeout", "30s",
            ])
            #expect(created.succeeded && created.output == name + "\n", "\(created.errorOutput)")
            #expect(created.errorOutput.contains("making the container \(container)"))
            let listed = try await caisson(["ls", "--format", "{{.Name}} {{.Status}}"])
            #expect(listed.output.contains("\(name) running\n"), "\(listed.output)")
            #expect(
                try await engine.docker("exec", container, "cat", "/etc/buildkit/buildkitd.toml") == "debug = true\n"
            )

            #expect(try await caisson(["stop", name]).output == "stopped \(name)\n")
            #expect(try await engine.docker("inspect", "-f", "{{.State.Running}}", container) == "false\n")
            let seen = try await caisson(["inspect", name])
            #expect(seen.output.contains("isn't running"), "\(seen.output)")
            let started = try await caisson(["inspect", "--bootstrap", name])
            #expect(started.errorOutput.contains("starting the container \(container)"), "\(started.errorOutput)")
            #expect(try await engine.docker("inspect", "-f", "{{.State.Running}}", container) == "true\n")

            #expect(try await caisson(["rm", "--keep-state", name]).succeeded)
            #expect(try await engine.docker("ps", "-aq", "-f", "name=\(container)") == "")
            #expect(try await engine.docker("volume", "ls", "-q").contains("\(container)_state\n"))
            let again = ["create", "--name", name, "--driver-opt", options, "--bootstrap"]
            #expect(try await caisson(again).succeeded)
            #expect(try await caisson(["rm", name]).succeeded)
            #expect(try await !engine.docker("volume", "ls", "-q").contains("\(container)_state\n"))
        }
    }

    @Test func `a container that ends says why, and one that must not be asked is not made`() async throws {
        try await withImage { engine, image, caisson, _ in
            let name = "b\(UInt32.random(in: 0...UInt32.max))"
            let options = "image=\(image),restart-policy=no,cpuset-cpus=4000"
            let created = try await caisson(["create", "--name", name, "--driver-opt", options])
            // At the first use, not before.
            #expect(created.succeeded, "\(created.errorOutput)")
            let failed = try await caisson(["inspect", "--bootstrap", name])
            #expect(failed.status == .exited(1) && failed.errorOutput.contains("4000"), "\(failed.errorOutput)")
            #expect(try await engine.docker("ps", "-aq", "-f", "name=\(name)") == "")
            #expect(try await caisson(["rm", name]).succeeded)
        }
    }

    @Test(.enabled(if: BuildxHelp.isThere, "skipped: no docker-buildx (Scripts/install-engines 28)"))
    func `a container is as docker buildx makes it of the same words`() async throws {
        try await withImage { engine, image, caisson, directory in
            let name = "b\(UInt32.random(in: 0...UInt32.max))"
            try Data("debug = true\n".utf8).write(to: directory.appending(path: "bk.toml"))
            let options =
                "image=\(image),network=none,env.A=b,env.B=c,memory=64m,memory-swap=96m,cpu-shares=512,cpu-period=100000,"
                + "cpu-quota=50000,cpuset-cpus=0,cpuset-mems=0,restart-policy=on-failure:3"
            func words(_ name: String) -> [String] {
                [
                    "create", "--name", name, "--driver", "docker-container", "--driver-opt", options,
                    "--buildkitd-flags", "--debug --root '/var/lib/build kit'", "--buildkitd-config",
                    "\(directory.path)/bk.toml", "--bootstrap",
                ]
            }
            let ours = try await caisson(words(name))
            #expect(ours.succeeded, "\(ours.errorOutput)")
            let environment = ["DOCKER_HOST": engine.address, "DOCKER_CONFIG": directory.path + "/docker"]
            try await runSuccessfully(Command(BuildxHelp.program, words("x" + name), environment: environment))
            let (own, other) = (
                try await Self.facts("buildx_buildkit_\(name)0", engine),
                try await Self.facts("buildx_buildkit_x\(name)0", engine)
            )
            #expect(own.count > 30)
            #expect(own == other)
            #expect(try await caisson(["rm", name]).succeeded)
            try await runSuccessfully(Command(BuildxHelp.program, ["rm", "x" + name], environment: environment))
        }
    }

    /// What was asked of dockerd for a container, as lines; its own name left out.
    private static func facts(_ name: String, _ engine: TestEngine) async throws -> [String] {
        let all = try await inspected(name, engine)
        let files = try await engine.docker("exec", name, "cat", "/etc/buildkit/buildkitd.toml")
        return try ["Config", "HostConfig"].flatMap { part in
            let settings = try #require(all[part] as? [String: Any])
            return try settings.filter { $0.key != "Hostname" }.map { key, value in
                // docker buildx gives the variables in no order.
                let value = key == "Env" ? (value as? [String])?.sorted() ?? value : value
                let text = try JSONSerialization.data(withJSONObject: [value], options: .sortedKeys)
                return "\(part).\(key) = \(String(decoding: text, as: UTF8.self))".replacing(name, with: "NAME")
            }
        }.sorted() + [files.trimmingCharacters(in: .whitespacesAndNewlines)]
    }
}
