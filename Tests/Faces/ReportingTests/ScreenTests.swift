import CaissonBuildModel
import CaissonReporting
import Testing

@Suite("What a screen of 80 by 24 has room for")
struct ScreenTests {
    private static func time(_ seconds: Double) -> Timestamp { Timestamp(seconds: 0).advanced(by: seconds) }

    private static func lines(_ model: ProgressModel, now: Double, width: Int = 80, height: Int = 24) -> [String] {
        TTYRenderer().render(model, width: width, height: height, now: time(now), colors: .none)
    }

    private static func model(_ vertexes: [Vertex], _ statuses: [VertexStatus] = []) -> ProgressModel {
        var model = ProgressModel()
        model.apply(.status(SolveStatus(vertexes: vertexes, statuses: statuses)))
        return model
    }

    private static func counter(
        _ id: String,
        _ current: Int64,
        of total: Int64,
        until end: Double? = nil
    ) -> VertexStatus {
        VertexStatus(
            id: id,
            vertex: "v",
            name: "",
            current: current,
            total: total,
            timestamp: time(3),
            started: time(1),
            completed: end.map(time)
        )
    }

    @Test("all that runs is in view, with one line for what ended", arguments: [1, 5, 18, 20])
    func runningInView(running: Int) {
        let ended = (0..<40).map {
            Vertex(
                digest: "e\($0)",
                name: "ended \($0)",
                isCached: $0 % 4 == 0,
                started: Self.time(1),
                completed: Self.time(2)
            )
        }
        let open = (0..<running).map { Vertex(digest: "r\($0)", name: "runs \($0)", started: Self.time(1)) }
        let lines = Self.lines(Self.model(ended + open), now: 5)
        #expect(lines.count == 23)
        #expect(lines.count { $0.hasPrefix(" => runs ") } == running)
        let shown = lines.count { $0.hasPrefix(" => ended ") || $0.hasPrefix(" => CACHED ended ") }
        #expect(shown == 21 - running)
        #expect(lines[1].hasPrefix(" => … \(40 - shown) steps that ended, "), "\(lines[1])")
    }

    @Test("more running steps than lines are counted")
    func moreRunning() {
        let open = (0..<40).map { Vertex(digest: "r\($0)", name: "runs \($0)", started: Self.time(1)) }
        let lines = Self.lines(Self.model(open), now: 5)
        #expect(lines.count == 23 && lines[1] == " => … 19 more that run")
    }

    @Test(
        "the engine's name is in the heading in as many words as fit",
        arguments: [(120, 2), (80, 2), (50, 1), (40, 0)]
    )
    func engine(width: Int, form: Int) throws {
        var model = ProgressModel()
        let attempt = BuildAttempt(on: "dockerd 28.5.2 at unix:///var/run/docker.sock", limit: 1)
        model.apply(.of(.attempt(attempt), at: Self.time(1)))
        let heading = try #require(Self.lines(model, now: 100, width: width).first)
        let forms = ["dockerd", "dockerd 28.5.2", "dockerd 28.5.2 at unix:///var/run/docker.sock"]
        #expect(heading.hasSuffix(" " + forms[form]) && CellWidth.cells(heading) == width, "\(heading)")
    }

    @Test("a transfer tells its amount, total and speed while it runs")
    func transfer() {
        let step = Vertex(digest: "v", name: "[1/2] FROM debian", started: Self.time(1))
        let model = Self.model(
            [step],
            [
                Self.counter("sha256:a", 30_000_000, of: 60_000_000),
                Self.counter("sha256:b", 5_000_000, of: 5_000_000, until: 2),
            ]
        )
        let lines = Self.lines(model, now: 3)
        #expect(lines[1].hasPrefix(" => [1/2] FROM debian 35.00MB / 65.00MB 17.50MB/s "), "\(lines[1])")
        #expect(lines[2].hasPrefix(" => => sha256:a 30.00MB / 60.00MB 15.00MB/s "), "\(lines[2])")
        #expect(lines[3].hasPrefix(" => => sha256:b 5.00MB / 5.00MB  "), "\(lines[3])")
        // Where there isn't room for all, the speed goes first, then the amount.
        #expect(Self.lines(model, now: 3, width: 42)[2].hasPrefix(" => => sha256:a 30.00MB / 60.00MB "))
        #expect(Self.lines(model, now: 3, width: 24)[2].hasPrefix(" => => sha256:a  "))
    }

    @Test("counts of any size are no trap", arguments: [Int64.max, .min, 0, -1])
    func oddCounts(count: Int64) {
        let step = Vertex(digest: "v", name: "v", started: Self.time(1))
        let counters = [("a", count, Int64.max), ("b", count, count), ("c", .max, .max), ("d", .max, 0)].map {
            Self.counter($0.0, $0.1, of: $0.2)
        }
        #expect(Self.lines(Self.model([step], counters), now: 3).count == 6)
    }

    @Test("a step without a platform in its name gets that of the step it is built on, if each platform has its own")
    func platforms() {
        let vertexes = [
            Vertex(digest: "run", inputs: ["copy"], name: "[a 3/3] RUN make", started: Self.time(3)),
            Vertex(digest: "copy", inputs: ["from", "local"], name: "[a 2/3] RUN x", started: Self.time(2)),
            Vertex(digest: "from", name: "[linux/arm64 a 1/3] ADD x /", started: Self.time(1)),
            Vertex(digest: "from2", name: "[linux/amd64 a 1/3] ADD x /", started: Self.time(1)),
            Vertex(digest: "run2", inputs: ["from2"], name: "[a 2/3] RUN x", started: Self.time(1)),
            Vertex(digest: "local", name: "[internal] load build context", started: Self.time(1)),
        ]
        var model = Self.model(vertexes)
        #expect(
            model.steps.map(\.name) == [
                "[linux/arm64 a 3/3] RUN make", "[linux/arm64 a 2/3] RUN x", "[linux/arm64 a 1/3] ADD x /",
                "[linux/amd64 a 1/3] ADD x /", "[linux/amd64 a 2/3] RUN x", "[internal] load build context",
            ]
        )
        // What a later message says of a step doesn't take the platform from it.
        let done = Vertex(
            digest: "run",
            inputs: ["copy"],
            name: "[a 3/3] RUN make",
            started: Self.time(3),
            completed: Self.time(4)
        )
        model.apply(.status(SolveStatus(vertexes: [done])))
        #expect(model.steps[0].name == "[linux/arm64 a 3/3] RUN make")
    }

    @Test("so it is where the names of several targets come before the platforms")
    func platformsOfTargets() {
        let model = Self.model([
            Vertex(digest: "0/load", name: "[app internal] load build context", started: Self.time(1)),
            Vertex(digest: "0/run", inputs: ["0/from", "0/load"], name: "[app 2/3] RUN x", started: Self.time(2)),
            Vertex(digest: "0/from", name: "[app linux/arm64 1/3] ADD x /", started: Self.time(1)),
            Vertex(digest: "0/from2", name: "[app linux/amd64 1/3] ADD x /", started: Self.time(1)),
            Vertex(digest: "0/run2", inputs: ["0/from2"], name: "[app 2/3] RUN x", started: Self.time(1)),
            Vertex(digest: "1/load", name: "[db internal] load build definition", started: Self.time(1)),
            Vertex(digest: "1/run", name: "[db build 2/3] RUN a/b", started: Self.time(1)),
            Vertex(digest: "1/to", inputs: ["1/run"], name: "[db linux/s390x 3/3] COPY", started: Self.time(1)),
            Vertex(digest: "2/run", inputs: ["2/from"], name: "[internal 2/3] RUN x", started: Self.time(1)),
            Vertex(digest: "2/to", inputs: ["2/run"], name: "[linux/386 internal 3/3] COPY", started: Self.time(1)),
        ])
        #expect(
            model.steps.map(\.name) == [
                "[app internal] load build context", "[app linux/arm64 2/3] RUN x", "[app linux/arm64 1/3] ADD x /",
                "[app linux/amd64 1/3] ADD x /", "[app linux/amd64 2/3] RUN x", "[db internal] load build definition",
                "[db linux/s390x build 2/3] RUN a/b", "[db linux/s390x 3/3] COPY",
                "[linux/386 internal 2/3] RUN x", "[linux/386 internal 3/3] COPY",
            ]
        )
    }

    @Test("a step that all platforms share, named after one of them, says nothing of those built on it")
    func sharedStep() {
        let model = Self.model([
            Vertex(digest: "shared", name: "[linux/amd64 a 1/2] COPY x /", started: Self.time(1)),
            Vertex(digest: "amd64", inputs: ["shared"], name: "[a 2/2] RUN x", started: Self.time(1)),
            Vertex(digest: "386", inputs: ["shared"], name: "[a 2/2] RUN x", started: Self.time(1)),
            Vertex(digest: "last", inputs: ["shared"], name: "[b 1/1] RUN y", started: Self.time(1)),
            Vertex(digest: "to", inputs: ["386"], name: "[linux/386 c 1/1] COPY --from=a / /", started: Self.time(1)),
            Vertex(
                digest: "to2",
                inputs: ["amd64"],
                name: "[linux/amd64 c 1/1] COPY --from=a / /",
                started: Self.time(1)
            ),
        ])
        let names = model.steps.map(\.name)
        // Those that others are built on get their platforms.
        #expect(names[1...3] == ["[linux/amd64 a 2/2] RUN x", "[linux/386 a 2/2] RUN x", "[b 1/1] RUN y"])
    }

    @Test("a chain of steps in any order, and a circle, come to an end")
    func platformChains() {
        let chain = (0..<200).map { Vertex(digest: "\($0)", inputs: ["\($0 + 1)"], name: "[\($0)] RUN x") }
        let end = Vertex(digest: "end", inputs: ["0"], name: "[linux/s390x] COPY", started: Self.time(1))
        #expect(Self.model(chain + [end]).steps.allSatisfy { $0.name.hasPrefix("[linux/s390x") })
        #expect(Self.model([end] + chain.reversed()).steps.allSatisfy { $0.name.hasPrefix("[linux/s390x") })
        let circle = ["a", "b"].map { Vertex(digest: $0, inputs: [$0 == "a" ? "b" : "a"], name: "[x] RUN") }
        #expect(Self.model(circle + [end]).steps[0].name == "[x] RUN")
    }

    @Test("only changed lines are written, in one synchronised update")
    func changedLines() {
        var screen = TTYScreen()
        let first = screen.draw(["a", "b", "c"], width: 20, height: 10)
        #expect(first.contains("a") && first.contains("b") && first.contains("c"))
        let second = screen.draw(["a", "B", "c", "d"], width: 20, height: 10)
        #expect(
            second == "\u{1B}[?2026h\u{1B}[?25l\u{1B}[?7l\r\u{1B}[2A\u{1B}[2KB\r\n\u{1B}[1B\u{1B}[2Kd\r\n"
                + TTYScreen.restoreSequence
        )
        #expect(screen.draw(["a", "B", "c", "d"], width: 20, height: 10).isEmpty)
        #expect(screen.draw(["a", "B", "c", "d"], width: 19, height: 10).contains("c"))
        let shorter = screen.draw(["a"], width: 19, height: 10)
        #expect(shorter.contains("\u{1B}[3A\u{1B}[J") && !shorter.contains("a"))
        // Another program may have written over the lines.
        let frames = (0..<60).map { _ in screen.draw(["a"], width: 19, height: 10) }
        #expect(frames.contains { $0.contains("a") })
    }

    @Test("warnings are one line with their names and how to see them", arguments: [40, 80, 120])
    func warnings(width: Int) throws {
        var model = ProgressModel()
        for event in try EventFixture("warnings").events { model.apply(event) }
        let line = try #require(Self.lines(model, now: 1, width: width).last)
        #expect(line.hasPrefix("4 warnings") && line.hasSuffix("(--progress plain shows them)"), "\(line)")
        #expect(line.contains("ConsistentInstructionCasing") == (width > 40) && CellWidth.cells(line) <= width)
    }
}
