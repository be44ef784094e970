import CaissonBuildModel
import CaissonSystem
import Testing

@testable import CaissonEngineDiscovery

/// A machine made of values.
private struct Machine {
    var variables: [String: String] = [:]
    var userID: UInt32 = 0
    var sockets: [String: SocketState] = [:]
    var files: [String: String] = [:]

    func choose(_ selection: Discovery.Selection = .init()) throws -> Discovery.Result {
        try discovery.choose(selection)
    }

    var discovery: Discovery {
        let (sockets, files) = (sockets, files)
        let read: @Sendable (String) throws(EngineError) -> [UInt8]? = { path throws(EngineError) in
            files[path].map { Array($0.utf8) }
        }
        return Discovery(
            environment: DiscoveryEnvironment(
                variables: variables,
                home: "/home/u",
                userID: userID,
                probe: { sockets[$0] ?? .missing },
                files: (
                    read: read,
                    list: { directory in
                        let names = files.keys.filter { $0.hasPrefix(directory + "/") }.map {
                            String($0.dropFirst(directory.count + 1).prefix { $0 != "/" })
                        }
                        return Set(names).sorted()
                    }
                )
            )
        )
    }
}

private func endpoint(_ result: Discovery.Result) throws -> EngineEndpoint {
    guard case .endpoint(let endpoint) = result.choice else {
        Issue.record("not an endpoint")
        throw EngineError(.system, "")
    }
    return endpoint
}

@Suite("Discovery")
struct DiscoveryTests {
    private let everywhere: [String: String] = [
        "CAISSON_HOST": "tcp://a:1", "BUILDKIT_HOST": "tcp://b:2", "DOCKER_HOST": "tcp://c:3", "DOCKER_CONTEXT": "box",
    ]
    private let box = [
        "/home/u/.docker/contexts/meta/1f/meta.json":
            #"{"Name":"box","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://d:4","SkipTLSVerify":false}}}"#
    ]

    @Test("each way to name an engine comes before the next one, and says the kind it knows")
    func precedence() throws {
        var machine = Machine(
            variables: everywhere,
            sockets: ["/run/buildkit/buildkitd.sock": .live, "/var/run/docker.sock": .live],
            files: box
        )
        let flag = try endpoint(machine.choose(.init(address: "tcp://x:9")))
        #expect(flag == EngineEndpoint(address: "tcp://x:9", kind: .unknown, origin: "\(field: .engineAddress)"))
        var found: [EngineEndpoint] = []
        for name in ["CAISSON_HOST", "BUILDKIT_HOST", "DOCKER_HOST", "DOCKER_CONTEXT"] {
            found.append(try endpoint(machine.choose()))
            // An empty variable is as good as none.
            machine.variables[name] = ""
        }
        found.append(try endpoint(machine.choose()))
        machine.sockets["/run/buildkit/buildkitd.sock"] = nil
        found.append(try endpoint(machine.choose()))
        #expect(
            found.map(\.address) == [
                "tcp://a:1", "tcp://b:2", "tcp://c:3", "tcp://d:4", "unix:///run/buildkit/buildkitd.sock",
                "unix:///var/run/docker.sock",
            ]
        )
        #expect(found.map(\.kind) == [.unknown, .buildkitd, .dockerd, .dockerd, .buildkitd, .dockerd])
        machine.sockets = [:]
        #expect(try machine.choose().choice == .privateEngine)
    }

    @Test("--builder takes private, default, a context's name or an address, and lists them for another")
    func builder() throws {
        let machine = Machine(variables: everywhere, sockets: ["/s": .live], files: box)
        #expect(try machine.choose(.init(builder: "private")).choice == .privateEngine)
        #expect(try endpoint(machine.choose(.init(builder: "default"))).address == "tcp://c:3")
        #expect(try endpoint(machine.choose(.init(builder: "box"))).address == "tcp://d:4")
        #expect(try endpoint(machine.choose(.init(builder: "/s"))).address == "unix:///s")
        let error = #expect(throws: EngineError.self) { try machine.choose(.init(builder: "bix")) }
        #expect(error?.code == .badAddress)
        #expect(error?.message.contains("private, default, box") == true)
        #expect(throws: EngineError.self) { try machine.choose(.init(address: "/s", builder: "box")) }
    }

    @Test("BUILDX_BUILDER names what --builder names, and says so when it can't")
    func buildxBuilder() throws {
        var machine = Machine(variables: everywhere, files: box)
        machine.variables["BUILDX_BUILDER"] = "box"
        #expect(try endpoint(machine.choose()).address == "tcp://a:1")
        machine.variables["CAISSON_HOST"] = nil
        #expect(try endpoint(machine.choose()).address == "tcp://d:4")
        machine.variables["BUILDX_BUILDER"] = "default"
        #expect(try endpoint(machine.choose()).address == "tcp://c:3")
        machine.variables["BUILDX_BUILDER"] = "bix"
        let error = #expect(throws: EngineError.self) { try machine.choose() }
        #expect(error?.message.hasPrefix("BUILDX_BUILDER: ") == true)
        #expect(try endpoint(machine.choose(.init(address: "tcp://x:9"))).address == "tcp://x:9")
    }

    @Test("the configuration's current context counts, unless it is docker's default")
    func currentContext() throws {
        var machine = Machine(files: box)
        machine.files["/home/u/.docker/config.json"] = #"{"currentContext": "box"}"#
        #expect(try endpoint(machine.choose()).address == "tcp://d:4")
        machine.variables["DOCKER_CONTEXT"] = "default"
        #expect(try machine.choose().choice == .privateEngine)
        machine.variables["DOCKER_CONTEXT"] = "gone"
        let error = #expect(throws: EngineError.self) { try machine.choose() }
        #expect(error?.message.contains("“gone”") == true)
        #expect(error?.message.contains("box") == true)
    }

    @Test("the engine that images are loaded into is docker's own, with its TLS")
    func docker() throws {
        var machine = Machine(files: box)
        #expect(try machine.discovery.docker().address == "unix:///var/run/docker.sock")
        machine.variables["CAISSON_HOST"] = "tcp://other:1"
        machine.variables["BUILDKIT_HOST"] = "tcp://other:2"
        machine.files["/home/u/.docker/contexts/tls/1f/docker/ca.pem"] = ""
        machine.files["/home/u/.docker/config.json"] = #"{"currentContext": "box"}"#
        let ofContext = try machine.discovery.docker()
        #expect(ofContext.address == "tcp://d:4" && ofContext.tls?.authority?.hasSuffix("/ca.pem") == true)
        machine.variables["DOCKER_HOST"] = "tcp://h"
        machine.variables["DOCKER_TLS_VERIFY"] = "1"
        machine.variables["DOCKER_CERT_PATH"] = "/certs"
        machine.files["/certs/ca.pem"] = ""
        let named = try machine.discovery.docker()
        #expect(named.address == "tcp://h:2376" && named.tls?.authority == "/certs/ca.pem")
    }

    @Test("a context's TLS files are those of the directory of the same name")
    func contextTLS() throws {
        var machine = Machine(variables: ["DOCKER_CONTEXT": "box"], files: box)
        let base = "/home/u/.docker/contexts/tls/1f/docker/"
        for name in ["ca.pem", "cert.pem", "key.pem"] { machine.files[base + name] = "" }
        let files = TLSFiles(authority: base + "ca.pem", certificate: base + "cert.pem", key: base + "key.pem")
        #expect(try endpoint(machine.choose()).tls == files)
        machine.files[base + "key.pem"] = nil
        let error = #expect(throws: EngineError.self) { try machine.choose() }
        #expect(error?.message.contains("lacks key.pem") == true)
    }

    @Test("docker's TLS variables count for TCP only, and choose the port")
    func dockerTLS() throws {
        var machine = Machine(
            variables: ["DOCKER_HOST": "tcp://h", "DOCKER_CERT_PATH": "/certs"],
            sockets: ["/s": .live],
            files: ["/certs/ca.pem": ""]
        )
        #expect(try endpoint(machine.choose()).address == "tcp://h:2375")
        machine.variables["DOCKER_TLS_VERIFY"] = "1"
        #expect(try endpoint(machine.choose()).address == "tcp://h:2376")
        #expect(try endpoint(machine.choose()).tls == TLSFiles(authority: "/certs/ca.pem"))
        machine.variables["DOCKER_HOST"] = "unix:///s"
        #expect(try endpoint(machine.choose()).tls == nil)
    }

    @Test("a named socket must be there and alive", arguments: [SocketState.missing, .dead, .notSocket, .failed(5)])
    func namedSocket(state: SocketState) throws {
        let machine = Machine(
            variables: ["DOCKER_HOST": "unix:///x.sock"],
            sockets: ["/x.sock": state, "/var/run/docker.sock": .live]
        )
        let error = #expect(throws: EngineError.self) { try machine.choose() }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("/x.sock") == true)
        #expect(error?.message.contains("DOCKER_HOST") == true)
    }

    @Test("a dead default socket is passed over once, with a notice")
    func deadDefault() throws {
        let machine = Machine(sockets: ["/var/run/docker.sock": .dead, "/run/docker.sock": .dead])
        let result = try machine.choose()
        #expect(result.choice == .privateEngine)
        #expect(result.notices.count == 1)
        #expect(result.notices.first?.contains("/var/run/docker.sock") == true)
    }

    @Test("a socket that isn't ours is an error that names the group, unless another engine is there")
    func deniedDefault() throws {
        var machine = Machine(userID: 1000, sockets: ["/var/run/docker.sock": .denied(group: "docker")])
        let error = #expect(throws: EngineError.self) { try machine.choose() }
        #expect(error?.code == .permission)
        #expect(error?.message.contains("join the group “docker”") == true)
        machine.sockets["/run/user/1000/docker.sock"] = .live
        let result = try machine.choose()
        #expect(try endpoint(result).address == "unix:///run/user/1000/docker.sock")
        #expect(result.notices.count == 1)
        machine.sockets["/run/user/1000/docker.sock"] = nil
        machine.variables["DOCKER_HOST"] = "unix:///var/run/docker.sock"
        #expect(throws: EngineError.self) { try machine.choose() }
    }

    @Test("rootless sockets are those of XDG_RUNTIME_DIR")
    func rootless() throws {
        let machine = Machine(
            variables: ["XDG_RUNTIME_DIR": "/r"],
            userID: 1000,
            sockets: ["/r/buildkit/buildkitd.sock": .live, "/r/docker.sock": .live]
        )
        let found = try endpoint(machine.choose())
        #expect(found.address == "unix:///r/buildkit/buildkitd.sock")
        #expect(found.kind == .buildkitd)
    }

    @Test("a broken configuration of docker's is an error that names the file")
    func brokenConfiguration() throws {
        let machine = Machine(files: ["/home/u/.docker/config.json": "{"])
        let error = #expect(throws: EngineError.self) { try machine.choose() }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("/home/u/.docker/config.json") == true)
    }

    @Test("the survey shows each engine once, and no default place where nothing is")
    func survey() {
        let machine = Machine(
            variables: ["DOCKER_HOST": "unix:///var/run/docker.sock"],
            sockets: ["/var/run/docker.sock": .live, "/run/docker.sock": .live],
            files: box
        )
        let found = machine.discovery.survey()
        #expect(found.map(\.endpoint.address) == ["unix:///var/run/docker.sock", "tcp://d:4"])
        #expect(found.map(\.state) == [.live, nil])
    }
}

@Suite("An engine's address")
struct HostAddressTests {
    @Test(
        "addresses have one spelling",
        arguments: [
            ("/run/x.sock", "unix:///run/x.sock"), ("UNIX:///a", "unix:///a"), ("host:2375", "tcp://host:2375"),
            ("tcp://[::1]:2375", "tcp://[::1]:2375"), ("ssh://u@h", "ssh://u@h"),
            ("docker-container://c", "docker-container://c"),
        ]
    )
    func spelling(text: String, spelled: String) throws {
        #expect(try HostAddress(parsing: text).description == spelled)
    }

    @Test(
        "what can't be an address is refused",
        arguments: [
            "", " ", "unix://", "unix://rel", "npipe:////./pipe/x", "tcp://h:0", "tcp://h:99999", "tcp://h:x",
            "ssh://-oX=y",
            "unix:///a b", "unix:///a\nb", "unix:///" + String(repeating: "x", count: 107),
        ]
    )
    func refused(text: String) {
        let error = #expect(throws: EngineError.self) { try HostAddress(parsing: text) }
        #expect(error?.code == .badAddress)
    }

    @Test("a port is added where there is none, also after an IPv6 address")
    func defaultPort() throws {
        #expect(try HostAddress(parsing: "tcp://[::1]").withDefaultPort(1).description == "tcp://[::1]:1")
        #expect(try HostAddress(parsing: "tcp://h/p").withDefaultPort(1).description == "tcp://h:1/p")
        #expect(try HostAddress(parsing: "tcp://h:5").withDefaultPort(1).description == "tcp://h:5")
    }
}

@Suite struct ContainerPlaceTests {
    private let box = [
        "/home/u/.docker/contexts/meta/1f/meta.json":
            #"{"Name":"box","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://d:4","SkipTLSVerify":true}}}"#
    ]

    @Test(arguments: [
        ("docker-container://bk", "tcp://c:3"), ("docker-container://bk?host=unix:///d.sock", "unix:///d.sock"),
        ("docker-container://bk?context=box", "tcp://d:4"), ("docker-container://bk?host=ssh://u@h", "ssh://u@h"),
    ])
    func `an address names a container and its dockerd`(address: String, dockerd: String) throws {
        let discovery = Machine(variables: ["DOCKER_HOST": "tcp://c:3"], files: box).discovery
        let place = try discovery.container(at: address)
        #expect(place.name == "bk")
        #expect(place.dockerd.address == dockerd)
        #expect((place.dockerd.tls != nil) == address.hasSuffix("box"))
    }

    @Test(arguments: ["unix:///d.sock", "docker-container://bk?port=1", "docker-container://bk?context=none"])
    func `what names none is refused`(address: String) {
        #expect(throws: EngineError.self) { try Machine().discovery.container(at: address) }
    }

    @Test func `the dockerd of new containers is the one that docker speaks to`() throws {
        #expect(try Machine().discovery.dockerForContainers() == "?host=unix:///var/run/docker.sock")
        let context = Machine(variables: ["DOCKER_CONTEXT": "box"], files: box).discovery
        #expect(try context.dockerForContainers() == "?context=box")
        #expect(try context.dockerForContainers(named: "box") == "?context=box")
        #expect(try context.dockerForContainers(named: "/d.sock") == "?host=unix:///d.sock")
        #expect(throws: EngineError.self) { try context.dockerForContainers(named: "kube-pod://x") }
        let host = Machine(variables: ["DOCKER_HOST": "tcp://c:3", "DOCKER_CONTEXT": "box"]).discovery
        #expect(try host.dockerForContainers() == "?host=tcp://c:3")
        #expect(try host.dockerForContainers(named: "default") == "?host=tcp://c:3")
    }
}
