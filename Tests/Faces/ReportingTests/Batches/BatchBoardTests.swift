import CaissonBuildModel
import Testing

@testable import CaissonReporting

@Suite("The live view of a batch")
struct BatchBoardTests {
    private let now = BatchSamples.start.advanced(by: 20)

    private func event(_ kind: BuildEvent.Kind, after seconds: Double) -> BuildEvent {
        BatchSamples.event(kind, after: seconds)
    }

    private func started(_ seconds: Double) -> BuildEvent { event(.started(BuildStart(engine: "e")), after: seconds) }

    @Test("What runs comes first, then what failed, then what waits with the reason")
    func usual() {
        var board = BatchSamples.board
        #expect(
            board.lines(width: 80, height: 16, now: now).joined(separator: "\n") == """
                Building 12 targets: 1 done, 4 running, 6 waiting, 1 failed  36 %  about 1m left
                 app         [app 3/7] RUN make -j4 all (and 1 more)                       12.3s
                 web         [web 3/7] RUN npm ci --no-audit --no-fund                     17.8s
                   # fetching
                 api-server  starts                                                        17.0s
                 worker      starts                                                        16.0s
                 db          failed: RUN make -j4 all failed with exit code 2               7.0s
                 docs        waits: 4 builds run already
                 cli         waits: 4 builds run already
                 e2e         waits: needs app, which runs
                 lint        waits: 4 builds run already
                 site        waits: 4 builds run already
                 proxy       waits: 4 builds run already
                """
        )
    }

    @Test("A small terminal has what matters most, and how much is left out")
    func small() {
        var board = BatchSamples.board
        #expect(
            board.lines(width: 40, height: 10, now: now).joined(separator: "\n") == """
                1/12 1 failed  36 %  1m left
                 app         [app 3/7] RUN mak...  12.3s
                 web         [web 3/7] RUN npm...  17.8s
                 api-server  starts                17.0s
                 worker      starts                16.0s
                 db          failed: RUN make -...  7.0s
                 docs        waits: 4 builds run already
                 cli         waits: 4 builds run already
                 … and 4 more
                """
        )
        #expect(board.lines(width: 40, height: 3, now: now) == ["1/12 1 failed  36 %  1m left", " … and 11 more"])
        #expect(board.lines(width: 40, height: 2, now: now) == ["1/12 1 failed  36 %  1m left"])
        #expect(board.lines(width: 40, height: 1, now: now).isEmpty)
        #expect(board.lines(width: 0, height: 9, now: now).isEmpty)
        #expect(board.lines(width: 11, height: 2, now: now) == ["1/12  36 %"])
    }

    @Test("Output of steps comes before most of what waits")
    func output() {
        var board = BatchSamples.board
        let lines = board.lines(width: 80, height: 13, now: now)
        #expect(lines.count == 12)
        #expect(lines[3] == "   # fetching")
        #expect(lines.last == " … and 2 more")
    }

    @Test("Failures, what waits and output have their colours")
    func colors() {
        var board = BatchSamples.board
        let lines = board.lines(width: 80, height: 16, now: now, colors: .standard)
        #expect(lines[3] == "\u{1B}[2m   # fetching\u{1B}[0m")
        #expect(lines[6].hasPrefix("\u{1B}[31m db          failed: "))
        #expect(lines[7].hasPrefix("\u{1B}[2m docs        waits: "))
        #expect(!lines[1].contains("\u{1B}"))
    }

    @Test("Names from outside forge nothing")
    func names() {
        var board = BatchBoard(jobs: 1)
        let name = "\u{1B}[31ma\n b\u{202E}"
        #expect(board.receive(started(0), of: name) == "a  b\u{FFFD}: started")
        let lines = board.lines(width: 60, height: 9, now: now)
        #expect(lines[1].hasPrefix(" a  b\u{FFFD}  starts"))
    }

    @Test("A log gets a line when a build waits, begins, is tried again and ends")
    func plain() {
        var board = BatchBoard(jobs: 1, endsByEvents: false)
        let start = BatchSamples.start
        #expect(board.note(.queued, of: "app", at: start) == nil)
        #expect(board.note(.queued, reason: "4 run already", of: "app", at: start) == "app: waits: 4 run already")
        #expect(board.note(.queued, reason: "3 run already", of: "app", at: start) == nil)
        #expect(board.receive(started(1), of: "app") == "app: started")
        #expect(board.note(.running, of: "app", at: start) == nil)
        let again = BuildAttempt(again: "the push of app:1", number: 2, limit: 3, reason: "no route\nto host")
        let line = "app: the push of app:1 met a failing network, trying again (1 of 2): no route to host"
        #expect(board.receive(event(.attempt(again), after: 2), of: "app") == line)
        let steps = [
            BatchSamples.vertex("a", from: 1, to: 2, isCached: true), BatchSamples.vertex("b", from: 2, to: 3),
        ]
        #expect(board.receive(event(.status(SolveStatus(vertexes: steps)), after: 3), of: "app") == nil)
        #expect(board.receive(event(.finished(.failed(BuildSamples.failure)), after: 5), of: "app") == nil)
        #expect(board.receive(started(6), of: "app") == "app: started again")
        #expect(board.receive(event(.status(SolveStatus(vertexes: steps)), after: 7), of: "app") == nil)
        #expect(board.receive(event(.finished(.succeeded(BuildResult(ref: "r"))), after: 13.3), of: "app") == nil)
        let end = start.advanced(by: 13.3)
        #expect(board.note(.succeeded, of: "app", at: end) == "app: succeeded in 12.3s (1 of 2 steps cached)")
        #expect(board.note(.succeeded, of: "app", at: end) == nil)
        #expect(board.note(.skipped, reason: "not built", of: "web", at: end) == "web: skipped: not built")
    }

    @Test("Each end has its line")
    func ends() {
        var board = BatchBoard(jobs: 1)
        func end(_ name: String, _ outcome: BuildOutcome) -> String? {
            board.receive(started(0), of: name)
            return board.receive(event(.finished(outcome), after: 3), of: name)
        }
        #expect(end("a", .succeeded(BuildResult(ref: ""))) == "a: succeeded in 3.0s")
        #expect(end("b", .cancelled) == "b: cancelled after 3.0s")
        #expect(end("c", .failed(BuildError(.step, "RUN x failed\nmore"))) == "c: failed after 3.0s: RUN x failed")
        #expect(end("d", .failed(BuildError(.deadlineExceeded, "too long"))) == "d: timed out after 3.0s: too long")
        #expect(board.note(.failed, of: "e", at: now) == "e: failed")
        #expect(board.note(.interrupted, reason: "killed", of: "f", at: now) == "f: interrupted: killed")
        let lines = board.lines(width: 90, height: 9, now: now)
        #expect(lines[0] == "Built 6 targets: 1 done, 4 failed, 1 cancelled  100 %")
        #expect(lines[2].hasSuffix("timed out: too long" + String(repeating: " ", count: 63) + "3.0s"))
    }

    @Test("An attempt's end alone doesn't end a build that may be tried again")
    func attempts() {
        var board = BatchBoard(jobs: 1, endsByEvents: false)
        board.receive(started(0), of: "a")
        board.receive(event(.finished(.failed(BuildSamples.failure)), after: 3), of: "a")
        #expect(board.lines(width: 80, height: 9, now: now)[0].contains("1 running"))
        board.note(.queued, reason: "tried again in 1m", of: "a", at: now)
        #expect(board.lines(width: 80, height: 9, now: now)[1] == " a  waits: tried again in 1m")
        let line = board.note(.failed, of: "a", at: BatchSamples.start.advanced(by: 5))
        #expect(line == "a: failed after 5.0s: RUN make -j4 all failed with exit code 2")
    }

    @Test("Without estimates steps count, and builds that ended say how long others take")
    func unknown() {
        var board = BatchBoard(jobs: 2)
        for name in ["a", "b", "c", "d"] { board.add(name) }
        #expect(board.timeLeft(now: now) == nil)
        board.receive(started(0), of: "a")
        let steps = [BatchSamples.vertex("1", from: 0, to: 1), BatchSamples.vertex("2", from: 1)]
        board.receive(event(.status(SolveStatus(vertexes: steps)), after: 1), of: "a")
        _ = board.lines(width: 80, height: 9, now: now)
        #expect(board.percent == 12)
        #expect(board.timeLeft(now: now) == nil)
        board.receive(event(.finished(.succeeded(BuildResult(ref: ""))), after: 10), of: "a")
        #expect(board.timeLeft(now: now) == .seconds(20))
        #expect(board.lines(width: 80, height: 9, now: now)[0].hasSuffix("25 %  about 20s left"))
    }

    @Test("The time left is that of the longest builds first, as many at a time as there are places")
    func forecast() {
        var board = BatchBoard(jobs: 2)
        for (name, seconds) in [("a", 10), ("b", 60), ("c", 20), ("d", 30)] {
            board.add(name, estimate: .seconds(seconds))
        }
        #expect(board.timeLeft(now: now) == .seconds(60))
        board.jobs = 1
        #expect(board.timeLeft(now: now) == .seconds(120))
        board.jobs = .max
        #expect(board.timeLeft(now: now) == .seconds(60))
        board.jobs = .min
        board.receive(started(0), of: "b")
        #expect(board.timeLeft(now: now) == .seconds(100))
        _ = board.lines(width: 80, height: 9, now: now)
        #expect(board.percent == 16)
        // It is late, so nobody knows: a tenth of what it took is left.
        #expect(board.timeLeft(now: BatchSamples.start.advanced(by: 600)) == .seconds(120))
        for name in ["a", "b", "c", "d"] { board.note(.succeeded, of: name, at: now) }
        #expect(board.timeLeft(now: now) == .zero)
    }

    @Test("Ten thousand builds are shown in no time")
    func many() {
        var board = BatchBoard(jobs: 64)
        for place in 0..<10_000 { board.add("build-\(place)", estimate: .seconds(1 + place % 50)) }
        for place in 0..<64 { board.receive(started(Double(place % 7)), of: "build-\(place)") }
        let clock = ContinuousClock()
        let time = clock.measure { #expect(board.lines(width: 80, height: 24, now: now).count == 23) }
        #expect(time < .seconds(2), "\(time)")
    }
}
