import CaissonBuildModel
import Testing

@testable import CaissonEngines

@Suite struct FrontendAttributesTests {
    private static func request(_ change: (inout BuildRequest) -> Void) -> BuildRequest {
        var request = BuildRequest(context: .empty)
        change(&request)
        return request
    }

    private static func refusal(_ features: EngineFeatures, _ change: (inout BuildRequest) -> Void) -> BuildError? {
        do {
            _ = try request(change).frontendAttributes(for: features)
            return nil
        } catch {
            return error
        }
    }

    @Test func `every option has the front end's name`() throws {
        let request = Self.request {
            $0.buildArgs = ["A": "1=2", "B": ""]
            $0.labels = ["l": "v"]
            $0.target = "t"
            $0.platforms = [Platform(os: "linux", architecture: "arm", variant: "v7")]
            $0.noCache = .stages(["a", "b"])
            $0.pull = true
            $0.network = .host
            $0.extraHosts = [ExtraHost(name: "h", address: "10.0.0.1"), ExtraHost(name: "g", address: "host-gateway")]
            $0.shmSize = 64
            $0.ulimits = [Ulimit(name: "nofile", soft: 1, hard: 2)]
            $0.cgroupParent = "p"
        }
        #expect(
            try request.frontendAttributes(for: .docker28) == [
                "build-arg:A": "1=2", "build-arg:B": "", "label:l": "v", "target": "t", "platform": "linux/arm/v7",
                "no-cache": "a,b", "image-resolve-mode": "pull", "force-network-mode": "host",
                "add-hosts": "h=10.0.0.1,g=172.17.0.1", "shm-size": "64", "ulimit": "nofile=1:2", "cgroup-parent": "p",
                "attest:provenance": "mode=min,inline-only=true",
            ]
        )
        #expect(request.allEntitlements == ["network.host"])
    }

    @Test func `nothing asked for is nothing said, but that dockerd's own images count`() throws {
        let least = ["attest:provenance": "mode=min,inline-only=true"]
        #expect(try Self.request { _ in }.frontendAttributes(for: .buildkitd) == least)
        #expect(try Self.request { _ in }.frontendAttributes(for: .docker20) == ["image-resolve-mode": "local"])
        let fresh = try Self.request { $0.noCache = .all }.frontendAttributes(for: .buildkitd)
        #expect(fresh == least.merging(["no-cache": ""]) { own, _ in own })
    }

    @Test func `provenance is made unasked where the engine can, unless it isn't wanted`() throws {
        for (attestation, wanted) in [
            (Attestation(kind: .provenance, isDisabled: true), nil),
            (Attestation(kind: .provenance, parameters: ["mode": "max"]), "mode=max"),
            (Attestation(kind: .sbom), "mode=min,inline-only=true"),
        ] as [(Attestation, String?)] {
            let attributes = try Self.request { $0.attestations = [attestation] }.frontendAttributes(for: .buildkitd)
            #expect(attributes["attest:provenance"] == wanted, "\(attestation)")
        }
    }

    @Test(arguments: [("HTTP_PROXY", "http://own"), ("http_proxy", ""), ("Http_Proxy", "x")])
    func `a proxy of the user's comes before the configuration's, however it is spelled`(name: String, value: String) {
        var request = BuildRequest(context: .empty)
        let proxies = ["HTTP_PROXY": "p", "http_proxy": "p", "NO_PROXY": "n", "no_proxy": "n"]
        #expect(request.proxyAttributes(proxies).count == 4)
        request.buildArgs = [name: value]
        let left = ["build-arg:NO_PROXY": "n", "build-arg:no_proxy": "n"]
        #expect(request.proxyAttributes(proxies) == left)
    }

    @Test func `limits that an old engine ignores are refused by name`() {
        #expect(Self.refusal(.docker20) { $0.shmSize = 1 }?.fields == [.shmSize])
        #expect(Self.refusal(.docker20) { $0.ulimits = [Ulimit(name: "n", soft: 1, hard: 1)] }?.code == .unsupported)
        #expect(Self.refusal(.oldBuildkitd) { $0.cgroupParent = "p" }?.fields == [.cgroupParent])
        #expect(Self.refusal(.docker28) { $0.shmSize = 1 } == nil)
    }

    @Test func `the host's gateway is refused where nobody knows it`() {
        let refused = Self.refusal(.buildkitd) { $0.extraHosts = [ExtraHost(name: "h", address: "host-gateway")] }
        #expect(refused?.code == .unsupported)
        #expect(refused?.message.contains("h:host-gateway") == true)
    }

    @Test(arguments: [
        ("1.41", true), ("1.53", true), ("1", false), ("", false), ("1.x", false), ("1.-1", false), ("1.2.3", false),
    ])
    func `a version of the API is two numbers`(text: String, isOne: Bool) {
        #expect((APIVersion(text) != nil) == isOne)
        #expect(APIVersion(major: 1, minor: 9) < APIVersion(major: 1, minor: 41))
    }

    @Test(arguments: [
        ("v0.12.5", false), ("v0.13.0", true), ("0.8.2", false), ("v1.0.0", true), ("", false), ("abcdef", true),
    ])
    func `several outputs go by buildkitd's version`(version: String, hasMany: Bool) {
        #expect(EngineFeatures(buildkitd: version, workers: []).hasManyExporters == hasMany)
    }
}
