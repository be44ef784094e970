import CaissonBuildModel
import Testing

@testable import CaissonReporting

@Suite("The live view of a batch, whatever comes")
struct BoardPropertyTests {
    @Test("Any order of events gives lines that fit and a percentage that never falls", arguments: UInt64(1)...20)
    func anyOrder(seed: UInt64) {
        var dice = BoardDice(state: seed)
        var board = BatchBoard(jobs: Int(dice.below(6)) - 1, endsByEvents: dice.below(2) == 0)
        let count = 1 + dice.below(12)
        for place in 0..<count { board.add(dice.name(place), estimate: dice.estimate()) }
        var clock = BatchSamples.start
        var shown = 0
        for _ in 0..<120 {
            if dice.below(40) == 0 {
                board.add(dice.name(dice.below(16)), estimate: dice.estimate())
                shown = 0
            }
            dice.happen(to: &board, count)
            // Frames come in the order of our clock; events may have any time.
            clock = clock.advanced(by: Double(dice.below(30)) / 7)
            let (width, height) = (Int(dice.below(100)), Int(dice.below(30)))
            let lines = board.lines(width: width, height: height, now: clock)
            #expect((0...100).contains(board.percent))
            #expect(board.percent >= shown, "seed \(seed)")
            shown = board.percent
            #expect(lines.isEmpty || lines.count < height)
            #expect(lines.allSatisfy { CellWidth.cells($0) <= width && !$0.contains("\n") }, "seed \(seed)")
            if let left = board.timeLeft(now: clock) { #expect(left >= .zero && left <= .seconds(2_000_000_000)) }
        }
        for place in 0..<count { board.note(.succeeded, of: dice.name(place), at: clock) }
        #expect(board.percent <= 100)
    }

    @Test("When all have ended, all is done", arguments: UInt64(1)...20)
    func end(seed: UInt64) {
        var dice = BoardDice(state: seed)
        var board = BatchBoard(jobs: 2)
        for place in UInt64(0)..<9 { board.add(dice.name(place), estimate: dice.estimate()) }
        for _ in 0..<50 { dice.happen(to: &board, 9) }
        let states = BuildStatus.allCases.filter(\.isFinal)
        for place in UInt64(0)..<9 {
            board.note(states[Int(dice.below(UInt64(states.count)))], of: dice.name(place), at: BatchSamples.start)
        }
        let lines = board.lines(width: 90, height: 20, now: BatchSamples.start)
        #expect(board.percent == 100)
        #expect(lines.first?.hasPrefix("Built 9 targets: ") == true)
        #expect(board.timeLeft(now: BatchSamples.start) == .zero)
    }
}

/// What happens next, the same for the same seed.
private struct BoardDice {
    var state: UInt64

    mutating func below(_ limit: UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % max(limit, 1)
    }

    func name(_ place: UInt64) -> String {
        ["app", "日本語の名前", "\u{1B}[31mred\n", "", String(repeating: "long", count: 20)][Int(place % 5)] + "\(place)"
    }

    mutating func estimate() -> Duration? {
        switch below(5) {
        case 0: nil
        case 1: .zero
        case 2: .seconds(-4)
        case 3: .seconds(Int64.max)
        default: .seconds(below(100))
        }
    }

    mutating func time() -> Timestamp {
        switch below(12) {
        case 0: Timestamp(seconds: .min)
        case 1: Timestamp(seconds: .max, nanoseconds: .max)
        default: BatchSamples.start.advanced(by: Double(below(2000)) / 10 - 20)
        }
    }

    mutating func happen(to board: inout BatchBoard, _ count: UInt64) {
        let name = name(below(count))
        if below(3) == 0 {
            let status = BuildStatus.allCases[Int(below(UInt64(BuildStatus.allCases.count)))]
            board.note(status, reason: below(2) == 0 ? "日本\u{9B}1m\nreason" : nil, of: name, at: time())
            return
        }
        let kind = kind()
        board.receive(BuildEvent.of(kind, at: time()), of: name)
    }

    private mutating func kind() -> BuildEvent.Kind {
        switch below(9) {
        case 0, 1: return .started(BuildStart(engine: "e"))
        case 2: return .attempt(BuildAttempt(on: "e", limit: 2))
        case 3: return .attempt(BuildAttempt(again: "the build", number: 2, limit: 3, reason: "x\ny"))
        case 4: return .finished(below(2) == 0 ? .cancelled : .failed(BuildError(.deadlineExceeded, "late\n日本")))
        case 5: return .finished(.succeeded(BuildResult(ref: "")))
        default: return .status(status())
        }
    }

    private mutating func status() -> SolveStatus {
        let digest = "d\(below(4))"
        let (started, completed) = (below(4) == 0 ? nil : time(), below(2) == 0 ? nil : time())
        let name = "[日本 \(below(9))/9] RUN \t echo \u{1B}[2J"
        let step = Vertex(digest: digest, name: name, isCached: below(3) == 0, started: started, completed: completed)
        let log = VertexLog(vertex: digest, stream: 1, data: Array("a\tb 日本\rline".utf8), timestamp: time())
        return SolveStatus(vertexes: [step], logs: [log])
    }
}
