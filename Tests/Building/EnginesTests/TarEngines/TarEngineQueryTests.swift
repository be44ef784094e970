import CaissonBuildContext
import CaissonBuildModel
import Foundation
import CaissonHTTPClient
import Testing

@testable import CaissonEngines

@Suite("A build as a tar engine's query") struct TarEngineQueryTests {
    private static let classic = TarEngine.classic(APIVersion(major: 1, minor: 41))
    private static let podman = TarEngine.podman(version: "4.3.1")

    /// The fields of a query, decoded.
    private static func fields(
        _ request: BuildRequest,
        _ engine: TarEngine,
        hidden: [String] = []
    ) throws -> [String: [String]] {
        let place = TarEngineQuery.Place(dockerfile: "dir/Docker file", hidden: hidden)
        let target = TarEngineQuery(request, place, for: engine).target
        let items = try #require(URLComponents(string: target)?.queryItems)
        return items.reduce(into: [:]) { $0[$1.name, default: []].append($1.value ?? "") }
    }

    private static func everything() throws -> BuildRequest {
        var request = BuildRequest(context: .directory("."))
        request.tags = [try ImageReference(parsing: "a"), try ImageReference(parsing: "r.example:5/b:1")]
        request.buildArgs = ["A": "1 &=\"é", "SOURCE_DATE_EPOCH": "7"]
        request.labels = ["l": "v=1"]
        request.target = "t"
        request.platforms = [Platform(os: "linux", architecture: "arm64")]
        request.noCache = .all
        request.pull = true
        request.network = NetworkMode.none
        request.extraHosts = [ExtraHost(name: "h", address: "1.2.3.4"), ExtraHost(name: "i", address: "::1")]
        request.shmSize = 1 << 20
        request.ulimits = [Ulimit(name: "nofile", soft: 1, hard: 2)]
        request.cgroupParent = "/x"
        return request
    }

    @Test("everything that the classic builder takes is in its query")
    func classic() throws {
        let fields = try Self.fields(try Self.everything(), Self.classic)
        let expected: [String: [String]] = [
            "version": ["1"], "t": ["docker.io/library/a:latest", "r.example:5/b:1"], "dockerfile": ["dir/Docker file"],
            "buildargs": [#"{"A":"1 &=\"é","SOURCE_DATE_EPOCH":"7"}"#], "labels": [#"{"l":"v=1"}"#], "target": ["t"],
            "platform": ["linux/arm64"], "nocache": ["1"], "pull": ["1"], "networkmode": ["none"],
            "extrahosts": ["h:1.2.3.4", "i:::1"], "shmsize": ["1048576"],
            "ulimits": [#"[{"Hard":2,"Name":"nofile","Soft":1}]"#], "cgroupparent": ["/x"], "rm": ["1"],
            "forcerm": ["1"],
        ]
        #expect(fields == expected)
    }

    @Test("everything that podman takes is in its query, by its own forms")
    func podman() throws {
        let fields = try Self.fields(try Self.everything(), Self.podman, hidden: ["Dockerfile"])
        let expected: [String: [String]] = [
            "layers": ["1"], "outputformat": ["application/vnd.docker.distribution.manifest.v2+json"],
            "t": ["docker.io/library/a:latest", "r.example:5/b:1"], "dockerfile": [#"["dir/Docker file"]"#],
            "buildargs": [#"{"A":"1 &=\"é","SOURCE_DATE_EPOCH":"7"}"#], "labels": [#"["l=v=1"]"#], "target": ["t"],
            "platform": ["linux/arm64"], "nocache": ["1"], "pullpolicy": ["always"], "networkmode": ["NetworkDisabled"],
            "nsoptions": [#"[{"Host":false,"Name":"network","Path":""}]"#],
            "extrahosts": [#"["h:1.2.3.4","i:::1"]"#], "shmsize": ["1048576"], "ulimits": [#"["nofile=1:2"]"#],
            "cgroupparent": ["/x"], "rm": ["1"], "forcerm": ["1"], "timestamp": ["7"],
            "excludes": [#"["Dockerfile"]"#],
        ]
        #expect(fields == expected)
    }

    @Test("podman gives steps the host's network only where that was asked for")
    func network() throws {
        var request = BuildRequest(context: .directory("."))
        #expect(try Self.fields(request, Self.podman)["nsoptions"] == [#"[{"Host":false,"Name":"network","Path":""}]"#])
        request.network = .host
        #expect(try Self.fields(request, Self.podman)["nsoptions"] == [#"[{"Host":true,"Name":"network","Path":""}]"#])
        #expect(try Self.fields(request, Self.podman)["networkmode"] == ["NetworkDefault"])
    }

    @Test("a Dockerfile that no step may see is listed where the classic builder looks")
    func additions() {
        var additions = TarAdditions()
        additions.hide(Array("FROM scratch".utf8))
        additions.listHidden()
        #expect(
            additions.files.map { String(decoding: $0.path, as: UTF8.self) } == [additions.dockerfile, ".dockerignore"]
        )
        #expect(
            String(decoding: additions.files[1].content, as: UTF8.self)
                == "\(additions.dockerfile ?? "")\n.dockerignore\n"
        )
        additions.listHidden(in: Array("*.o".utf8))
        #expect(String(decoding: additions.files[2].content, as: UTF8.self) == "*.o\n\(additions.dockerfile ?? "")\n")
    }

    @Test("only registries that the Dockerfile may name are sent logins for")
    func registries() {
        let known = ["docker.io", "ghcr.io", "r.example:5000"]
        func needed(_ text: String) -> [String] {
            RegistryLogins.needed(known, in: SourceInfo(filename: "Dockerfile", data: Array(text.utf8)))
        }
        #expect(needed("FROM debian\n") == ["docker.io"])
        #expect(needed("FROM a\nCOPY --from=GHCR.io/x/y /a /b\nRUN echo $HOME") == ["docker.io", "ghcr.io"])
        #expect(needed("ARG B\nFROM ${B}\n") == known)
        #expect(RegistryLogins.needed(known, in: nil) == known)
    }

    @Test("a ping's answer tells podman from dockerd")
    func identity() {
        #expect(TarEngine(podman: ["Api-Version": "1.41"]) == nil)
        #expect(TarEngine(podman: ["Libpod-Api-Version": "4.3.1-dev\u{1B}"]) == .podman(version: "4.3.1-dev"))
    }
}
