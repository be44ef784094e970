import CaissonBuildModel
import CaissonEngines
import CaissonOrchestrator
import CaissonRegistry
import Foundation
import Testing

/// Plans on real engines: images that others need, tags that are set together, timeouts and further attempts.
@Suite struct PlanTests {
    private struct Silent: BuildEventSink {
        func receive(_ event: BuildEvent) {}
    }

    private static func run(_ plan: BuildPlan, on kind: EngineKind) async throws -> PlanReport {
        let engine = try await TestEngine.shared(kind)
        return try await withBuilder(EngineSelection(address: engine.address), options: EngineOptions()) { builder in
            let runner = PlanRunner(on: builder) { list in
                try await publish(list, RegistryOptions(variables: [:], home: "/nonexistent"))
            }
            return await runner.run(plan, events: Silent())
        }
    }

    private static func node(
        _ name: String,
        _ dockerfile: String,
        in folder: URL,
        _ change: (inout BuildPlan.Node) throws -> Void = { _ in }
    ) throws -> BuildPlan.Node {
        let directory = folder.appending(path: name)
        try TestContext.write(dockerfile, to: directory, files: ["word": uniqueImageName(name)])
        var node = BuildPlan.Node(name, BuildRequest(context: .directory(directory.path)))
        try change(&node)
        return node
    }

    private static func isThere(_ image: String) async throws -> Bool {
        let command = Command("/usr/bin/skopeo", ["inspect", "--raw", "--tls-verify=false", "docker://" + image])
        return try await IntegrationTests.run(command).succeeded
    }

    /// Two images with two tags each in two repositories, published together.
    private static func group(_ registry: TestRegistry, _ folder: URL, fails: Bool) throws -> (BuildPlan, [String]) {
        var plan = BuildPlan()
        var tags: [String] = []
        for name in ["app", "db"] {
            let own = ["\(uniqueImageName(name)):1", "mirror/\(uniqueImageName(name)):2"]
            let names = own.map { "\(registry.address)/\($0)" }
            tags += names
            let isFailing = fails && name == "db"
            let text = TestContext.busyboxBase + "COPY word /\n" + (isFailing ? "RUN sleep 1; exit 3\n" : "")
            plan.nodes.append(
                try node(name, text, in: folder) {
                    $0.request.tags = try names.map { try ImageReference(parsing: $0) }
                    $0.request.exports = [.image(attributes: [:], isPushed: true)]
                    $0.request.attestations = [try Attestation(parsing: "type=provenance,mode=max")]
                }
            )
        }
        plan.publishedTogether = ["release": ["app", "db"]]
        return (plan, tags)
    }

    @Test(.requires(.docker26), arguments: [false, true])
    func `what is published together has all its tags or none`(fails: Bool) async throws {
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                var (plan, tags) = try Self.group(registry, directory, fails: fails)
                plan.keepsGoing = true
                let report = try await Self.run(plan, on: .docker26)
                #expect((report.error?.step?.exitCode == 3) == fails, "\(report.errors)")
                for tag in tags { #expect(try await Self.isThere(tag) == !fails, "\(tag)") }
                guard case .succeeded(let result)? = report.nodes["app"]?.outcome else { return #expect(fails) }
                let digest = try #require(result.digest)
                // The provenance is in the index, so that it has to be the index that the tags are of.
                #expect(result.exporterResponse["containerimage.digest"] == digest)
                let first = try await RegistryImages.inspect(tags[0], "--raw")
                #expect(ContentDigest(of: Array(first.standardOutput)).description == digest)
                #expect(first.output.contains("attestation-manifest"))
            }
        }
    }

    @Test(.requires(.docker20))
    func `an engine that can't push by digest refuses before any step`() async throws {
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                let (plan, tags) = try Self.group(registry, directory, fails: false)
                let report = try await Self.run(plan, on: .docker20)
                #expect(report.error?.exitStatus == 2)
                #expect(report.error?.message.contains("what is published together is pushed by its digest") == true)
                for tag in tags { #expect(try await !Self.isThere(tag)) }
            }
        }
    }

    @Test(.requires(.docker26), arguments: [true, false])
    func `an image is built from another's, pushed or loaded`(isPushed: Bool) async throws {
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                let name = "\(registry.address)/\(uniqueImageName("base")):1"
                let base = try Self.node("base", TestContext.busyboxBase + "COPY word /from-base\n", in: directory) {
                    $0.request.tags = [try ImageReference(parsing: name)]
                    $0.request.exports = [
                        isPushed ? .image(attributes: [:], isPushed: true) : .docker(nil, attributes: [:])
                    ]
                }
                let out = directory.appending(path: "out")
                let text = "FROM root AS made\nRUN cp /from-base /copy\nFROM scratch\nCOPY --from=made /copy /\n"
                let app = try Self.node("app", text, in: directory) {
                    $0.dependencies = [Dependency(on: "base", .image(as: "root"))]
                    $0.request.exports = [.local(directory: out.path, attributes: [:])]
                }
                let report = try await Self.run(BuildPlan([app, base]), on: .docker26)
                #expect(report.error == nil, "\(report.errors)")
                let word = try String(contentsOf: directory.appending(path: "base/word"), encoding: .utf8)
                #expect(try String(contentsOf: out.appending(path: "copy"), encoding: .utf8) == word)
            }
        }
    }

    @Test(.requires(.docker26))
    func `a step of a source that fails in two builds is told of as the source's`() async throws {
        try await withTemporaryDirectory { directory in
            let text = TestContext.busyboxBase + "RUN : \(uniqueImageName("x")); sleep 1; exit 9\n"
            let base = try Self.node("base", text, in: directory) { $0.request.exports = [.cacheOnly] }
            let app = try Self.node("app", "FROM root\nRUN true\n", in: directory) {
                $0.request.contexts["root"] = .target("base")
                $0.request.exports = [.cacheOnly]
            }
            var plan = BuildPlan([app, base])
            plan.keepsGoing = true
            let report = try await Self.run(plan, on: .docker26)
            #expect(report.errors.map(\.step?.exitCode) == [9], "\(report.errors)")
            #expect(report.error?.message.hasPrefix("base: ") == true)
            #expect(report.nodes["app"]?.outcome == .skipped("not built, as base failed"))
        }
    }

    @Test(.requires(.docker26))
    func `a hung step is cancelled when its time is up`() async throws {
        try await withTemporaryDirectory { directory in
            let word = uniqueImageName("hung")
            let app = try Self.node("app", TestContext.busyboxBase + "RUN : \(word); sleep 100\n", in: directory) {
                $0.request.exports = [.cacheOnly]
                $0.policy.silenceTimeout = .seconds(3)
            }
            let report = try await Self.run(BuildPlan([app]), on: .docker26)
            #expect(report.error?.code == .deadlineExceeded)
            #expect(try #require(report.nodes["app"]).duration < .seconds(60))
        }
    }

    @Test(.requires(.docker26))
    func `a build that uses another's result is tried again after that one has ended`() async throws {
        try await withTemporaryDirectory { directory in
            let id = uniqueImageName("once")
            let base = try Self.node("base", TestContext.busyboxBase + "COPY word /from-base\n", in: directory) {
                $0.request.exports = [.cacheOnly]
            }
            let once =
                "RUN --mount=type=cache,target=/c,id=\(id) test -e /c/seen || { sleep 3; touch /c/seen; exit 1; }\n"
            let out = directory.appending(path: "out")
            let text = "FROM root AS made\n\(once)COPY word /word\nFROM scratch\nCOPY --from=made /from-base /word /\n"
            let app = try Self.node("app", text, in: directory) {
                $0.request.contexts["root"] = .target("base")
                $0.request.exports = [.local(directory: out.path, attributes: [:])]
                $0.policy.retry = RetryPolicy(attempts: 2, delay: .seconds(1), causes: [.step])
            }
            let report = try await Self.run(BuildPlan([app, base]), on: .docker26)
            #expect(report.error == nil, "\(report.errors)")
            #expect(report.nodes["app"]?.attempts == 2 && report.nodes["base"]?.attempts == 1)
            for (name, file) in [("base", "from-base"), ("app", "word")] {
                let word = try String(contentsOf: directory.appending(path: "\(name)/word"), encoding: .utf8)
                #expect(try String(contentsOf: out.appending(path: file), encoding: .utf8) == word)
            }
        }
    }
}
