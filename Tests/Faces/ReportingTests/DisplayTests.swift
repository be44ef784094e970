import CaissonBuildModel
import Foundation
import CaissonReporting
import Synchronization
import Testing

@Suite("The display", .timeLimit(.minutes(2)))
struct DisplayTests {
    /// What was written, with a reader that can be slow or gone.
    private final class Reader: Sendable {
        let text = Mutex<[UInt8]>([])
        let takes: @Sendable (Int) -> Int?

        init(takes: @escaping @Sendable (Int) -> Int? = { $0 }) {
            self.takes = takes
        }

        var output: ProgressOutput {
            ProgressOutput(
                write: { bytes in
                    guard let count = self.takes(bytes.count) else { return nil }
                    self.text.withLock { $0 += bytes.prefix(count) }
                    return min(count, bytes.count)
                },
                wait: { _ in usleep(1000) },
                size: { TerminalSize(width: 80, height: 24) }
            )
        }

        var string: String { text.withLock { String(decoding: $0, as: UTF8.self) } }
    }

    private func replay(_ name: String, mode: ProgressMode, to output: ProgressOutput) async throws {
        let fixture = try EventFixture(name)
        try await withProgressDisplay(ProgressDisplay.Options(mode: mode), output: output) { display in
            for event in fixture.events { display.receive(event) }
            display.receive(.finished(ReplayTests.outcome(of: name)))
        }
    }

    @Test("plain text comes out whole when the reader takes three bytes at a time", arguments: ["parallel", "layers"])
    func plain(name: String) async throws {
        let calls = Atomic(0)
        // Every third write finds no room.
        let reader = Reader { _ in calls.add(1, ordering: .relaxed).newValue % 97 == 0 ? 0 : 3 }
        try await replay(name, mode: .plain, to: reader.output)
        #expect(try EventFixture(name).mismatch(reader.string, golden: "plain.txt") == nil)
        #expect(!reader.string.contains("\u{1B}"))
    }

    @Test("JSON lines come out as they came in")
    func json() async throws {
        let reader = Reader()
        try await replay("layers", mode: .rawjson, to: reader.output)
        #expect(reader.string == (try EventFixture("layers").lines.map { $0 + "\n" }.joined()))
    }

    @Test("what the result lacks is told in every mode", arguments: ProgressMode.allCases)
    func loss(mode: ProgressMode) async throws {
        let reader = Reader()
        var loss: FieldMessage = "a/b was removed"
        loss.isOfLoss = true
        let kinds = [BuildEvent.Kind.notice("by the way"), .notice(loss)]
        try await withProgressDisplay(ProgressDisplay.Options(mode: mode), output: reader.output) { display in
            for kind in kinds {
                display.receive(
                    BuildEvent(build: BuildID(), sequence: 0, time: Timestamp.now, kind: kind)
                )
            }
        }
        let shown = mode == .rawjson ? Data("a/b was removed".utf8).base64EncodedString() : "a/b was removed"
        #expect(reader.string.contains(shown), "\(reader.string)")
        #expect(reader.string.contains("by the way") == [.auto, .plain, .tty].contains(mode), "\(reader.string)")
    }

    @Test("quiet says nothing", arguments: [ProgressMode.quiet, .none])
    func quiet(mode: ProgressMode) async throws {
        let reader = Reader()
        try await replay("layers", mode: mode, to: reader.output)
        #expect(reader.string.isEmpty)
    }

    @Test("a terminal is redrawn while nothing happens and left as it was, also when the build throws")
    func terminal() async throws {
        struct Failure: Error {}
        let reader = Reader()
        let fixture = try EventFixture("failing-run")
        await #expect(throws: Failure.self) {
            try await withProgressDisplay(ProgressDisplay.Options(mode: .tty), output: reader.output) { display in
                for event in fixture.events { display.receive(event) }
                display.show(notice: "left out a\u{1B}[2J socket")
                while reader.string.components(separatedBy: "[+] Building").count < 4 {
                    try await Task.sleep(for: .milliseconds(20))
                }
                throw Failure()
            }
        }
        var terminal = VirtualTerminal(width: 80, height: 24)
        terminal.send(reader.string)
        #expect(terminal.transcript.first == "notice: left out a socket")
        #expect(terminal.transcript.contains { $0.hasPrefix(" => ERROR [3/4] RUN") })
        #expect(terminal.isCursorShown && terminal.wraps)
        #expect(reader.string.hasSuffix(TTYScreen.restoreSequence))
    }

    @Test(
        "a reader that is gone neither stops the build nor costs memory",
        arguments: [ProgressMode.plain, .tty, .rawjson]
    )
    func gone(mode: ProgressMode) async throws {
        try await replay("parallel", mode: mode, to: Reader { _ in nil }.output)
    }

    @Test("a closed pipe does not end the program")
    func closedPipe() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        try await replay("layers", mode: .plain, to: .descriptor(ends[1]))
    }

    @Test("a pipe nobody reads does not hold up a cancelled build")
    func stuckPipe() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        let writer = ends[1]
        let task = Task {
            try await withProgressDisplay(ProgressDisplay.Options(mode: .plain), output: .descriptor(writer)) {
                display in
                display.receive(
                    .status(SolveStatus(vertexes: [Vertex(digest: "v", name: "v", started: Timestamp(seconds: 1))]))
                )
                let line = [UInt8](repeating: 0x78, count: 1000) + [0x0A]
                for _ in 0..<500 {
                    let log = VertexLog(vertex: "v", stream: 1, data: line, timestamp: Timestamp(seconds: 1))
                    display.receive(.status(SolveStatus(logs: [log])))
                }
                try await Task.sleep(for: .seconds(60))
            }
        }
        try await Task.sleep(for: .milliseconds(200))
        let clock = ContinuousClock()
        let time = await clock.measure {
            task.cancel()
            _ = await task.result
        }
        #expect(time < .seconds(10))
    }

    @Test("output that nobody reads is left out and said so; steps, warnings and the end are kept")
    func slowReader() async throws {
        let isReading = Atomic(false)
        let reader = Reader { isReading.load(ordering: .relaxed) ? $0 : 0 }
        let data = Array((String(repeating: "y", count: 8000) + "\n").utf8)
        let time = { (seconds: Int64) in Timestamp(seconds: seconds) }
        try await withProgressDisplay(ProgressDisplay.Options(mode: .plain), output: reader.output) { display in
            display.receive(.status(SolveStatus(vertexes: [Vertex(digest: "v", name: "talks", started: time(1))])))
            for second in 1..<5000 {
                let log = VertexLog(vertex: "v", stream: 1, data: data, timestamp: time(Int64(second)))
                display.receive(.status(SolveStatus(logs: [log])))
            }
            display.receive(.status(SolveStatus(warnings: [VertexWarning(vertex: "v", short: Array("careful".utf8))])))
            isReading.store(true, ordering: .relaxed)
            try await Task.sleep(for: .milliseconds(400))
            let done = Vertex(digest: "v", name: "talks", started: time(1), completed: time(6000))
            display.receive(.status(SolveStatus(vertexes: [done])))
            display.receive(.finished(.cancelled))
        }
        let text = reader.string
        // Compared outside of #expect, which would print megabytes.
        let isBounded = text.utf8.count < 20 * 1024 * 1024
        let hasWarning = text.contains("#1 WARN: careful\n")
        let saysWhatIsMissing = text.contains("bytes of output left out")
        #expect(isBounded && hasWarning && saysWhatIsMissing)
        let end = String(text.suffix(200))
        #expect(end.contains("#1 DONE 5999.0s\n"))
    }
}
