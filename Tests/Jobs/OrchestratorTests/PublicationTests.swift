import CaissonBuildModel
import CaissonOrchestrator
import Synchronization
import Testing

@Suite("Images that another needs, and those that are published together", .timeLimit(.minutes(1)))
struct PublicationTests {
    private let events = KeptEvents()
    private static let digest = "sha256:" + String(repeating: "a", count: 64)

    private static func tag(_ path: String, _ tag: String = "1") -> ImageReference {
        ImageReference(domain: "r.example:5000", path: path, tag: tag)
    }

    @Test("an image is got by its digest where it was pushed, and by its tag where it only lies in the engine's store")
    func baseImages() async {
        let pushed = ExportSpec.image(attributes: [:], isPushed: true)
        let cases: [([ExportSpec], String?, ImageReference)] = [
            ([pushed], Self.digest, ImageReference(domain: "r.example:5000", path: "base", digest: Self.digest)),
            ([pushed], nil, Self.tag("base")), ([.docker(nil, attributes: [:])], Self.digest, Self.tag("base")),
            ([], nil, Self.tag("base")),
        ]
        for (exports, digest, expected) in cases {
            let engine = PlayedEngine(results: ["base": BuildResult(ref: "", digest: digest)])
            let plan = BuildPlan(["app": [Dependency(on: "base", .image(as: "root"))], "base": []]) {
                guard $0.name == "base" else { return }
                $0.request.tags = [Self.tag("base"), Self.tag("other")]
                $0.request.exports = exports
            }
            let report = await PlanRunner(on: engine).run(plan, events: events)
            #expect(report.error == nil && engine.begun == ["base", "app"])
            #expect(engine.request("app")?.contexts == ["root": .image(expected)])
        }
    }

    private static func group(_ change: (inout BuildPlan.Node) -> Void = { _ in }) -> BuildPlan {
        var plan = BuildPlan(["app": [], "db": [], "lone": []]) {
            $0.request.tags = [tag($0.name), tag($0.name, "latest"), tag("mirror/" + $0.name)]
            $0.request.exports = [
                .image(attributes: ["compression": "zstd"], isPushed: true), .docker(nil, attributes: [:]),
            ]
            change(&$0)
        }
        plan.publishedTogether = ["release": ["app", "db"]]
        return plan
    }

    /// What a publisher was given.
    private final class Publisher: Sendable {
        private let kept = Mutex<[[Publication]]>([])
        var calls: [[Publication]] { kept.withLock { $0 } }
        func publish(_ list: [Publication]) { kept.withLock { $0.append(list) } }
    }

    private static let results = ["app", "db"].reduce(into: [String: BuildResult]()) {
        $0[$1] = BuildResult(ref: $1, exporterResponse: ["image.name": "r"], digest: digest)
    }

    @Test("a group is pushed by digest, and gets its tags when all of it is built")
    func publishing() async throws {
        let engine = PlayedEngine(["db": [PlayedEngine.wait("go")]], results: Self.results)
        let publisher = Publisher()
        let plan = Self.group { if $0.name == "db" { $0.request.insecureRegistries = ["r.example:5000"] } }
        let runner = PlanRunner(on: engine) { publisher.publish($0) }
        async let running = runner.run(plan, events: events)
        try await eventually { Set(engine.ended) == ["app", "lone"] }
        #expect(publisher.calls.isEmpty)
        engine.open("go")
        let report = await running
        #expect(report.error == nil)
        func publication(_ name: String, _ insecure: Set<String>) -> Publication {
            let tags = [Self.tag(name), Self.tag(name, "latest"), Self.tag("mirror/" + name)]
            return Publication(node: name, digest: Self.digest, tags: tags, insecureRegistries: insecure)
        }
        #expect(publisher.calls == [[publication("app", []), publication("db", ["r.example:5000"])]])
        let request = try #require(engine.request("app"))
        let names = "r.example:5000/app,r.example:5000/mirror/app"
        let tags = "r.example:5000/app:1,r.example:5000/app:latest,r.example:5000/mirror/app:1"
        #expect(
            request.exports == [
                .image(
                    attributes: ["compression": "zstd", "name": names, "push-by-digest": "true"],
                    isPushed: true
                ),
                .docker(nil, attributes: ["name": tags]),
            ]
        )
        #expect(request.tags.isEmpty && engine.request("lone")?.tags.count == 3)
        guard case .succeeded(let result)? = report.nodes["app"]?.outcome else {
            Issue.record("app wasn't built")
            return
        }
        #expect(result.exporterResponse["image.name"] == tags)
        let images = events.kinds.compactMap { if case .artifact(.image(let image)) = $0 { image.names } else { nil } }
        #expect(images.count == 2 && images[0].count == 3)
    }

    @Test("no tag is set where one of the group fails, and each says so", arguments: [true, false])
    func withheld(_ keepsGoing: Bool) async {
        let engine = PlayedEngine(
            [
                "db": [
                    { call in
                        try await eventually { Set(call.log.ended) == ["app", "lone"] }
                        // The runner has to know it as well.
                        try await Task.sleep(for: .milliseconds(50))
                        throw BuildError(.step, "it broke")
                    }
                ]
            ],
            results: Self.results
        )
        let publisher = Publisher()
        var plan = Self.group()
        plan.keepsGoing = keepsGoing
        let report = await PlanRunner(on: engine) { publisher.publish($0) }.run(plan, events: events)
        #expect(publisher.calls.isEmpty && report.errors.map(\.message) == ["db: it broke"])
        let words = "app: built, but its tags aren't set: db, published together with it, wasn't built"
        guard case .failed(let error)? = report.nodes["app"]?.outcome else {
            Issue.record("app's tags are set")
            return
        }
        #expect(error.message == words && error.exitStatus == 1 && events.words == [words])
        #expect(report.nodes["lone"]?.outcome == .succeeded(BuildResult(ref: "lone")))
    }

    @Test("a registry that refuses the tags fails the group")
    func refused() async {
        let engine = PlayedEngine(results: Self.results)
        let runner = PlanRunner(on: engine) { _ in throw BuildError(.engine, "r.example:5000 is away") }
        let report = await runner.run(Self.group(), events: events)
        #expect(report.errors.map(\.message) == ["app, db: the tags can't be set: r.example:5000 is away"])
        for name in ["app", "db"] {
            guard case .failed(let error)? = report.nodes[name]?.outcome else {
                Issue.record("\(name) is published")
                continue
            }
            #expect(error.message == "\(name): the tags can't be set: r.example:5000 is away")
        }
    }

    @Test("what can't be published together isn't begun, and what pushes nothing needs nobody")
    func refusals() async {
        let untagged = Self.group { if $0.name == "db" { $0.request.tags = [] } }
        let engine = PlayedEngine(results: Self.results)
        let report = await PlanRunner(on: engine) { _ in }.run(untagged, events: events)
        #expect(report.error?.message == "db is published together with others as release and has no tag to get")
        #expect(report.error?.exitStatus == 2)
        let nobody = await PlanRunner(on: engine).run(Self.group(), events: events)
        #expect(nobody.error?.exitStatus == 2 && engine.begun.isEmpty)
        let local = Self.group { $0.request.exports = [.local(directory: "d", attributes: [:])] }
        #expect(await PlanRunner(on: engine).run(local, events: events).error == nil)
        let blind = PlayedEngine(results: ["app": BuildResult(ref: ""), "db": BuildResult(ref: "")])
        let silent = await PlanRunner(on: blind) { _ in }.run(Self.group(), events: events)
        #expect(silent.error?.message.contains("doesn't tell the digest") == true)
    }

    @Test("an engine that can't push by digest is told of with the reason for it")
    func unsupported() async {
        let engine = PlayedEngine(["app": [PlayedEngine.fail(.unsupported, "no")]], results: Self.results)
        let report = await PlanRunner(on: engine) { _ in }.run(Self.group(), events: events)
        #expect(report.error?.message == "app: no — what is published together is pushed by its digest first")
    }
}
