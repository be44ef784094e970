import CaissonBuildModel
import CaissonReporting
import Testing

@Suite("The state of a running build")
struct ModelTests {
    private func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: 1000).advanced(by: seconds) }

    private func applied(_ events: [SolveStatus]) -> ProgressModel {
        var model = ProgressModel()
        for status in events { model.apply(.status(status)) }
        return model
    }

    private func log(_ text: String, _ time: Double, vertex: String = "v", stream: Int = 1) -> SolveStatus {
        SolveStatus(logs: [VertexLog(vertex: vertex, stream: stream, data: Array(text.utf8), timestamp: at(time))])
    }

    private func vertex(
        _ digest: String = "v",
        from start: Double? = nil,
        to stop: Double? = nil,
        error: String = "",
        cached: Bool = false,
        group: ProgressGroup? = nil
    ) -> SolveStatus {
        SolveStatus(vertexes: [
            Vertex(
                digest: digest,
                name: "step " + digest,
                isCached: cached,
                started: start.map(at),
                completed: stop.map(at),
                error: error,
                group: group
            )
        ])
    }

    @Test("time in which a step ran twice at once counts once")
    func intervals() {
        let model = applied([
            vertex(from: 0, to: 2), vertex(from: 1, to: 3), vertex(from: 5), vertex(from: 5, to: 6), vertex(),
        ])
        #expect(model.steps[0].duration(now: at(9)) == 4)
        #expect(model.steps[0].phase == .done)
        #expect(applied([vertex(from: 0, to: 2), vertex(from: 1)]).steps[0].phase == .running)
    }

    @Test("an error that ends in \"context canceled\" is a cancellation")
    func canceled() {
        #expect(applied([vertex(from: 0, to: 1, error: "x: context canceled")]).steps[0].phase == .canceled)
        #expect(applied([vertex(from: 0, to: 1, error: "context canceled: x")]).steps[0].phase == .failed)
    }

    @Test("a group is one step, cached when all of it is, and hidden while only weak members run")
    func groups() {
        let strong = ProgressGroup(id: "g", name: "COPY\na b")
        let weak = ProgressGroup(id: "g", name: "COPY\na b", isWeak: true)
        var model = applied([vertex("a", from: 0, to: 1, cached: true, group: weak)])
        #expect(model.steps.count == 1 && model.steps[0].isHidden && model.counts.total == 0)
        model.apply(.status(vertex("b", from: 1, group: strong)))
        #expect(!model.steps[0].isHidden && model.steps[0].phase == .running && model.steps[0].name == "COPY a b")
        model.apply(.status(vertex("b", from: 1, to: 3, cached: true, group: strong)))
        #expect(model.steps[0].phase == .cached && model.counts.done == 1)
        model.apply(.status(log("from b\n", 2, vertex: "b")))
        #expect(model.changes.lines.map(\.line.text) == ["from b"])
    }

    @Test("pieces of output are joined to lines per stream")
    func lines() {
        var model = applied([vertex(from: 0)])
        var lines: [String] = []
        for status in [
            log("a", 1), log("err\n", 1, stream: 2), log("b\nc", 2), log("10%\r20%\r", 3), log("30%\r\n\n", 4),
        ] {
            model.apply(.status(status))
            lines += model.changes.lines.map(\.line.stamped)
        }
        #expect(lines == ["1.000 err", "1.000 ab", "4.000 30%", "4.000 "])
        model.apply(.status(log("no end", 5)))
        #expect(model.steps[0].unfinishedLine == "no end")
        model.apply(.status(vertex(from: 0, to: 6, error: "bad")))
        #expect(model.changes.lines.map(\.line.stamped) == ["5.000 no end"])
    }

    @Test("a line without end is given out in parts that don't split characters")
    func longLine() {
        var model = applied([vertex(from: 0)])
        let text = String(repeating: "é", count: 3_000_000)
        model.apply(.status(log("x" + text, 1)))
        let parts = model.changes.lines.map(\.line.text) + [model.steps[0].unfinishedLine ?? ""]
        #expect(parts.count > 5 && parts.joined() == "x" + text)
    }

    @Test("a progress bar is told once in five seconds while it runs")
    func progressBar() {
        var model = applied([vertex(from: 0)])
        var lines: [String] = []
        for second in 0..<12 {
            model.apply(.status(log("\(second)\r", Double(second))))
            lines += model.changes.lines.map(\.line.text)
        }
        #expect(lines == ["5", "10"])
    }

    @Test("memory is bounded whatever is sent")
    func bounded() {
        var model = applied([vertex(from: 0)])
        for index in 0..<1500 {
            model.apply(.status(log(String(repeating: "x", count: 1000) + "\n", Double(index))))
            model.apply(
                .status(
                    SolveStatus(statuses: [VertexStatus(id: "\(index)", vertex: "v", timestamp: at(1), started: at(0))])
                )
            )
            model.apply(.status(vertex(from: Double(index), to: Double(index) + 0.5)))
        }
        #expect(model.steps[0].counters.count == ProgressModel.counterLimit)
        #expect(model.steps[0].lastLines.lines.count <= 2 * LogTail.lineLimit)
        #expect(model.steps[0].intervals.count <= 64)
        model.apply(.status(SolveStatus(vertexes: [Vertex(digest: "n", name: String(repeating: "n", count: 1 << 20))])))
        #expect(model.steps[1].name.utf8.count < 10_000)
        for index in 0..<(ProgressModel.stepLimit + 5) {
            model.apply(.status(SolveStatus(vertexes: [Vertex(digest: "\(index)")])))
        }
        #expect(model.steps.count == ProgressModel.stepLimit)
    }

    @Test("a warning that comes again for another step is left out")
    func warnings() throws {
        var model = ProgressModel()
        for event in try EventFixture("warnings").events { model.apply(event) }
        var again = try #require(model.warnings.first)
        again.vertex = "other"
        model.apply(.status(SolveStatus(warnings: [again])))
        #expect(model.warnings.count == 4)
    }

    @Test("the engine's clock may be wrong")
    func clock() {
        var model = ProgressModel()
        model.apply(.of(.attempt(BuildAttempt(on: "e", limit: 1)), at: at(0)), receivedAt: at(0))
        model.apply(.status(vertex(from: -3600)), receivedAt: at(0.5))
        model.apply(.status(log("x\n", -3599)), receivedAt: at(1.1))
        let now = model.engineTime(at(2))
        #expect(abs(model.steps[0].duration(now: now) - 1.9) < 0.001)
        #expect(model.elapsed(now: at(2)) == 2)
    }

    @Test("timestamps of any value don't trap")
    func extremes() {
        var model = ProgressModel()
        let times = [
            Timestamp(seconds: .min), Timestamp(seconds: .max, nanoseconds: 999_999_999), Timestamp(seconds: 0),
        ]
        var plain = PlainRenderer()
        for a in times {
            for b in times {
                let status = SolveStatus(
                    vertexes: [Vertex(digest: "v", name: "v", started: a, completed: b)],
                    statuses: [
                        VertexStatus(id: "s", vertex: "v", current: .min, total: .max, timestamp: a, started: b)
                    ],
                    logs: [VertexLog(vertex: "v", stream: -7, data: [0x0A], timestamp: b)]
                )
                model.apply(.status(status), receivedAt: a)
                _ = plain.text(for: .status(status))
                let lines = TTYRenderer().render(model, width: 60, height: 20, now: b, colors: .none)
                #expect(lines.count >= 2)
            }
        }
    }
}
