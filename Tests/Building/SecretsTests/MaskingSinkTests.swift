import CaissonBuildModel
import Synchronization
import Testing

@testable import CaissonSecrets

/// Keeps all events.
private final class Recorder: BuildEventSink {
    private let events = Mutex<[BuildEvent]>([])
    var all: [BuildEvent] { events.withLock { $0 } }
    func receive(_ event: BuildEvent) { events.withLock { $0.append(event) } }

    /// The output of a stream of a step.
    func output(_ vertex: String, _ stream: Int) -> String {
        var logs: [VertexLog] = []
        for case .status(let status) in all { logs += status.logs }
        let bytes = logs.filter { $0.vertex == vertex && $0.stream == stream }.flatMap(\.data)
        return String(decoding: bytes, as: UTF8.self)
    }
}

@Suite struct MaskingSinkTests {
    private static let time = Timestamp(seconds: 1, nanoseconds: 0)

    private func log(_ vertex: String, _ stream: Int, _ text: String) -> BuildEvent {
        let log = VertexLog(vertex: vertex, stream: stream, data: Array(text.utf8), timestamp: Self.time)
        return .status(SolveStatus(logs: [log]))
    }

    private func masking(_ events: [BuildEvent]) throws -> Recorder {
        let recorder = Recorder()
        let patterns = try SecretPatterns([Array("hunter2".utf8)])
        let sink = MaskingSink(SecretMask(patterns), next: recorder)
        for event in events { sink.receive(event) }
        return recorder
    }

    @Test func `a secret cut between pieces is found in each stream by itself`() throws {
        let recorder = try masking([
            log("a", 1, "x hun"), log("b", 1, "ter2 "), log("a", 2, "hunter"), log("a", 1, "ter2 y"), log("a", 2, "2!"),
            .finished(.cancelled),
        ])
        #expect(recorder.output("a", 1) == "x *** y")
        #expect(recorder.output("a", 2) == "***!")
        #expect(recorder.output("b", 1) == "ter2 ")
    }

    @Test func `what was held back comes when the step ends, and at the end of the build`() throws {
        var vertex = Vertex(digest: "a", name: "step")
        vertex.completed = Self.time
        let recorder = try masking([log("a", 1, "hun"), log("b", 2, "hunt"), .status(SolveStatus(vertexes: [vertex]))])
        #expect(recorder.output("a", 1) == "hun")
        #expect(recorder.output("b", 2) == "")
        let ended = try masking([log("b", 2, "hunt"), .finished(.cancelled)])
        #expect(ended.output("b", 2) == "hunt")
        #expect(ended.all.last == .finished(.cancelled))
        // What only held something back is no event.
        #expect(ended.all.count == 2)
    }

    @Test func `no text of any event shows a secret`() throws {
        let source = SourceInfo(filename: "hunter2", data: Array("RUN hunter2".utf8))
        var vertex = Vertex(digest: "sha256:hunter2", name: "RUN echo hunter2")
        vertex.error = "failed: hunter2"
        vertex.group = ProgressGroup(id: "g", name: "hunter2")
        let counter = VertexStatus(id: "get hunter2", vertex: "v", name: "hunter2", timestamp: Self.time)
        let warning = VertexWarning(
            vertex: "v",
            short: Array("hunter2".utf8),
            detail: [Array("hunter2".utf8)],
            url: "https://hunter2",
            source: source
        )
        let result = BuildResult(ref: "r", exporterResponse: ["image.name": "hunter2"], imageID: "sha256:1")
        let recorder = try masking([
            .started(BuildStart(ref: "r", engine: "at hunter2", time: Self.time)),
            .status(SolveStatus(vertexes: [vertex], statuses: [counter], warnings: [warning])), .notice("hunter2"),
            .finished(.failed("hunter2")), .finished(.succeeded(result)),
        ])
        let text = recorder.all.map { event in
            guard case .status(let status) = event else { return "\(event)" }
            let warning = status.warnings.map {
                String(decoding: $0.short + $0.detail.joined(), as: UTF8.self) + "\($0.url)"
            }
            let source = status.warnings.compactMap(\.source).map {
                $0.filename + String(decoding: $0.data, as: UTF8.self)
            }
            return "\(status.vertexes.map { ($0.name, $0.error, $0.group) }) \(status.statuses) \(warning) \(source)"
        }.joined()
        #expect(!text.contains("hunter2"))
        #expect(text.contains("***"))
        // A key stays a key.
        guard case .status(let status) = recorder.all[1] else { return }
        #expect(status.vertexes.first?.digest == "sha256:hunter2")
    }

    @Test func `an error is masked with its excerpts and its step`() throws {
        let mask = SecretMask(try SecretPatterns([Array("hunter2".utf8)]))
        let source = SourceInfo(filename: "Dockerfile", data: Array("RUN hunter2".utf8))
        let error = BuildError(
            .step,
            "process \"hunter2\" failed",
            excerpts: [SourceExcerpt(source: source, ranges: [])],
            step: FailedStep(vertex: "v", name: "RUN hunter2", exitCode: 1)
        )
        let masked = mask.apply(error)
        #expect(masked.message == "process \"***\" failed")
        #expect(masked.step?.name == "RUN ***")
        #expect(masked.excerpts.first.map { String(decoding: $0.source.data, as: UTF8.self) } == "RUN ***")
    }

    @Test func `a digest is no text`() throws {
        let mask = SecretMask(try SecretPatterns([Array("0000".utf8)]))
        let digest = "sha256:" + String(repeating: "0", count: 64)
        let result = BuildResult(ref: "r", exporterResponse: ["containerimage.digest": digest, "a": "x0000"])
        #expect(mask.apply(result).exporterResponse == ["containerimage.digest": digest, "a": "x***"])
    }
}
