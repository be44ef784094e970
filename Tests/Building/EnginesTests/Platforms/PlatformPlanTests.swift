import CaissonBuildModel
import Synchronization
import Testing

@testable import CaissonBuildKit
@testable import CaissonEngines

@Suite("Which node builds which platform")
struct PlatformPlanTests {
    private static let amd64 = Platform(os: "linux", architecture: "amd64")
    private static let arm64 = Platform(os: "linux", architecture: "arm64")
    private static let s390x = Platform(os: "linux", architecture: "s390x")

    private static func features(_ platforms: [Platform], isClassic: Bool = false) -> EngineFeatures {
        var features = isClassic ? EngineFeatures.docker20 : EngineFeatures.buildkitd
        features.platforms = platforms
        return features
    }

    private static func request(_ platforms: [Platform], _ exports: [ExportSpec] = []) -> BuildRequest {
        var request = BuildRequest(context: .empty)
        request.platforms = platforms
        request.exports = exports
        return request
    }

    private static func parts(_ request: BuildRequest, _ nodes: [PlatformPlan.Node]) -> [String] {
        PlatformPlan(request, nodes: nodes).parts.map { "\(nodes[$0.node].name): \($0.label)" }
    }

    @Test("a node that is meant for a platform comes first, then a native one, then one that emulates it")
    func order() {
        let nodes = [
            PlatformPlan.Node(name: "emulates", features: Self.features([Self.amd64, Self.arm64, Self.s390x])),
            PlatformPlan.Node(name: "native", features: Self.features([Self.arm64])),
            PlatformPlan.Node(name: "meant", declared: [Self.s390x], features: Self.features([Self.amd64])),
        ]
        let all = Self.request([Self.arm64, Self.amd64, Self.s390x])
        #expect(
            Self.parts(all, nodes) == ["native: linux/arm64", "emulates: linux/amd64", "meant: linux/s390x"]
        )
    }

    @Test("an engine builds all its platforms at once, the classic store's images one by one")
    func grouping() {
        let push = ExportSpec.image(attributes: [:], isPushed: true)
        let files = ExportSpec.local(directory: "out", attributes: [:])
        let both = [Self.amd64, Self.arm64]
        let modern = [PlatformPlan.Node(name: "n", features: Self.features(both))]
        let classic = [PlatformPlan.Node(name: "n", features: Self.features(both, isClassic: true))]
        #expect(Self.parts(Self.request(both, [push]), modern) == ["n: linux/amd64,linux/arm64"])
        #expect(Self.parts(Self.request(both, [push]), classic) == ["n: linux/amd64", "n: linux/arm64"])
        #expect(Self.parts(Self.request(both, [files]), classic) == ["n: linux/amd64,linux/arm64"])
        #expect(Self.parts(Self.request(both), classic) == ["n: linux/amd64", "n: linux/arm64"])
        #expect(Self.parts(Self.request([]), classic) == ["n: "])
        var arguments = Self.request(both, [push])
        arguments.platformBuildArgs = [Self.arm64: ["A": "b"]]
        #expect(Self.parts(arguments, modern) == ["n: linux/amd64", "n: linux/arm64"])
    }

    @Test("a platform that nothing seems to run is told of, with the command that installs an emulator")
    func emulator() throws {
        let amd64 = Self.features([Self.amd64])
        let arm7 = Platform(os: "linux", architecture: "arm", variant: "v7")
        for (platform, needs) in [(Self.arm64, true), (Self.arm64, nil), (arm7, true)] as [(Platform, Bool?)] {
            let text = try #require(amd64.emulation(of: platform, needsPrograms: needs))
            #expect(text.contains("--install \(platform.architecture)"))
        }
        let i386 = Platform(os: "linux", architecture: "386")
        let armv5 = Platform(os: "linux", architecture: "arm", variant: "v5")
        let arm = Self.features([Self.amd64, Platform(os: "linux", architecture: "arm", variant: "v7")])
        #expect(amd64.emulation(of: Self.arm64, needsPrograms: false) == nil)
        // The kernel has an emulator that the engine doesn't tell of.
        #expect(amd64.emulation(of: Self.arm64, needsPrograms: true, emulators: ["aarch64"]) == nil)
        #expect(amd64.emulation(of: Self.amd64, needsPrograms: true) == nil)
        #expect(amd64.emulation(of: i386, needsPrograms: true) == nil)
        #expect(arm.emulation(of: armv5, needsPrograms: true) == nil)
        // An engine that tells no platforms isn't judged.
        #expect(Self.features([]).emulation(of: Self.arm64, needsPrograms: true) == nil)
    }

    @Test("of a platform that no node seems to run the user is told, but not of one that a node is meant for")
    func missing() {
        var request = Self.request([Self.arm64, Self.amd64])
        request.runsTargetPrograms = true
        let node = PlatformPlan.Node(name: "n", features: Self.features([Self.amd64]))
        #expect(PlatformPlan(request, nodes: [node]).notices.count == 1)
        let meant = PlatformPlan.Node(name: "n", declared: [Self.arm64], features: Self.features([Self.amd64]))
        #expect(PlatformPlan(request, nodes: [meant]).notices.isEmpty)
        request.runsTargetPrograms = nil
        #expect(PlatformPlan(request, nodes: [node]).notices.count == 1)
    }

    @Test("a directory whose rest is deleted has a part for each platform")
    func mirrors() throws {
        var request = Self.request([], [.local(directory: "/nowhere/out", attributes: ["mode": "delete"])])
        let one = [[Self.amd64], [Self.arm64]].map { PlatformPlan.Part(node: 0, platforms: $0) }
        try PlatformOutputs.checkMirrors(request, one)
        let mixed = one + [PlatformPlan.Part(node: 1, platforms: [Self.amd64, Self.arm64])]
        #expect(throws: BuildError.self) { try PlatformOutputs.checkMirrors(request, mixed) }
        request.exports = [.local(directory: "/", attributes: ["mode": "delete"])]
        #expect(throws: BuildError.self) { try PlatformOutputs.checkMirrors(request, one) }
        request.exports = [.local(directory: "/nowhere/out", attributes: [:])]
        try PlatformOutputs.checkMirrors(request, mixed)
    }

    @Test("several builds can only be pushed or give files")
    func outputs() throws {
        let both = [Self.amd64, Self.arm64]
        let features = [Self.features(both, isClassic: true)]
        for export in [
            ExportSpec.image(attributes: [:], isPushed: false), .docker(nil, attributes: [:]),
            .tar(.standardOutput, attributes: [:]), .oci(.standardOutput, attributes: [:]),
        ] {
            #expect(throws: BuildError.self) {
                try PlatformOutputs(Self.request(both, [export]), engines: features)
            }
        }
        var push = Self.request(both, [.image(attributes: [:], isPushed: true)])
        push.tags = [
            try ImageReference(parsing: "r.example/a:1"), try ImageReference(parsing: "r.example/a:2"),
            try ImageReference(parsing: "r.example/b:1"),
        ]
        let outputs = try PlatformOutputs(push, engines: features)
        #expect(outputs.repositories.map(\.path) == ["a", "b"] && outputs.names == push.tags)
        let untagged = ExportSpec.image(
            attributes: ["name": "r.example/a,r.example/b", "push-by-digest": "true"],
            isPushed: true
        )
        let byDigest = try PlatformOutputs(Self.request(both, [untagged]), engines: features)
        #expect(byDigest.names.map(\.description) == ["r.example/a", "r.example/b"])
        let part = PlatformPlan.Part(node: 0, platforms: [Self.arm64])
        let own = outputs.request(push, part, Self.features(both))
        #expect(own.tags.isEmpty)
        #expect(
            own.exports == [
                .image(
                    attributes: ["name": "r.example/a,r.example/b", "push-by-digest": "true"],
                    isPushed: true
                )
            ]
        )
        #expect(outputs.request(push, part, features[0]).exports == [.image(attributes: [:], isPushed: false)])
    }

    @Test("each platform's files have a folder, as the engine's own exporter names it")
    func folders() {
        let v7 = Platform(os: "linux", architecture: "arm", variant: "v7")
        #expect(PlatformOutputs.directory("out", .init(node: 0, platforms: [v7])) == "out/linux_arm_v7")
        #expect(PlatformOutputs.directory("/", .init(node: 0, platforms: [Self.amd64])) == "/linux_amd64")
        #expect(PlatformOutputs.directory("out", .init(node: 0, platforms: [Self.amd64, v7])) == "out")
    }

    @Test("steps have their platform in their name once, and keys of their own")
    func names() {
        #expect(PlatformEvents.name("[2/5] RUN make", "linux/arm64") == "[linux/arm64 2/5] RUN make")
        #expect(
            PlatformEvents.name("[linux/arm64 2/5] RUN make", "linux/amd64,linux/arm64") == "[linux/arm64 2/5] RUN make"
        )
        #expect(PlatformEvents.name("exporting to image", "linux/arm64") == "[linux/arm64] exporting to image")
        let sink = Recorder()
        let vertex = Vertex(digest: "sha256:1", inputs: ["sha256:0"], name: "[1/2] FROM x")
        PlatformEvents(next: sink.receive, place: 3, label: "linux/s390x").receive(
            .status(SolveStatus(vertexes: [vertex]))
        )
        #expect(sink.vertexes.first?.digest == "3/sha256:1")
        #expect(sink.vertexes.first?.inputs == ["3/sha256:0"])
        #expect(sink.vertexes.first?.name == "[linux/s390x 1/2] FROM x")
    }
}

/// Keeps the steps that it is told of.
private final class Recorder: Sendable {
    private let kept = Mutex<[Vertex]>([])
    var vertexes: [Vertex] { kept.withLock { $0 } }

    func receive(_ kind: BuildEvent.Kind) {
        if case .status(let status) = kind { kept.withLock { $0 += status.vertexes } }
    }
}
