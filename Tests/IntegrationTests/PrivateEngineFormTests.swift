import Foundation
import Glibc
import Testing

/// The private engine where it is podman, and where an ordinary user starts it.
@Suite(.serialized, .timeLimit(.minutes(6)))
struct PrivateEngineFormTests {
    @Test(.requiresPodman)
    func `podman as root starts once, is listed, reused and stopped`() async throws {
        try await PrivateHome.with(.podman) { home in
            try await home.startsOnce()
            // Over podman's own bridge, which goes with the step.
            try home.write("RUN ip address show\n")
            let result = try await home.build(["--no-cache"])
            let file = home.directory.appending(path: "state/engine/networks/podman.json")
            let network = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            let subnet = try #require((network["subnets"] as? [[String: String]])?.first?["subnet"])
            let isOwn = result.errorOutput.contains("inet " + subnet.dropLast("0/24".count))
            #expect(result.succeeded && isOwn, "\(subnet): \(result.errorOutput)")
        }
    }

    @Test(.requiresPodman)
    func `podman as root ends when it is idle, and is started again when it was killed`() async throws {
        try await PrivateHome.with(.podman, idle: "2s") { home in
            try await home.endsWhenIdle()
        }
        try await PrivateHome.with(.podman) { home in
            try await home.startsAgainAfterKill()
        }
    }

    @Test(.requiresPodman, .requiresIdMaps)
    func `an ordinary user's podman starts once, is listed, reused and stopped`() async throws {
        try await PrivateHome.with(.userPodman) { home in
            try await home.startsOnce()
        }
    }

    @Test(.requiresPodman, .requiresIdMaps)
    func `an ordinary user's podman ends when it is idle, and is started again when it was killed`() async throws {
        try await PrivateHome.with(.userPodman, idle: "2s") { home in
            try await home.endsWhenIdle()
        }
        try await PrivateHome.with(.userPodman) { home in
            try await home.startsAgainAfterKill()
        }
    }

    @Test(.requiresPodman, .requires(.docker26), .requiresIdMaps)
    func `an ordinary user's dockerd starts once, is listed, reused and stopped`() async throws {
        try await PrivateHome.with(.userDockerd) { home in
            try await home.startsOnce()
        }
    }

    @Test(.requiresPodman, .requires(.docker26), .requiresIdMaps)
    func `an ordinary user's dockerd ends when it is idle, and is started again when it was killed`() async throws {
        try await PrivateHome.with(.userDockerd, idle: "2s") { home in
            try await home.endsWhenIdle()
        }
        try await PrivateHome.with(.userDockerd) { home in
            try await home.startsAgainAfterKill()
        }
    }

    @Test(.requiresPodman, .requires(.docker26), .requiresIdMaps)
    func `where dockerd can't be started podman is`() async throws {
        try await PrivateHome.with(.userPodman) { home in
            var home = home
            home.environment["CAISSON_ENGINE"] = nil
            // A dockerd that only says its version.
            let script = "#!/bin/sh\n[ \"$1\" = --version ] && echo 'Docker version 26.0.0, build x'\n"
            try home.addProgram("dockerd", script)
            let result = try await home.build([])
            #expect(result.succeeded, "\(result.errorOutput)")
            #expect(try await home.inspect()["kind"] as? String == "podman")
        }
    }

    @Test(.requiresIdMaps)
    func `a user for whom nothing can be started hears what is missing`() async throws {
        try await PrivateHome.with(.userPodman) { home in
            var home = home
            home.environment["CAISSON_ENGINE"] = nil
            home.environment["PATH"] = "/usr/bin:/bin"
            home.hasRanges = false
            try home.addProgram("podman", "#!/bin/sh\nexit 1\n")
            home.environment["PATH"] = home.programs + ":/usr/bin:/bin"
            let result = try await home.build([])
            #expect(result.status == .exited(1))
            for words in ["podman: /etc/subuid", "--add-subuids", "join the group “docker”"] {
                #expect(result.errorOutput.contains(words), "\(result.errorOutput)")
            }
        }
    }
}

extension PrivateHome {
    /// Several builds that race start one engine.
    func startsOnce() async throws {
        let results = try await withThrowingTaskGroup(of: ProcessResult.self) { group in
            for number in 1...4 {
                group.addTask { try await build(["--build-arg", "WHO=number-\(number)"]) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for result in results { #expect(result.succeeded, "\(result.errorOutput)") }
        let introductions = results.count { $0.errorOutput.contains("a private one was started: \(form.kind) ") }
        #expect(introductions == 1, "\(results.map(\.errorOutput))")
        let running = engines()
        #expect(running.count == 1, "\(running)")
        let info = try await inspect()
        #expect(info["kind"] as? String == form.kind)
        #expect(["running", "idle"].contains(info["status"] as? String))
        let list = try await run(["builder", "ls", "--format", "json"])
        let builders = try JSONSerialization.jsonObject(with: list.standardOutput) as? [[String: Any]]
        #expect(builders?.last?["endpoint"] as? String == info["endpoint"] as? String)
        let log = try String(contentsOfFile: try #require(info["log"] as? String), encoding: .utf8)
        #expect(log.contains("the engine is ready"))
        let again = try await build(["--build-arg", "WHO=number-1"])
        #expect(again.errorOutput.contains("CACHED"), "\(again.errorOutput)")
        let stopped = try await run(["builder", "stop"])
        #expect(stopped.output == "stopped private\n", "\(stopped.errorOutput)")
        #expect(remains().isEmpty)
        #expect(try await inspect()["status"] as? String == "stopped")
    }

    /// Nobody uses it for a while, and it is gone but for its cache.
    func endsWhenIdle() async throws {
        let first = try await build([])
        #expect(first.succeeded, "\(first.errorOutput)")
        try await waitUntil(within: .seconds(30)) { remains().isEmpty }
        let again = try await build([])
        #expect(again.succeeded && again.errorOutput.contains("CACHED"), "\(again.errorOutput)")
    }

    /// Killed in the middle of a step, whose processes don't outlive the next start.
    func startsAgainAfterKill() async throws {
        let seconds = String(7000 + Int.random(in: 0..<1000))
        try write("RUN echo begun; sleep \(seconds)\n")
        let words = ["build", "--builder", "private", "--progress", "plain", "--network", "host", "."]
        let process = try RunningProcess.start(command(words))
        _ = try await process.awaitText(" begun\n", within: .seconds(60))
        let first = try #require(try await inspect()["pid"] as? Int)
        kill(pid_t(first), SIGKILL)
        let broken = try await process.finish(within: .seconds(60))
        #expect(!broken.succeeded)
        try write("RUN echo well\n")
        let again = try await build(["--no-cache"])
        #expect(again.succeeded && again.errorOutput.contains("well"), "\(again.errorOutput)")
        #expect(try await inspect()["pid"] as? Int != first)
        #expect(engines().count == 1)
        #expect(!Self.commandLines().values.contains { $0.hasSuffix("sleep \(seconds)") })
    }
}
