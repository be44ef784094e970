import CaissonEngineDiscovery
import CaissonBuildModel
import CaissonEngines
import Testing

@testable import caisson

@Suite("caisson builder create")
struct BuilderCreateTests {
    private static func nodes(_ words: [String]) throws -> [BuilderNode] {
        let command = try #require(try Caisson.command(for: ["builder", "create"] + words) as? BuilderCommand.Create)
        return try command.nodes(builder: "farm", first: 0, directory: "/dir")
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
            ([], "needs a node"), (["--node", "ftp://x"], "ftp"), (["--node", "tcp://b:1,colour=red"], "colour"),
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
}
