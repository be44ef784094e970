import CaissonBuildModel
import CaissonOrchestrator
import Testing

@Suite("Plans that aren't begun", .timeLimit(.minutes(1)))
struct PlanRefusalTests {
    private func refusal(_ plan: BuildPlan, _ kind: EngineKind = .dockerd) async -> String? {
        let engine = PlayedEngine(kind: kind)
        let events = KeptEvents()
        let report = await PlanRunner(on: engine) { _ in }.run(plan, events: events)
        guard let error = report.error else { return nil }
        #expect(engine.begun.isEmpty && error.code == .usage && error.exitStatus == 2)
        #expect(report.nodes.values.allSatisfy { $0.outcome == .cancelled } && report.errors.count == 1)
        #expect(events.outcome == .failed(error))
        return error.message
    }

    @Test("names that nobody has, and names that two have")
    func names() async {
        #expect(
            await refusal(BuildPlan(["app": [Dependency(on: "bsae")], "base": []]))
                == "app depends on \"bsae\", which isn't in the plan (did you mean base?)"
        )
        let linked = BuildPlan(["app": []]) { $0.request.contexts["x"] = .target("nobody") }
        #expect(await refusal(linked) == "app is built from \"nobody\", which isn't in the plan")
        let twice = BuildPlan([BuildPlan.Node("a", .empty), BuildPlan.Node("a", .empty)])
        #expect(await refusal(twice) == "two builds of the plan are called \"a\"")
        var group = BuildPlan(["a": []])
        group.publishedTogether = ["release": ["a", "zoo"]]
        #expect(
            await refusal(group) == "what is published together as release includes \"zoo\", which isn't in the plan"
        )
        group.publishedTogether = ["one": ["a"], "two": ["a"]]
        #expect(await refusal(group) == "a can't be published together as one and as two")
        let sources = BuildPlan(["app": [Dependency(on: "base", .image(as: "x"))], "base": []]) {
            $0.request.tags = [ImageReference(domain: "r.example", path: "a", tag: "1")]
            if $0.name == "app" { $0.request.contexts["x"] = .directory(".") }
        }
        #expect(await refusal(sources) == "app has two sources that are called \"x\"")
    }

    @Test("circles of dependencies, of sources, and of both together")
    func circles() async {
        let circle = "the builds wait for each other in a circle, "
        #expect(await refusal(BuildPlan(["a": [Dependency(on: "a", .always)]])) == circle + "a → a")
        let three = BuildPlan([
            "x": [Dependency(on: "a")], "a": [Dependency(on: "b")], "b": [Dependency(on: "c")],
            "c": [Dependency(on: "a")],
        ])
        #expect(await refusal(three) == circle + "a → b → c → a")
        let sources = BuildPlan(["a": [], "b": []]) {
            $0.request.contexts["x"] = .target($0.name == "a" ? "b" : "a")
        }
        #expect(await refusal(sources) == circle + "a → b → a")
        let both = BuildPlan(["app": [Dependency(on: "tool")], "tool": [Dependency(on: "base")], "base": []]) {
            if $0.name == "app" { $0.request.contexts["x"] = .target("base") }
        }
        let message = await refusal(both)
        #expect(message?.hasPrefix(circle + "app → tool → base → app: ") == true, "\(message ?? "")")
        let itself = BuildPlan(["app": [Dependency(on: "base")], "base": []]) {
            if $0.name == "app" { $0.request.contexts["x"] = .target("base") }
        }
        #expect(await refusal(itself)?.hasPrefix(circle + "app → base → app: ") == true)
    }

    @Test("a long chain is no circle, and doesn't take the stack")
    func chain() async {
        let names = (0..<5000).map { "n\($0)" }
        let nodes = names.enumerated().map { place, name in
            var node = BuildPlan.Node(name, .empty)
            if place > 0 { node.dependencies = [Dependency(on: names[place - 1])] }
            return node
        }
        #expect(throws: Never.self) { try BuildPlan(nodes).check() }
        var closed = BuildPlan(nodes)
        closed.nodes[0].dependencies = [Dependency(on: "n4999")]
        #expect(await refusal(closed)?.hasSuffix("→ n1 → n0") == true)
    }

    @Test("images that nobody will have", arguments: [EngineKind.dockerd, .buildkitd])
    func images(_ kind: EngineKind) async throws {
        let tag = ImageReference(domain: "r.example", path: "base", tag: "1")
        func message(_ exports: [ExportSpec], tags: [ImageReference] = [tag]) async -> String? {
            let plan = BuildPlan(["app": [Dependency(on: "base", .image(as: "x"))], "base": []]) {
                guard $0.name == "base" else { return }
                $0.request.tags = tags
                $0.request.exports = exports
            }
            return await refusal(plan, kind)
        }
        let isStore = kind == .dockerd
        let advice = isStore ? "push it, or load it into the engine, under a tag" : "push it under a tag"
        let none = "app is to be built from the image of base, which leaves none that could be a base — \(advice)"
        #expect(await message([.image(attributes: [:], isPushed: true)]) == nil)
        #expect(await message([.image(attributes: ["name": "r.example/x"], isPushed: true)], tags: []) == nil)
        #expect(await message([.image(attributes: [:], isPushed: true)], tags: []) == none)
        #expect(await message([.cacheOnly]) == none)
        #expect(await message([.local(directory: "d", attributes: [:])]) == none)
        #expect(await message([.docker(.path("f"), attributes: [:])]) == none)
        for exports in [[], [.docker(nil, attributes: [:])], [.image(attributes: [:], isPushed: false)]]
            as [[ExportSpec]]
        {
            #expect(await message(exports) == (isStore ? nil : none))
            #expect(await message(exports, tags: []) == none)
        }
    }
}

extension BuildRequest {
    /// A build of nothing.
    static var empty: BuildRequest { BuildRequest(context: .empty) }
}
