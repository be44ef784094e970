import CaissonBuildModel
import CaissonReporting
import Testing

@Suite("Progress on a terminal")
struct TTYTests {
    static let widths = [40, 80, 120]

    @Test("screens are what the golden file says", arguments: EventFixture.all, widths)
    func golden(name: String, width: Int) throws {
        let fixture = try EventFixture(name)
        let renderer = TTYRenderer()
        var model = ProgressModel()
        var out = ""
        let marks = Set([1, 2, 3].map { fixture.events.count * $0 / 4 })
        for (place, event) in fixture.events.enumerated() {
            model.apply(event)
            guard marks.contains(place), let now = model.latest else { continue }
            let lines = renderer.render(model, width: width, height: 24, now: now, colors: .none)
            #expect(lines.count < 24 && lines.allSatisfy { CellWidth.cells($0) <= width })
            out += "--- after event \(place)\n" + lines.map { $0 + "\n" }.joined()
        }
        model.apply(.finished(ReplayTests.outcome(of: name)))
        let now = try #require(model.latest)
        let lines = renderer.renderFinal(model, width: width, now: now, colors: .none)
        #expect(lines.allSatisfy { CellWidth.cells($0) <= width })
        out += "--- at the end\n" + lines.map { $0 + "\n" }.joined()
        #expect(try fixture.mismatch(out, golden: "tty-\(width).txt") == nil)
    }

    /// A line as the virtual terminal gives it back.
    private func trimmed(_ line: String) -> String {
        var line = line
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }

    @Test(
        "what the terminal shows in the end is the last frame, with the shell's text above untouched",
        arguments: EventFixture.all,
        [[40], [80], [200], [200, 80, 40], [33, 97]]
    )
    func emulated(name: String, widths: [Int]) throws {
        let fixture = try EventFixture(name)
        let events = fixture.events + [.finished(ReplayTests.outcome(of: name))]
        // High enough that the old frame, wrapped by the narrower terminal, does not scroll off: what did can't be erased.
        let height = widths.count == 1 ? 24 : 150
        var terminal = VirtualTerminal(width: widths[0], height: height)
        terminal.send("$ caisson build .\r\n")
        var screen = TTYScreen()
        var model = ProgressModel()
        let colors = ProgressColors.standard
        for (place, event) in events.enumerated() {
            model.apply(event)
            let width = widths[place * widths.count / events.count]
            if width != terminal.width { terminal.resize(width: width, height: height) }
            let now = model.latest ?? Timestamp(seconds: 0)
            let frame = TTYRenderer().render(model, width: width, height: height, now: now, colors: colors)
            terminal.send(screen.draw(frame, width: width, height: height))
            guard place % 6 == 0 else { continue }
            #expect(terminal.isCursorShown && terminal.wraps && !terminal.isUpdating)
            #expect(terminal.transcript == ["$ caisson build ."] + frame.map { trimmed(SafeText.line($0)) })
        }
        let width = terminal.width
        let now = try #require(model.latest)
        let last = TTYRenderer().renderFinal(model, width: width, now: now, colors: colors)
        terminal.send(screen.finish(last, width: width))
        #expect(terminal.transcript == ["$ caisson build ."] + last.map { trimmed(SafeText.line($0)) })
        #expect(terminal.isCursorShown && terminal.wraps && terminal.unknown.isEmpty)
    }

    @Test("after a resize of a low terminal the frame is whole and nothing is left below it")
    func lowTerminalResized() throws {
        let fixture = try EventFixture("parallel")
        var model = ProgressModel()
        var terminal = VirtualTerminal(width: 90, height: 12)
        var screen = TTYScreen()
        for (place, event) in fixture.events.enumerated() {
            model.apply(event)
            let size = [(90, 12), (47, 20), (150, 7), (61, 9)][place / 4 % 4]
            terminal.resize(width: size.0, height: size.1)
            let now = model.latest ?? Timestamp(seconds: 0)
            let frame = TTYRenderer().render(model, width: size.0, height: size.1, now: now, colors: .none)
            terminal.send(screen.draw(frame, width: size.0, height: size.1))
            #expect(terminal.transcript.suffix(frame.count) == frame.map(trimmed))
        }
    }

    @Test("a terminal of few lines shows the heading and what runs", arguments: 1...8)
    func lowTerminal(height: Int) throws {
        let fixture = try EventFixture("parallel")
        var model = ProgressModel()
        var terminal = VirtualTerminal(width: 60, height: height)
        var screen = TTYScreen()
        for event in fixture.events {
            model.apply(event)
            let now = model.latest ?? Timestamp(seconds: 0)
            let frame = TTYRenderer().render(model, width: 60, height: height, now: now, colors: .none)
            #expect(frame.count <= max(0, height - 1))
            terminal.send(screen.draw(frame, width: 60, height: height))
            #expect(terminal.transcript == frame.map(trimmed))
        }
    }

    @Test("a notice stays above the frame")
    func notice() {
        var terminal = VirtualTerminal(width: 20, height: 6)
        var screen = TTYScreen()
        terminal.send(screen.draw(["one", "two"], width: 20, height: 6))
        terminal.send(screen.draw(["three"], above: ["notice: a socket was left out"], width: 20, height: 6))
        terminal.send(screen.finish(["four"], width: 20))
        #expect(terminal.transcript == ["notice: a socket was", " left out", "four"])
    }

    @Test("running steps stay when completed ones have no room any more")
    func priority() {
        var model = ProgressModel()
        let t = { (seconds: Int64) in Timestamp(seconds: seconds) }
        model.apply(.status(SolveStatus(vertexes: [Vertex(digest: "a", name: "long one", started: t(1))])))
        for index in 0..<50 {
            let name = "step \(index)"
            model.apply(
                .status(SolveStatus(vertexes: [Vertex(digest: name, name: name, started: t(2), completed: t(3))]))
            )
        }
        let lines = TTYRenderer().render(model, width: 40, height: 6, now: t(4), colors: .none)
        #expect(
            lines == [
                "[+] Building 3.0s (50/51 98%)", " => … 48 steps that ended",
                " => long one                        3.0s", " => step 48                         1.0s",
                " => step 49                         1.0s",
            ]
        )
    }

    @Test("colours mark how steps ended and stop at the line's end")
    func colors() {
        var model = ProgressModel()
        let t = { (seconds: Int64) in Timestamp(seconds: seconds) }
        model.apply(
            .status(
                SolveStatus(vertexes: [
                    Vertex(digest: "a", name: "a", isCached: true, started: t(1), completed: t(1)),
                    Vertex(digest: "b", name: "b", started: t(1), completed: t(2), error: "exit code: 3"),
                    Vertex(digest: "c", name: "c", started: t(1), completed: t(2), error: "x: context canceled"),
                    Vertex(digest: "d", name: "d", started: t(1)),
                ])
            )
        )
        let lines = TTYRenderer().render(model, width: 24, height: 9, now: t(2), colors: .standard)
        #expect(
            lines.dropFirst() == [
                "\u{1B}[34m => CACHED a        0.0s\u{1B}[0m", "\u{1B}[31m => ERROR b         1.0s\u{1B}[0m",
                "\u{1B}[33m => CANCELED c      1.0s\u{1B}[0m", " => d               1.0s",
            ]
        )
    }
}
