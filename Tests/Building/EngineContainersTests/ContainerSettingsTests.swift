import CaissonBuildModel
import CaissonEngineDiscovery
import CaissonJSON
import Foundation
import Testing

@testable import CaissonEngineContainers

/// The settings of a builder's container, as their words say them.
@Suite struct ContainerSettingsTests {
    private static func host(_ options: [String: String]) throws -> JSON? {
        let settings = NodeContainer(options: options)
        let understood = try ContainerOptions(options)
        return settings.creation(named: "bk", understood, cgroupParent: "/x", usesHostUsers: true)["HostConfig"]
    }

    @Test(arguments: [
        ("memory", "64m", "Memory", JSON.number("67108864")), ("memory-swap", "-1", "MemorySwap", .number("-1")),
        ("memory-swap", "1g", "MemorySwap", .number("1073741824")), ("network", "host", "NetworkMode", .string("host")),
        ("cpu-period", "100", "CpuPeriod", .number("100")), ("cpu-quota", "50", "CpuQuota", .number("50")),
        ("cpu-shares", "2", "CpuShares", .number("2")), ("cpuset-cpus", "0-1", "CpusetCpus", .string("0-1")),
        ("cpuset-mems", "0", "CpusetMems", .string("0")), ("cgroup-parent", "/y", "CgroupParent", .string("/y")),
    ])
    func `an option is a setting of dockerd's`(name: String, value: String, key: String, setting: JSON) throws {
        #expect(try Self.host([name: value])?[key] == setting)
    }

    @Test func `a policy of restarts has a count where it may have one`() throws {
        func policy(_ text: String?) throws -> JSON? {
            try Self.host(text.map { ["restart-policy": $0] } ?? [:])?["RestartPolicy"]
        }
        #expect(try policy(nil)?["Name"]?.string == "unless-stopped")
        #expect(try policy("always")?["Name"]?.string == "always")
        #expect(try policy("on-failure:3")?["MaximumRetryCount"]?.integer == 3)
    }

    @Test func `what isn't an option of the host is kept apart`() throws {
        let options = try ContainerOptions(["image": "r.example:5000/bk:1", "default-load": "true"])
        #expect(options.image.description == "r.example:5000/bk:1")
        #expect(options.loadsByDefault && options.tellsWorkflow)
        #expect(try !ContainerOptions(["provenance-add-gha": "0"]).tellsWorkflow)
    }

    @Test(arguments: [
        ("memory", "lots"), ("cpu-quota", "1.5"), ("restart-policy", "never"), ("restart-policy", "always:1"),
        ("restart-policy", "on-failure:x"), ("default-load", "perhaps"), ("image", "A"), ("env.", "x"), ("colour", "x"),
        ("allow-untrusted-image", "false"), ("memory-swap", "-2"),
    ])
    func `what makes no sense is named`(name: String, value: String) {
        let error = #expect(throws: EngineError.self) { try ContainerOptions([name: value]) }
        #expect(error?.message.contains("\(name)=\(value)") == true, "\(error?.message ?? "")")
    }

    // MARK: buildkitd's arguments

    @Test(arguments: [
        ("", ["--allow-insecure-entitlement=network.host"]),
        ("--debug", ["--debug", "--allow-insecure-entitlement=network.host"]),
        ("--allow-insecure-entitlement security.insecure", ["--allow-insecure-entitlement", "security.insecure"]),
        ("--allow-insecure-entitlement=network.host", ["--allow-insecure-entitlement=network.host"]),
    ])
    func `builds may use the container's network unless another leave is given`(text: String, all: [String]) throws {
        #expect(try BuildkitdArguments.parse(text, network: nil, configuration: nil) == all)
    }

    @Test func `the host's network is always allowed where the container has it`() throws {
        let own = "--allow-insecure-entitlement=security.insecure"
        let all = try BuildkitdArguments.parse(own, network: "host", configuration: nil)
        #expect(all == [own, "--allow-insecure-entitlement=network.host"])
    }

    @Test(arguments: [
        (#"a  'b c' "d e"f g\ h"#, ["a", "b c", "d ef", "g h"]), (#"'' "\"x\n""#, ["", #""x\n"#]), (" ", []),
        (#"'a\b'"#, [#"a\b"#]),
    ])
    func `words are parted as a shell does`(text: String, words: [String]) {
        #expect(BuildkitdArguments.words(of: text) == words)
    }

    @Test(arguments: ["'a", #"a "b"#, #"a\"#])
    func `a quote that doesn't end is an error`(text: String) {
        #expect(throws: EngineError.self) {
            try BuildkitdArguments.parse(text, network: nil, configuration: nil)
        }
    }

    // MARK: buildkitd's configuration

    private static func configuration(_ text: String, _ files: [String: String] = [:]) throws -> BuildkitdConfiguration
    {
        let directory = FileManager.default.temporaryDirectory.appending(path: "caisson-bk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        for (name, content) in files.merging(["b.toml": text], uniquingKeysWith: { $1 }) {
            try Data(content.utf8).write(to: directory.appending(path: name))
        }
        return try BuildkitdConfiguration.read("b.toml", in: directory.path)
    }

    @Test func `certificates come along, at the paths that the configuration has`() throws {
        let text = """
            insecure-entitlements = ["network.host"]
            [registry."r.example"]
            ca = ["ca.pem"]
            [[registry."r.example".keypair]]
            key = "./k.pem"
            cert = "c.pem"
            """
        let read = try Self.configuration(text, ["ca.pem": "A", "k.pem": "K", "c.pem": "C"])
        #expect(read.allowsHostNetwork)
        #expect(Set(read.files.keys) == [NodeContainer.configuration, "/ca.pem", "/k.pem", "/c.pem"])
        #expect(read.files[NodeContainer.configuration] == Data(text.utf8))
        #expect(read.files["/k.pem"] == Data("K".utf8))
        #expect(try BuildkitdArguments.parse("", network: nil, configuration: read) == [])
    }

    @Test(arguments: [
        ("debug = ", "b.toml"), ("[registry.r]\nca = [\"none.pem\"]", "none.pem"),
        ("[registry.r]\nca = [\"../b.toml\"]", ".."),
    ])
    func `what can't be read of a configuration is named`(text: String, said: String) {
        let error = #expect(throws: EngineError.self) { try Self.configuration(text) }
        #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
    }
}
