package import CaissonBuildModel
package import CaissonInsights
package import CaissonReporting

/// What decided how long a build took, and which of its steps took longer than they do at other times: what
/// `caisson builds show` prints below the steps.
///
/// Nothing is printed where there is nothing to say: of a build that came wholly from the cache, or a path of fewer
/// than two steps.
package struct PathText: Sendable {
    private let path: CriticalPath
    private let baselines: [StepBaseline]
    private let steps: [Int: StepRecord]
    private let isWhollyCached: Bool
    /// How many steps each part has.
    private static let mostSteps = 10

    /// Takes the path of a build and, as far as there are any, what its steps took before.
    package init(_ dossier: BuildDossier, _ path: CriticalPath, _ baselines: [StepBaseline] = []) {
        self.path = path
        self.baselines = baselines
        steps = Dictionary(dossier.steps.map { ($0.number, $0) }) { first, _ in first }
        // The frontend's own steps run in each build.
        isWhollyCached = dossier.steps.allSatisfy { step in
            step.isCached || step.started == nil || CacheableWork(StepName(step.name)) != .instruction
        }
    }

    /// The text, which ends in a line break, or nothing; no line is wider than the layout.
    package func text(_ layout: TextLayout) -> String {
        guard !isWhollyCached else { return "" }
        var lines = WordLines(layout)
        writePath(&lines)
        writeSlower(&lines)
        return lines.text
    }

    private func writePath(_ lines: inout WordLines) {
        let real = path.elements.filter { element in
            element.decisive >= WordFigures.shortest && steps[element.step]?.isCached == false
        }
        guard real.count > 1 else { return }
        let running = path.running
        let whole = path.span + (path.outside ?? .zero)
        lines.heading("Critical path: \(WordFigures.span(running)) of \(WordFigures.span(max(whole, running)))")
        // The longest ones, in the order of time.
        let longest = real.indices.sorted { Self.weight(real[$0], $0) > Self.weight(real[$1], $1) }
        let shown = longest.prefix(Self.mostSteps).sorted().map { real[$0] }
        var table = WordTable()
        table.add("", shown.map { String($0.step) }, isNumber: true)
        table.add("", shown.map { name(of: $0.step, isShort: lines.isNarrow) }, .cut(least: 12))
        table.add("", shown.map { WordFigures.span($0.decisive) }, isNumber: true)
        let behind = lines.isNarrow ? "" : " of waiting"
        let waits = shown.map { WordLines.Piece(Self.wait($0, behind), .warning) }
        table.add(WordTable.Column(head: "", cells: waits, fate: .leftOut(1)))
        lines.table(table)
        guard real.count > shown.count else { return }
        let rest = real.reduce(.zero) { $0 + $1.decisive } - shown.reduce(.zero) { $0 + $1.decisive }
        lines.wrap("\(WordFigures.others(real.count - shown.count)): \(WordFigures.span(rest))", look: .faint)
    }

    /// Of equally long ones the earlier is the heavier.
    private static func weight(_ element: CriticalPath.Element, _ place: Int) -> (Duration, Int) {
        (element.decisive + element.wait, -place)
    }

    private static func wait(_ element: CriticalPath.Element, _ behind: String) -> String {
        element.wait >= WordFigures.shortest ? "after \(WordFigures.span(element.wait))\(behind)" : ""
    }

    private func writeSlower(_ lines: inout WordLines) {
        let slower = baselines.filter { $0.verdict == .slower }
            .sorted { ($1.excess, $0.step) < ($0.excess, $1.step) }
        guard !slower.isEmpty else { return }
        lines.heading("Slower than usual")
        let shown = slower.prefix(Self.mostSteps)
        let words = shown.map { Self.comparison($0, lines.layout) }
        if (lines.width ?? .max) >= 76 {
            var table = WordTable()
            table.add("", shown.map { String($0.step) }, isNumber: true)
            table.add("", shown.map { name(of: $0.step) }, .cut(least: 12))
            table.add("", words)
            lines.table(table)
        } else {
            for (baseline, words) in zip(shown, words) {
                lines.line(.init("\(baseline.step) \(name(of: baseline.step))"))
                lines.wrap(words, lead: .init("  "))
            }
        }
        if slower.count > shown.count { lines.wrap(WordFigures.others(slower.count - shown.count), look: .faint) }
    }

    private func name(of step: Int, isShort: Bool = false) -> String {
        WordFigures.name(steps[step]?.name ?? "", isShort: isShort)
    }

    /// Such as `usual 3.1s ± 0.2s in 12 builds, now 9.9s`.
    private static func comparison(_ baseline: StepBaseline, _ layout: TextLayout) -> String {
        let sign = layout.drawsUnicode ? "±" : "+-"
        let usual = "usual \(WordFigures.span(baseline.median)) \(sign) \(WordFigures.span(baseline.spread))"
        let builds = Figure.count(baseline.runs, "build")
        return "\(usual) in \(builds), now \(WordFigures.span(baseline.duration))"
    }
}

extension StepBaseline {
    /// How much longer than usual it took.
    fileprivate var excess: Duration { (duration ?? .zero) - (median ?? .zero) }
}
