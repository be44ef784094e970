import CaissonEngineDiscovery
import CaissonBuildModel
import CaissonEngines
import Testing

@testable import caisson

@Suite("caisson builder create")
struct BuilderCreateTests {
    private static func nodes(
        _ words: [String],
        old: BuilderRecord? = nil,
        variables: [String: String] = ["HOME": "/no/such", "CAISSON_HOME": "/no/such"]
    ) throws -> [BuilderNode] {
        let command = try #require(try Caisson.command(for: ["builder", "create"] + words) as? BuilderCommand.Create)
        return try command.nodes(builder: "farm", old: old, directory: "/dir", variables: variables)
    }

    @Test("nodes have their addresses, platforms and labels")
    func reads() throws {
        let nodes = try Self.nodes([
            "--node", "/run/a.sock", "--platform", "linux/amd64", "--node",
            "tcp://b:1,name=arm,label.rack=3,platform=linux/s390x", "--platform", "linux/arm64,linux/arm/v7",
        ])
        #expect(nodes.map(\.name) == ["farm0", "arm"])
        #expect(nodes.map(\.address) == ["unix:///run/a.sock", "tcp://b:1"])
        #expect(nodes.map(\.platforms) == [["linux/amd64"], ["linux/s390x", "linux/arm64", "linux/arm/v7"]])
        #expect(nodes[1].labels == ["rack": "3"])
    }

    @Test("a single node's address may stand alone")
    func single() throws {
        #expect(try Self.nodes(["tcp://b:1"]).map(\.address) == ["tcp://b:1"])
    }

    @Test(
        "what can't be is named",
        arguments: [
            (["--node", "ftp://x"], "ftp"), (["--node", "tcp://b:1,colour=red"], "colour"),
            (["--node", "tcp://b:1,cert=/etc/hostname"], "go together"), (["--node", "tcp://b:1,cacert=none"], "none"),
            (["--node", "tcp://a:1", "--node", "tcp://b:1", "--platform", "linux/arm64"], "1 times for 2 nodes"),
            (["--node", "tcp://b:1", "--platform", "linux/arm99"], "arm99"), (["--node", "tcp://b:1,name=a b"], "a b"),
            (["--node", "tcp://b:1,\"x"], "quotes"),
        ]
    )
    func refused(words: [String], said: String) {
        let error = #expect(throws: BuildError.self) { try Self.nodes(words) }
        #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
        #expect(error?.exitStatus == 2)
    }

    // MARK: Containers

    @Test(
        arguments: [
            [], ["--driver", "docker-container"], ["--driver", "docker-container", "unix:///run/d.sock"],
            ["--driver", "docker-container", "ssh://me@far"], ["--driver", "docker-container", "default"],
            ["--driver", "docker-container", "tcp://h:1", "--node", "own"],
        ] as [[String]]
    )
    func `a node without an address, or at a dockerd's, is a container there`(words: [String]) throws {
        let node = try #require(try Self.nodes(words).first)
        let name = words.contains("own") ? "own" : "farm0"
        let places = ["unix:///run/d.sock", "ssh://me@far", "tcp://h:1"]
        let place = places.first(where: words.contains) ?? "unix:///var/run/docker.sock"
        #expect(node.name == name)
        #expect(node.address == "docker-container://buildx_buildkit_\(name)?host=\(place)")
        #expect(node.container == NodeContainer(arguments: ["--allow-insecure-entitlement=network.host"]))
    }

    @Test func `a container is at the dockerd of the environment`() throws {
        let node = try #require(try Self.nodes([], variables: ["HOME": "/no", "DOCKER_HOST": "tcp://h:2375"]).first)
        #expect(node.address == "docker-container://buildx_buildkit_farm0?host=tcp://h:2375")
        let error = #expect(throws: BuildError.self) {
            try Self.nodes([], variables: ["HOME": "/no", "DOCKER_HOST": "tcp://h:2376", "DOCKER_TLS_VERIFY": "1"])
        }
        #expect(error?.message.contains("docker context create") == true, "\(error?.message ?? "")")
        #expect(throws: BuildError.self) { try Self.nodes(["--driver", "docker-container", "no-such-context"]) }
    }

    @Test func `a container's settings are kept as they are given`() throws {
        let words = [
            "--driver-opt", "image=a:1,network=host", "--driver-opt", "\"env.A=b,c\"", "--platform", "linux/arm64",
        ]
        let node = try #require(try Self.nodes(words + ["--buildkitd-flags", "--debug --oci-worker-gc"]).first)
        #expect(node.container?.options == ["image": "a:1", "network": "host", "env.A": "b,c"])
        let arguments = ["--debug", "--oci-worker-gc", "--allow-insecure-entitlement=network.host"]
        #expect(node.container?.arguments == arguments)
        #expect(node.platforms == ["linux/arm64"])
    }

    @Test func `BUILDKIT_HOST is the node where none is given, unless a container is asked for`() throws {
        let variables = ["HOME": "/no", "BUILDKIT_HOST": "tcp://bk:1"]
        #expect(try Self.nodes([], variables: variables).map(\.address) == ["tcp://bk:1"])
        #expect(try Self.nodes(["--driver", "remote"], variables: variables).map(\.address) == ["tcp://bk:1"])
        #expect(try Self.nodes(["--driver", "docker-container"], variables: variables).first?.container != nil)
    }

    @Test func `what is appended is like what is there, unless a driver is named`() throws {
        let container = try #require(try Self.nodes([]).first)
        let made = try Self.nodes(["unix:///run/d.sock"], old: BuilderRecord(name: "farm", nodes: [container]))
        #expect(made.map(\.name) == ["farm1"])
        #expect(made.first?.container != nil)
        let remote = BuilderRecord(name: "farm", nodes: [try BuilderNode(name: "a", address: "tcp://b:1")])
        #expect(try Self.nodes(["unix:///run/d.sock"], old: remote).first?.container == nil)
        #expect(throws: BuildError.self) { try Self.nodes([], old: remote) }
    }

    @Test(
        arguments: [
            (["--driver-opt", "colour=red"], "colour=red"), (["--driver-opt", "memory=lots"], "memory=lots"),
            (["--driver-opt", "image"], "KEY=VALUE"), (["--buildkitd-config", "none.toml"], "none.toml"),
            (["--buildkitd-flags", "'"], "quotes"), (["--driver", "docker-container", "kube-pod://x"], "kube-pod://x"),
            (["--driver", "docker-container", "--node", "a", "--node", "b"], "a and b"),
            (["--buildkitd-flags", "--debug", "tcp://h:1"], "--driver docker-container"),
            (["--driver", "kubernetes"], "kube-pod://"),
        ] as [([String], String)]
    )
    func `what a container can't be is said`(words: [String], said: String) {
        let error = #expect(throws: BuildError.self) { try Self.nodes(words) }
        #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
        #expect(error?.exitStatus == 2)
    }
}
