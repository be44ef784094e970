import CaissonBuildModel
import CaissonEngineDiscovery
import Testing

@testable import CaissonPrivateEngine

/// Programs that are in `/b`, and nowhere else.
private func search(_ programs: String...) -> ProgramSearch {
    ProgramSearch(directories: ["/b"]) { programs.map { "/b/" + $0 }.contains($0) }
}

@Suite("Which engine is started")
struct EngineCandidateTests {
    private let user = UserNamespace(user: "ada")

    @Test("root's are tried in the order buildkitd, dockerd, podman")
    func root() throws {
        let all = try EngineCandidates.find(
            search("podman", "dockerd", "buildkitd", "runc"),
            wanted: nil,
            namespace: nil
        )
        #expect(all.engines.map(\.kind) == [.buildkitd, .dockerd, .podman])
        #expect(all.engines.allSatisfy { $0.rootless == nil })
        #expect(all.engines[0].runtime == "/b/runc")
        let some = try EngineCandidates.find(search("buildkitd", "dockerd"), wanted: nil, namespace: nil)
        #expect(some.engines.map(\.kind) == [.dockerd])
        #expect(some.refusals == ["buildkitd: neither runc nor crun is installed", "podman is not installed"])
        #expect(try EngineCandidates.find(search(), wanted: "", namespace: nil).engines.isEmpty)
    }

    @Test("a user's buildkitd and dockerd need rootlesskit, podman doesn't, and all need ids")
    func ordinaryUser() throws {
        let maps = ["newuidmap", "newgidmap"]
        let engines = ["buildkitd", "dockerd", "podman", "crun"]
        func find(_ programs: [String], _ namespace: UserNamespace) throws -> EngineCandidates {
            let search = ProgramSearch(directories: ["/b"]) { programs.map { "/b/" + $0 }.contains($0) }
            return try EngineCandidates.find(search, wanted: nil, namespace: namespace)
        }
        let all = try find(engines + maps + ["rootlesskit", "slirp4netns"], user)
        #expect(all.engines.map(\.kind) == [.buildkitd, .dockerd, .podman])
        #expect(all.engines.map(\.rootless?.kit) == ["/b/rootlesskit", "/b/rootlesskit", nil])
        #expect(all.engines.allSatisfy { $0.rootless?.slirp == "/b/slirp4netns" })
        let alone = try find(engines + maps, user)
        #expect(alone.engines.map(\.kind) == [.podman])
        #expect(alone.refusals[1] == "dockerd: rootlesskit is not installed")
        #expect(try find(engines + ["rootlesskit"], user).engines.isEmpty)
        var poor = user
        poor.hasRanges = false
        let refused = try find(engines + maps + ["rootlesskit"], poor)
        #expect(refused.engines.isEmpty)
        #expect(refused.refusals.allSatisfy { $0.contains("/etc/subuid") && $0.contains("65535 ada") })
        var confined = user
        confined.isAllowed = false
        #expect(try find(engines + maps, confined).refusals[2].contains("user.max_user_namespaces"))
        var still = user
        still.hasTunnels = false
        let without = try find(engines + maps + ["rootlesskit", "slirp4netns"], still)
        #expect(without.engines.allSatisfy { $0.rootless != nil && $0.rootless?.slirp == nil })
    }

    @Test(
        "CAISSON_ENGINE names an engine that is there, or is an error that says so",
        arguments: ["podman", "/bin/sh"]
    )
    func named(wanted: String) throws {
        let error = #expect(throws: EngineError.self) {
            try EngineCandidates.find(search(), wanted: wanted, namespace: nil)
        }
        #expect(error?.message.contains("CAISSON_ENGINE names “\(wanted)”") == true)
        #expect(error?.code == (wanted == "podman" ? .notInstalled : .badAddress))
    }

    @Test(
        "a range is a line of three fields for the user's name or number",
        arguments: [
            ("ada:100000:65536\n", true), ("7:1:1", true), ("# ada\nbob:1:1\nada:5:2", true), ("ada:100000:0", false),
            ("adam:1:1", false), ("ada:1", false), ("ada:x:1", false), ("", false), ("::", false), ("ada:1:1:1", false),
        ]
    )
    func ranges(text: String, has: Bool) {
        #expect(UserNamespace.hasRange(in: text, user: "ada", userID: 7) == has)
    }

    @Test("a user without a name has a range by number alone")
    func nameless() {
        #expect(!UserNamespace.hasRange(in: ":1:1", user: nil, userID: 7))
        #expect(UserNamespace.hasRange(in: "7:1:1", user: nil, userID: 7))
    }
}

@Suite("How an ordinary user's engine and podman are started")
struct RootlessCommandTests {
    private let paths = StatePaths(root: "/s", userID: 7)

    private func engine(_ kind: EngineKind, slirp: Bool) -> InstalledEngine {
        var user = UserNamespace(user: "ada")
        user.hasTunnels = slirp
        var engine = InstalledEngine(kind: kind, executable: "/e/\(kind.rawValue)", version: "26.1")
        engine.rootless = Rootless(search("rootlesskit", "slirp4netns"), user, needsKit: kind != .podman)
        return engine
    }

    private func command(_ kind: EngineKind, slirp: Bool) throws -> EngineCommand {
        let engine = engine(kind, slirp: slirp)
        let choices = EngineNetworks.inOrder(engine, paths: paths, search: search())
        return EngineCommand(engine: engine, paths: paths, network: try #require(choices.first).network)
    }

    @Test("rootlesskit gives dockerd a network by slirp4netns, or the host's where there is none")
    func dockerd() throws {
        let command = try command(.dockerd, slirp: true)
        #expect(command.executable == "/b/rootlesskit")
        let words = command.arguments.joined(separator: " ")
        #expect(words.hasPrefix("rootlesskit --state-dir /s/engine/exec/rootlesskit --net=slirp4netns"))
        #expect(words.contains("--copy-up=/etc --copy-up=/run /bin/sh -c rm -f /run/docker"))
        #expect(words.contains(" sh /e/dockerd --config-file /s/engine/daemon.json"))
        #expect(!words.contains("--bridge"))
        let shared = try self.command(.dockerd, slirp: false).arguments
        for word in ["--net=host", "none", "--iptables=false", "--ip-forward=false"] { #expect(shared.contains(word)) }
        let path = try #require(command.environment([:]).first { $0.hasPrefix("PATH=") })
        #expect(path.hasPrefix("PATH=/e:/b:/usr/local/sbin"))
        #expect(command.environment(["XDG_RUNTIME_DIR": "/run/user/7"]).contains("XDG_RUNTIME_DIR=/s/engine/exec"))
    }

    @Test("buildkitd is told that its root is none, and needs no shell")
    func buildkitd() throws {
        let words = try command(.buildkitd, slirp: false).arguments.joined(separator: " ")
        #expect(words.contains("--net=host --copy-up=/etc /e/buildkitd --addr unix:///s/engine/engine.sock"))
        #expect(words.contains("--rootless") && !words.contains("/bin/sh"))
        let choices = EngineNetworks.inOrder(engine(.buildkitd, slirp: false), paths: paths, search: search())
        #expect(choices.first?.notice?.contains("share the host's") == true)
    }

    @Test("podman keeps all of its state in our directories, for root and for others")
    func podman() throws {
        let command = try command(.podman, slirp: true)
        #expect(command.executable == "/e/podman")
        let words = command.arguments.joined(separator: " ")
        for wanted in [
            "--root /s/engine/data/podman", "--runroot /s/engine/exec/podman", "--tmpdir /s/engine/exec/libpod",
            "--network-config-dir /s/engine/networks", "system service --time=0 unix:///s/engine/engine.sock",
        ] { #expect(words.contains(wanted)) }
        #expect(command.environment(["TMPDIR": "/t"]).contains("TMPDIR=/s/engine/data/tmp"))
        #expect(EngineNetworks.inOrder(engine(.podman, slirp: false), paths: paths, search: search()).count == 1)
        let subnet = try #require(BridgeSubnet.choose(routes: [], nameServers: []))
        let network = EngineCommand.podmanNetwork(bridge: "caissonx", subnet: subnet)
        #expect(network.contains(#""gateway": "172.31.255.1""#) && network.contains(#""caissonx""#))
    }

    @Test("the advice names the distribution's own packages, and what an ordinary user can do")
    func advice() {
        let debian = InstallAdvice(osRelease: "NAME=x\nID=debian\n")
        #expect(debian.nothingForRoot(["a", "b"]).message.contains("(a; b); run “apt-get install docker.io”"))
        #expect(InstallAdvice(osRelease: "ID=mint\nID_LIKE=\"ubuntu debian\"").command.contains("docker.io"))
        #expect(InstallAdvice(osRelease: "ID=\"fedora\"").command == "dnf install moby-engine")
        let installed = debian.nothingForUser(["dockerd: rootlesskit is not installed"])
        #expect(
            installed.code == .permission && installed.message.contains("start dockerd (sudo systemctl start docker)")
        )
        let none = debian.nothingForUser(["dockerd is not installed"])
        #expect(
            none.code == .notInstalled
                && none.message.contains("run “sudo apt-get install docker.io” and join the group")
        )
        #expect(none.message.contains("sudo apt-get install podman uidmap slirp4netns"))
        #expect(!InstallAdvice(osRelease: "").command.isEmpty && !InstallAdvice(osRelease: "").userCommand.isEmpty)
    }
}
