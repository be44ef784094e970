import CaissonBuildModel
import CaissonEngines
import Foundation
import Synchronization
import Testing

/// Builds whose sources other builds of the same batch make.
@Suite struct LinkedBuildTests {
    /// Which steps ran, by their digests, and how often each began.
    private final class Recorder: BuildEventSink {
        let ran = Mutex<[String: Set<Timestamp>]>([:])

        func receive(_ event: BuildEvent) {
            guard case .status(let status) = event.kind else { return }
            for vertex in status.vertexes where vertex.name.contains("RUN") && !vertex.isCached {
                guard let started = vertex.started else { continue }
                ran.withLock { _ = $0[vertex.name, default: []].insert(started) }
            }
        }
    }

    private static func run(
        _ targets: [String: BuildRequest],
        on kind: EngineKind,
        recorder: Recorder
    ) async throws -> [String: Result<BuildResult, BuildError>] {
        let engine = try await TestEngine.shared(kind)
        var dependents: [String: Set<String>] = [:]
        for (name, request) in targets {
            for case .target(let source) in request.contexts.values { dependents[source, default: []].insert(name) }
        }
        let links = BuildLinks(dependents: dependents)
        return try await withBuilder(EngineSelection(address: engine.address), options: EngineOptions()) { builder in
            await withTaskGroup(of: (String, Result<BuildResult, BuildError>).self) { group in
                for (name, request) in targets {
                    group.addTask {
                        defer { links.end(name) }
                        do {
                            let place = BatchPlace(name, in: links)
                            return (name, .success(try await builder.build(request, events: recorder, batch: place)))
                        } catch {
                            return (name, .failure(error as? BuildError ?? BuildError(.engine, "\(error)")))
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
        }
    }

    private static func request(
        _ text: String,
        _ folder: URL,
        _ change: (inout BuildRequest) -> Void
    ) throws -> BuildRequest {
        try TestContext.write(text, to: folder)
        var request = BuildRequest(context: .directory(folder.path))
        change(&request)
        return request
    }

    @Test(.requires(.docker26), arguments: [[], ["linux/amd64", "linux/386"]])
    func `a target is built from what another makes, with its settings, and each step runs once`(
        platforms: [String]
    ) async throws {
        try await withTemporaryDirectory { directory in
            let word = uniqueImageName("linked")
            let parsed = try platforms.map { try Platform(parsing: $0) }
            let base = try Self.request(
                TestContext.busyboxBase + "ENV WORD=\(word)\nRUN sleep 0.5; echo $WORD >/made\nWORKDIR /there\n",
                directory.appending(path: "base")
            ) {
                $0.exports = [.cacheOnly]
                $0.platforms = parsed
            }
            let user = "FROM base\nRUN echo $WORD $PWD $(cat /made) >/out\nFROM scratch\nCOPY --from=0 /out /\n"
            let targets = [
                "base": base,
                "app": try Self.request(user, directory.appending(path: "app")) {
                    $0.contexts = ["base": .target("base")]
                    $0.exports = [.local(directory: directory.appending(path: "out").path, attributes: [:])]
                    $0.platforms = parsed
                },
                "other": try Self.request(
                    "FROM scratch\nCOPY --from=base /made /copy\n",
                    directory.appending(path: "other")
                ) {
                    $0.contexts = ["base": .target("base")]
                    $0.exports = [.local(directory: directory.appending(path: "copied").path, attributes: [:])]
                    $0.platforms = parsed
                },
            ]
            let recorder = Recorder()
            for (name, result) in try await Self.run(targets, on: .docker26, recorder: recorder) {
                #expect(throws: Never.self, "\(name)") { try result.get() }
            }
            let folders = platforms.isEmpty ? [""] : platforms.map { $0.replacing("/", with: "_") + "/" }
            for folder in folders {
                let out = try String(contentsOf: directory.appending(path: "out/\(folder)out"), encoding: .utf8)
                #expect(out == "\(word) /there \(word)\n")
                let copy = try String(contentsOf: directory.appending(path: "copied/\(folder)copy"), encoding: .utf8)
                #expect(copy == "\(word)\n")
            }
            let steps = recorder.ran.withLock { $0.filter { $0.key.contains("/made") && $0.key.contains("sleep") } }
            #expect(steps.values.reduce(0) { $0 + $1.count } == max(1, platforms.count), "\(steps)")
        }
    }

    @Test(.requires(.docker26))
    func `a failing source ends those that need it, with its own error`() async throws {
        try await withTemporaryDirectory { directory in
            let base = try Self.request(
                TestContext.busyboxBase + "RUN echo \(uniqueImageName("x")); exit 9\n",
                directory.appending(path: "base")
            ) { $0.exports = [.cacheOnly] }
            let app = try Self.request("FROM base\nRUN true\n", directory.appending(path: "app")) {
                $0.contexts = ["base": .target("base")]
                $0.exports = [.cacheOnly]
            }
            let missing = try Self.request("FROM none\nRUN true\n", directory.appending(path: "missing")) {
                $0.contexts = ["none": .target("unparsable")]
            }
            let unparsable = try Self.request("FORM x\n", directory.appending(path: "unparsable")) { _ in }
            let targets = ["base": base, "app": app, "missing": missing, "unparsable": unparsable]
            let results = try await Self.run(targets, on: .docker26, recorder: Recorder())
            for name in ["base", "app"] {
                let error = #expect(throws: BuildError.self) { try #require(results[name]).get() }
                #expect(error?.step?.exitCode == 9, "\(name): \(String(describing: error))")
            }
            let parse = #expect(throws: BuildError.self) { try #require(results["unparsable"]).get() }
            #expect(parse?.exitStatus == 2 && parse?.excerpts.isEmpty == false, "\(String(describing: parse))")
            let other = #expect(throws: BuildError.self) { try #require(results["missing"]).get() }
            #expect(other?.message.contains("unparsable") == true, "\(String(describing: other))")
        }
    }
}
