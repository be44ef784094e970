@testable import CaissonBuildKit
import CaissonBuildModel
import Testing

@testable import CaissonEngines

extension EngineFeatures {
    /// Debian bookworm's dockerd 20.10.
    static let docker20 = EngineFeatures(dockerd: APIVersion(major: 1, minor: 41), workers: [])
    /// dockerd 28 with images in containerd.
    static let docker28 = EngineFeatures(
        dockerd: APIVersion(major: 1, minor: 51),
        workers: [
            Worker(
                id: "w",
                labels: [
                    "org.mobyproject.buildkit.worker.snapshotter": "overlayfs",
                    "org.mobyproject.buildkit.worker.moby.host-gateway-ip": "172.17.0.1",
                ],
                platforms: []
            )
        ]
    )
    static let buildkitd = EngineFeatures(buildkitd: "v0.26.2", workers: [])
    static let oldBuildkitd = EngineFeatures(buildkitd: "", workers: [])
}

@Suite struct ExportPlanTests {
    private static func plan(
        _ exports: [ExportSpec],
        _ features: EngineFeatures,
        tags: [String] = []
    ) throws -> ExportPlan {
        var request = BuildRequest(context: .empty)
        request.exports = exports
        request.tags = try tags.map { try ImageReference(parsing: $0) }
        return try ExportPlan(request, features: features)
    }

    private static func refusal(_ exports: [ExportSpec], _ features: EngineFeatures) -> BuildError? {
        do {
            _ = try plan(exports, features)
            return nil
        } catch {
            return error as? BuildError
        }
    }

    @Test func `without an output dockerd keeps the image and buildkitd says where it stays`() throws {
        let docker = try Self.plan([], .docker20, tags: ["a/b:c"])
        #expect(docker.exporters == [.init(type: "moby", attributes: ["name": "docker.io/a/b:c"])])
        #expect(docker.storesImage)
        let buildkitd = try Self.plan([], .buildkitd)
        #expect(buildkitd.exporters.isEmpty)
        #expect(buildkitd.notice?.fields == [.load, .push, .exports])
    }

    @Test func `a push without TLS is told to engines that take that, of the registries named`() throws {
        var request = BuildRequest(context: .empty)
        request.exports = [.image(attributes: [:], isPushed: true)]
        request.tags = [try ImageReference(parsing: "Host.example:5000/a:1")]
        for (hosts, isMarked) in [
            (["host.example:5000"], true), (["*"], true), (["host.example"], false), ([], false),
        ] {
            request.insecureRegistries = Set(hosts)
            for features in [EngineFeatures.docker28, .buildkitd] {
                let plan = try ExportPlan(request, features: features)
                #expect(plan.exporters.first?.attributes["registry.insecure"] == (isMarked ? "true" : nil))
            }
            let old = try ExportPlan(request, features: .docker20)
            #expect(old.exporters.first?.attributes["registry.insecure"] == nil)
            #expect((old.notice?.description.contains("insecure-registries") == true) == isMarked)
        }
        request.exports = [.image(attributes: ["registry.insecure": "false"], isPushed: true)]
        request.insecureRegistries = ["*"]
        let own = try ExportPlan(request, features: .buildkitd)
        #expect(own.exporters.first?.attributes["registry.insecure"] == "false")
        request.exports = [.image(attributes: [:], isPushed: false)]
        #expect(try ExportPlan(request, features: .buildkitd).exporters.first?.attributes["registry.insecure"] == nil)
    }

    @Test(arguments: [EngineFeatures.docker20, .docker28, .buildkitd, .oldBuildkitd])
    func `files and directories are the same on every engine`(features: EngineFeatures) throws {
        let local = try Self.plan([.local(directory: "d", attributes: [:])], features)
        #expect(local.exporters == [.init(type: "local")])
        #expect(local.targets == [0: .directory("d")])
        let tar = try Self.plan([.tar(.standardOutput, attributes: [:])], features)
        #expect(tar.exporters == [.init(type: "tar")])
        #expect(tar.targets == [0: .file(.standardOutput)])
        #expect(try Self.plan([.cacheOnly], features).exporters.isEmpty)
    }

    @Test func `an archive of OCI needs an engine that writes one`() throws {
        let refused = Self.refusal([.oci(.path("o"), attributes: [:])], .docker20)
        #expect(refused?.code == .unsupported)
        #expect(refused?.exitStatus == 2)
        #expect(refused?.message.contains("dockerd (API 1.41)") == true)
        for features in [EngineFeatures.docker28, .buildkitd] {
            let plan = try Self.plan([.oci(.path("o"), attributes: [:])], features, tags: ["t"])
            #expect(plan.exporters == [.init(type: "oci", attributes: ["name": "docker.io/library/t:latest"])])
            #expect(plan.targets == [0: .file(.path("o"))])
        }
    }

    @Test func `an archive for docker is saved afterwards where the engine has no exporter for it`() throws {
        let old = try Self.plan([.docker(.path("o"), attributes: [:])], .docker20, tags: ["t"])
        #expect(old.exporters.map(\.type) == ["moby"])
        #expect(old.afterwards == [.save(.path("o"))])
        #expect(old.targets.isEmpty)
        let new = try Self.plan([.docker(.path("o"), attributes: [:])], .docker28)
        #expect(new.exporters.map(\.type) == ["docker"])
        #expect(new.targets == [0: .file(.path("o"))])
        #expect(new.afterwards.isEmpty)
        let refused = Self.refusal([.docker(.path("o"), attributes: ["compression": "zstd"])], .docker20)
        #expect(refused?.message.contains("compression") == true)
    }

    @Test func `loading is nothing in dockerd and a pipe from buildkitd`() throws {
        #expect(try Self.plan([.docker(nil, attributes: [:])], .docker20).exporters.map(\.type) == ["moby"])
        #expect(try Self.plan([.docker(nil, attributes: [:])], .docker28).exporters.map(\.type) == ["moby"])
        let plan = try Self.plan([.tar(.path("t"), attributes: [:]), .docker(nil, attributes: [:])], .buildkitd)
        #expect(plan.exporters.map(\.type) == ["tar", "docker"])
        #expect(plan.afterwards == [.load(place: 1)])
    }

    @Test func `loading and saving the same image makes it once`() throws {
        let plan = try Self.plan(
            [.docker(nil, attributes: [:]), .docker(.path("o"), attributes: [:])],
            .docker20,
            tags: ["t"]
        )
        #expect(plan.exporters.count == 1)
        #expect(plan.afterwards == [.save(.path("o"))])
    }

    @Test func `pushing is the engine's work, or ours where it can't`() throws {
        let push = ExportSpec.image(attributes: [:], isPushed: true)
        let old = try Self.plan([push], .docker20, tags: ["r.example/t:1"])
        #expect(old.afterwards == [.push([try ImageReference(parsing: "r.example/t:1")])])
        #expect(old.exporters.first?.attributes["push"] == nil)
        for features in [EngineFeatures.docker28, .buildkitd] {
            let plan = try Self.plan([push], features, tags: ["r.example/t:1"])
            #expect(plan.exporters.first?.attributes["push"] == "true")
            #expect(plan.afterwards.isEmpty)
        }
        let named = try Self.plan([.image(attributes: ["name": "r.example/x"], isPushed: true)], .docker20)
        #expect(named.afterwards == [.push([try ImageReference(parsing: "r.example/x")])])
    }

    @Test func `an image attribute that the engine would ignore is refused`() {
        let refused = Self.refusal([.image(attributes: ["compression": "zstd"], isPushed: false)], .docker20)
        #expect(refused?.code == .unsupported)
        #expect(refused?.message.contains("compression") == true)
        #expect(Self.refusal([.image(attributes: ["compression": "zstd"], isPushed: false)], .docker28) == nil)
    }

    @Test(arguments: [EngineFeatures.docker20, .oldBuildkitd])
    func `several outputs need an engine that takes them`(features: EngineFeatures) {
        let exports: [ExportSpec] = [.tar(.path("a"), attributes: [:]), .local(directory: "b", attributes: [:])]
        #expect(Self.refusal(exports, features)?.code == .unsupported)
        #expect(Self.refusal(exports, .buildkitd) == nil)
        #expect(Self.refusal(exports, .docker28) == nil)
    }
}
