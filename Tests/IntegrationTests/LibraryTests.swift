import CaissonBuildModel
import CaissonEngines
import Caisson
import Foundation
import Synchronization
import Testing

/// The library product, used the way a program of somebody else uses it.
@Suite struct LibraryTests {
    /// Remembers the names of steps that ended.
    private final class Recorder: BuildEventSink {
        let names = Mutex<[String]>([])
        let outcome = Mutex<BuildOutcome?>(nil)

        func receive(_ event: BuildEvent) {
            if case .finished(let end) = event.kind { outcome.withLock { $0 = end } }
            guard case .status(let status) = event.kind else { return }
            names.withLock { $0 += status.vertexes.filter { $0.completed != nil }.map(\.name) }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `the example in Snippets builds an image and tells its steps`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        let name = uniqueImageName("snippet")
        try await withTemporaryDirectory { directory in
            try TestContext.copyFixture("multistage", to: directory)
            let arguments = [directory.path, name]
            let command = Command(
                TestPaths.built("BuildImage"),
                arguments,
                environment: ["CAISSON_HOST": engine.address]
            )
            // The last stage is `files`, which can't be run: its file is looked at by the engine.
            let printed = try await runSuccessfully(command).output
            let id = try await engine.docker("image", "inspect", "--format", "{{.Id}}", name)
            #expect(printed.hasSuffix("built " + id))
            #expect(printed.contains("done: [internal] load build definition from Dockerfile\n"))
            #expect(printed.contains("] COPY --from=build /src/ /\n"))
            let labels = try await engine.docker("image", "inspect", "--format", "{{json .Config.Labels}}", name)
            #expect(labels.contains(#""org.example.built-by":"the library""#))
        }
    }

    @Test(.requires(.docker26))
    func `a batch and a queue tell a program how far they are`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase + "RUN echo a line\n", to: directory)
            let request = BuildRequest(context: .directory(directory.path))
            let told = Mutex<[String: [BuildProgress]]>([:])
            let report = try await buildBatch(
                BuildPlan([BuildPlan.Node("one", request), BuildPlan.Node("two", request)]),
                on: EngineSelection(address: engine.address)
            ) { name, progress in told.withLock { $0[name, default: []].append(progress) } }
            #expect(report.error == nil && report.nodes.count == 2)
            for name in ["one", "two"] {
                let steps = told.withLock { $0[name] ?? [] }
                #expect(steps.last?.fraction == 1 && steps.contains { $0.currentStep != nil })
            }
            try await withBuildQueue(on: EngineSelection(address: engine.address)) { queue in
                let id = try queue.buildAsync(request, as: "three")
                #expect(try await !queue.result(of: id).ref.isEmpty)
                #expect(try queue.status(of: id).fraction == 1 && queue.active.isEmpty)
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `builds run side by side in one program`(kind: EngineKind) async throws {
        let shared = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.copyFixture("multistage", to: directory)
            var request = BuildRequest(context: .directory(directory.path))
            request.target = "final"
            let words = ["first", "second", "third", "fourth"].map { uniqueImageName($0) }
            let shownBy = try await withBuilder(EngineSelection(address: shared.address), options: EngineOptions()) {
                builder in
                try await withThrowingTaskGroup(of: (String, String?).self) { group in
                    for word in words {
                        var own = request
                        own.buildArgs = ["WHO": word]
                        group.addTask { [own] in (word, try await builder.build(own, events: Recorder()).imageID) }
                    }
                    return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
                }
            }
            for word in words {
                let id = try #require(shownBy[word])
                #expect(try await shared.runContainer(id) == "Good morning, \(word), from here\n")
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `cancelling the task cancels the build`(kind: EngineKind) async throws {
        let shared = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase + "RUN sleep 1005\n", to: directory)
            let recorder = Recorder()
            let build = Task {
                try await withBuilder(EngineSelection(address: shared.address), options: EngineOptions()) { builder in
                    try await builder.build(BuildRequest(context: .directory(directory.path)), events: recorder)
                }
            }
            try await waitUntil(within: .seconds(60)) { shared.runs("sleep 1005") }
            build.cancel()
            let error = await #expect(throws: BuildError.self) { try await build.value }
            #expect(error?.code == .cancelled)
            #expect(recorder.outcome.withLock { $0 } == .cancelled)
            try await waitUntil(within: .seconds(2)) { !shared.runs("sleep 1005") }
        }
    }
}

extension TestEngine {
    /// Whether a process with this command line runs in the engine.
    func runs(_ commandLine: String) -> Bool { processes().contains { $0.commandLine == commandLine } }
}
