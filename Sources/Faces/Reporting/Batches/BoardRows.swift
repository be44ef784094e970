import CaissonBuildModel

/// The lines below the board's heading: what runs, what failed, what waits, as far as there is room.
struct BoardRows {
    private let running: [BoardBuild]
    private let bad: [BoardBuild]
    private let waiting: [BoardBuild]
    private let width: Int
    private let now: Timestamp
    private let colors: ProgressColors
    /// So many of those that wait are shown before output of steps is.
    private static let leastWaiting = 3

    init(_ builds: [BoardBuild], width: Int, now: Timestamp, colors: ProgressColors) {
        running = builds.filter { $0.status == .running }
        bad = builds.filter { [.failed, .timedOut, .interrupted].contains($0.status) }
        waiting = builds.filter { $0.status == .queued }
        self.width = width
        self.now = now
        self.colors = colors
    }

    /// No more lines than that.
    func lines(fitting limit: Int) -> [String] {
        guard limit > 0 else { return [] }
        let outputs = running.map(output)
        let important = running.count + bad.count
        var room = limit - important - outputs.count { $0 != nil }
        // The line for those that are left out needs a place, too.
        if waiting.count > room { room -= 1 }
        var shown = min(important + min(waiting.count, max(Self.leastWaiting, room)), limit)
        let total = important + waiting.count
        if shown < total, shown == limit { shown -= 1 }
        let builds = (running + bad + waiting).prefix(shown)
        let names = nameWidth(builds)
        var free = limit - shown - (shown < total ? 1 : 0)
        var lines: [String] = []
        for (place, build) in builds.enumerated() {
            lines.append(line(build, names))
            guard free > 0, place < outputs.count, let output = outputs[place] else { continue }
            free -= 1
            lines.append(output)
        }
        if shown < total { lines.append(CellWidth.fit(" … and \(total - shown) more", width)) }
        return lines
    }

    /// As wide as the widest name, but no more than a part of the line.
    private func nameWidth(_ builds: ArraySlice<BoardBuild>) -> Int {
        let widest = builds.map { CellWidth.cells($0.name) }.max() ?? 0
        return min(widest, max(4, min(width * 3 / 10, 32)))
    }

    private func line(_ build: BoardBuild, _ names: Int) -> String {
        let name = TextLayout.padded(CellWidth.fit(build.name, names), names)
        let (text, time) = content(of: build)
        var timer = time.map { "  " + SpanText.exact(seconds: $0) } ?? ""
        let start = " \(name)  "
        let left = width - CellWidth.cells(timer)
        if left < CellWidth.cells(start) + 8 { timer = "" }
        let room = timer.isEmpty ? width : left
        var line = CellWidth.fit(start + CellWidth.fit(text, max(0, room - CellWidth.cells(start))), room)
        line = timer.isEmpty ? line.withoutTrailingBlanks : TextLayout.padded(line, room) + timer
        switch build.status {
        case .running: return line
        case .queued: return colors.apply(colors.faint, to: line)
        default: return colors.apply(colors.error, to: line)
        }
    }

    /// What is said of a build, and how many seconds stand at the end of the line.
    private func content(of build: BoardBuild) -> (text: String, seconds: Double?) {
        let reason = build.reason.isEmpty ? "" : ": \(build.reason)"
        switch build.status {
        case .running: return step(of: build)
        case .queued: return ("waits\(reason)", nil)
        default: return ("\(build.status.word)\(reason)", build.seconds)
        }
    }

    /// The step that a build is at, of several the one that has run longest.
    private func step(of build: BoardBuild) -> (String, Double?) {
        let elapsed = build.started.map { max(0, now.seconds(since: $0)) }
        guard let model = build.model else { return ("starts", elapsed) }
        let steps = model.startOrder.lazy.map { model.steps[$0] }.filter { !$0.isHidden && $0.phase == .running }
        guard let first = steps.first else {
            let counts = model.counts
            return (counts.total == 0 ? "starts" : "\(counts.done) of \(counts.total) steps done", elapsed)
        }
        let more = steps.count - 1
        let seconds = first.duration(now: model.engineTime(now))
        return (first.name + (more > 0 ? " (and \(more) more)" : ""), seconds)
    }

    /// The last line that the step printed.
    private func output(of build: BoardBuild) -> String? {
        guard build.status == .running, let model = build.model else { return nil }
        let running = model.startOrder.lazy.map { model.steps[$0] }.filter { !$0.isHidden && $0.phase == .running }
        for step in running {
            let lines = step.lastLines.lines.reversed().lazy.map(\.text)
            guard let text = step.unfinishedLine ?? lines.first(where: { !$0.isEmpty }) else { continue }
            return colors.apply(colors.faint, to: CellWidth.fit("   # " + SafeText.expandingTabs(text), width))
        }
        return nil
    }
}
