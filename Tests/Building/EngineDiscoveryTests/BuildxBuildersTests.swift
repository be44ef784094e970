import CaissonBuildModel
import CaissonSystem
import Foundation
import Testing

@testable import CaissonEngineDiscovery

/// The files are as buildx 0.29 writes them.
@Suite("Builders of docker buildx")
struct BuildxBuildersTests {
    private static let home = "/home/u/.docker/buildx"
    private static let remote = """
        {"Name":"r","Driver":"remote","Nodes":[{"Name":"r0","Endpoint":"tcp://1.2.3.4:1234","Platforms":[{"architecture":\
        "arm64","os":"linux"},{"architecture":"arm","os":"linux","variant":"v7"}],"DriverOpts":{"cacert":"/x/ca.pem",\
        "cert":"/x/c.pem","key":"/x/k.pem"},"Flags":null,"Files":null}],"Dynamic":false}
        """

    private static func builder(_ driver: String, _ nodes: [[String: Any]]) throws -> String {
        let group: [String: Any] = ["Name": "b", "Driver": driver, "Nodes": nodes, "Dynamic": false]
        return String(decoding: try JSONSerialization.data(withJSONObject: group), as: UTF8.self)
    }

    private static func builders(_ files: [String: String], _ variables: [String: String] = [:]) -> BuildxBuilders {
        let read: @Sendable (String) throws(EngineError) -> [UInt8]? = { path throws(EngineError) in
            files[path].map { Array($0.utf8) }
        }
        let list: @Sendable (String) -> [String] = { directory in
            files.keys.filter { $0.hasPrefix(directory + "/") }.map { String($0.dropFirst(directory.count + 1)) }
        }
        return BuildxBuilders(
            environment: DiscoveryEnvironment(
                variables: variables,
                home: "/home/u",
                userID: 0,
                probe: { _ in .missing },
                files: (read: read, list: list)
            )
        )
    }

    private static func addresses(_ driver: String, _ nodes: [[String: Any]]) throws -> [String]? {
        try builders(["\(home)/instances/b": builder(driver, nodes)]).read("b")?.nodes.map(\.address)
    }

    @Test("each driver's nodes become addresses of ours")
    func drivers() throws {
        let contained: [[String: Any]] = [
            ["Name": "b0", "Endpoint": "unix:///var/run/docker.sock"], ["Name": "b1", "Endpoint": "box"],
            [
                "Name": "b2", "Endpoint": "default", "DriverOpts": ["network": "host"],
                "Files": ["buildkitd.toml": "eA=="],
            ],
        ]
        #expect(
            try Self.addresses("docker-container", contained) == [
                "docker-container://buildx_buildkit_b0?host=unix:///var/run/docker.sock",
                "docker-container://buildx_buildkit_b1?context=box", "docker-container://buildx_buildkit_b2",
            ]
        )
        let pods: [[String: Any]] = [
            ["Name": "a_b0", "Endpoint": "kubernetes:///b?deployment=&kubeconfig=", "DriverOpts": ["namespace": "ci"]],
            ["Name": "b1", "Endpoint": "kubernetes:///b?deployment=other&kubeconfig=%2Fk%2Fconfig"],
            ["Name": "b2", "DriverOpts": ["persistent-volume-claim.requests.storage": "1Gi"]],
        ]
        #expect(
            try Self.addresses("kubernetes", pods) == [
                "kube-pod://deployment/a-b0?namespace=ci", "kube-pod://deployment/other?kubeconfig=/k/config",
                "kube-pod://statefulset/b2",
            ]
        )
        for address in try (Self.addresses("docker-container", contained) ?? [])
            + (Self.addresses("kubernetes", pods) ?? [])
        {
            #expect(try DialCommand.reaching(address) != nil, "\(address)")
        }
        let dial = try DialCommand.reaching("docker-container://bk?host=unix:///d.sock")
        #expect(dial?.arguments == ["--host=unix:///d.sock", "exec", "-i", "bk", "buildctl", "dial-stdio"])
        let record = try #require(try Self.builders(["\(Self.home)/instances/r": Self.remote]).read("r"))
        #expect(record.isBuildx)
        let node = try #require(record.nodes.first)
        #expect(node.address == "tcp://1.2.3.4:1234")
        #expect(node.platforms == ["linux/arm64", "linux/arm/v7"])
        #expect([node.authority, node.certificate, node.key] == ["/x/ca.pem", "/x/c.pem", "/x/k.pem"])
    }

    @Test func `a container is made as buildx would make it`() throws {
        let node: [String: Any] = [
            "Name": "b0", "Endpoint": "default", "DriverOpts": ["network": "host"], "Flags": ["--debug"],
            "Files": ["buildkitd.toml": "eA=="],
        ]
        let file = try Self.builder("docker-container", [node])
        let read = try Self.builders(["\(Self.home)/instances/b": file]).read("b")
        let settings = try #require(read?.nodes.first?.container)
        #expect(settings.options == ["network": "host"])
        #expect(settings.arguments == ["--debug"])
        #expect(settings.files == ["/etc/buildkit/buildkitd.toml": Data("x".utf8)])
    }

    @Test("what can't be followed is refused, not guessed")
    func refused() throws {
        for (driver, nodes) in [
            ("cloud", [["Name": "b0", "Endpoint": "x"]]), ("remote", [["Name": "b0", "Endpoint": "cloud://x"]]),
            ("remote", [["Name": "b0", "Endpoint": "tcp://h:1", "DriverOpts": ["servername": "other"]]]),
            ("remote", []),
            ("docker-container", [["Name": "b0", "Endpoint": "-oops"]]),
        ] as [(String, [[String: Any]])] {
            #expect(throws: EngineError.self, "\(driver) \(nodes)") {
                let addresses = try Self.addresses(driver, nodes) ?? []
                for address in addresses { _ = try DialCommand.reaching(address) }
            }
        }
        #expect(throws: EngineError.self) { try Self.builders(["\(Self.home)/instances/b": "{"]).read("b") }
        #expect(try Self.builders([:]).read("../current") == nil)
        let same = [["Name": "b0", "Endpoint": "tcp://h:1", "DriverOpts": ["servername": "h"]] as [String: Any]]
        #expect(try Self.addresses("remote", same) == ["tcp://h:1"])
    }

    @Test("the one in use is that of docker's endpoint, or of all")
    func current() throws {
        let socket = "unix:///var/run/docker.sock"
        func current(
            _ file: String?,
            defaults: [String: String] = [:],
            _ variables: [String: String] = [:]
        ) throws -> String? {
            var files = ["\(Self.home)/instances/r": Self.remote]
            files["\(Self.home)/current"] = file
            for (hash, name) in defaults { files["\(Self.home)/defaults/\(hash)"] = name }
            return try Self.builders(files, variables).current()
        }
        #expect(try current(nil) == nil)
        #expect(try current(#"{"Key":"\#(socket)","Name":"r","Global":false}"#) == "r")
        #expect(try current(#"{"Key":"\#(socket)","Name":"gone","Global":false}"#) == nil)
        #expect(try current(#"{"Key":"\#(socket)","Name":"","Global":false}"#) == nil)
        let elsewhere = #"{"Key":"tcp://h:1","Name":"r","Global":false}"#
        #expect(try current(elsewhere) == nil)
        #expect(try current(elsewhere, ["DOCKER_HOST": "tcp://h:1"]) == "r")
        #expect(try current(#"{"Key":"x","Name":"r","Global":false}"#, ["DOCKER_CONTEXT": "x"]) == "r")
        #expect(try current(#"{"Key":"tcp://h:1","Name":"r","Global":true}"#) == "r")
        // The first 20 digits of the SHA-256 of the socket's address.
        #expect(try current(elsewhere, defaults: ["13c4025c96f36e94b348": "r"]) == "r")
        #expect(try current(nil, defaults: ["13c4025c96f36e94b348": "r"], ["DOCKER_HOST": "tcp://h:1"]) == nil)
        #expect(throws: EngineError.self) { try current("{") }
    }

    @Test("BUILDX_CONFIG and DOCKER_CONFIG say where they are")
    func directory() throws {
        #expect(Self.builders([:]).directory == Self.home)
        #expect(Self.builders([:], ["DOCKER_CONFIG": "/d"]).directory == "/d/buildx")
        #expect(Self.builders([:], ["DOCKER_CONFIG": "/d", "BUILDX_CONFIG": "/b"]).directory == "/b")
    }

    @Test("BUILDX_BUILDER, BUILDX_CONFIG and what is in use lead to a builder, unless another name is given")
    func selected() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "caisson-buildx-\(UUID().uuidString)")
        let instances = root.appending(path: "buildx/instances")
        try FileManager.default.createDirectory(at: instances, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        try Data(Self.remote.utf8).write(to: instances.appending(path: "r"))
        var variables = [
            "CAISSON_HOME": root.path + "/state", "BUILDX_CONFIG": root.path + "/buildx", "BUILDX_BUILDER": "r",
        ]
        func store() throws -> BuilderStore { try BuilderStore(variables: variables, home: root.path, userID: 0) }
        #expect(try store().selected(name: nil)?.nodes.map(\.name) == ["r0"])
        #expect(try store().selected(name: "r")?.isBuildx == true)
        #expect(try store().selected(name: nil, address: "unix:///x") == nil)
        #expect(try store().everywhere().map(\.name) == ["r"])
        #expect(throws: EngineError.self) { try store().remove("r") }
        // A docker context's name is discovery's to find, and so is one that is unknown.
        variables["BUILDX_BUILDER"] = "default"
        #expect(try store().selected(name: nil) == nil)
        variables["BUILDX_BUILDER"] = "r"
        variables["BUILDKIT_HOST"] = "tcp://h:1"
        #expect(try store().inUse() == "r")
        variables["CAISSON_HOST"] = "tcp://h:1"
        #expect(try store().inUse() == nil)
        variables["CAISSON_HOST"] = nil
        variables["BUILDKIT_HOST"] = nil
        variables["BUILDX_BUILDER"] = nil
        try store().use("r")
        #expect(try store().inUse() == "r")
        variables["DOCKER_CONTEXT"] = "x"
        #expect(try store().inUse() == nil)
        let own = try BuilderRecord(name: "r", nodes: [BuilderNode(name: "a", address: "/run/x.sock")])
        try store().write(own)
        #expect(try store().find("r") == own)
    }
}
