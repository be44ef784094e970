import CaissonBuildModel

/// The steps of a build as lines: number, name below its stage, a bar on the build's time, and how long it took.
struct StepLines {
    private let tree: StepTree
    private let axis: StepAxis
    private let layout: TextLayout
    private let isRunning: Bool
    private let numberWidth: Int
    private var nameWidth = 0
    private var barWidth = 0
    private let gap: String

    /// How wide lines are where nothing is cut.
    private static let widthOfFile = 120
    private static let timeWidth = 7
    /// Where lines are narrower, there are no bars.
    private static let leastForBars = 36

    /// Takes the steps of a build.
    init(_ dossier: BuildDossier, _ layout: TextLayout) {
        let steps = dossier.steps
        let width = max(layout.width ?? Self.widthOfFile, 1)
        tree = StepTree(steps)
        self.layout = layout
        isRunning = !dossier.record.status.isFinal
        gap = width < 60 ? " " : "  "
        numberWidth = max(2, String(steps.map(\.number).max() ?? 0).utf8.count)
        if width >= Self.leastForBars { barWidth = width < 60 ? width / 5 : min(width / 4, 40) }
        axis = StepAxis(
            steps,
            now: isRunning ? layout.now : dossier.record.ended,
            cells: barWidth,
            drawsUnicode: layout.drawsUnicode
        )
        let bars = barWidth > 0 ? barWidth + gap.utf8.count : 0
        let room = width - numberWidth - Self.timeWidth - bars - 2 * gap.utf8.count
        nameWidth = max(0, min(room, widestName))
    }

    /// The lines, none of them wider than the layout's width.
    var lines: [String] {
        tree.branches.flatMap { branch -> [String] in
            guard let title = branch.title else { return branch.steps.map { line($0, below: "") } }
            let last = branch.steps.count - 1
            return [heading(title, branch.sources)]
                + branch.steps.enumerated().map { line($1, below: twig(isLast: $0 == last)) }
        }
    }

    private var widestName: Int {
        let names = tree.branches.flatMap { branch in
            branch.steps.map { leaf in
                CellWidth.cells(mark(of: leaf.step)) + CellWidth.cells(leaf.name) + (branch.title == nil ? 0 : 3)
            }
        }
        return names.max() ?? 0
    }

    private func twig(isLast: Bool) -> String {
        layout.drawsUnicode ? (isLast ? "└─ " : "├─ ") : isLast ? "`- " : "|- "
    }

    private func heading(_ title: String, _ sources: [String]) -> String {
        let from = sources.isEmpty ? "" : " (from \(sources.joined(separator: ", ")))"
        let text = String(repeating: " ", count: numberWidth) + gap + title + from
        return layout.width.map { CellWidth.fit(text, $0) } ?? text
    }

    private func line(_ leaf: StepTree.Leaf, below twig: String) -> String {
        let step = leaf.step
        var name = twig + mark(of: step) + leaf.name
        if CellWidth.cells(name) > nameWidth { name = TTYRow.shortened(name, namesAlgorithm: false) }
        let number = TextLayout.indented(String(step.number), numberWidth)
        let left = number + gap + TextLayout.padded(CellWidth.fit(name, nameWidth), nameWidth) + gap
        let right = TextLayout.indented(time(of: step), Self.timeWidth)
        let bar = barWidth > 0 ? axis.bar(step) + gap : ""
        let plain = left + bar + right
        let colors = layout.colors
        if let width = layout.width, CellWidth.cells(plain) > width { return CellWidth.fit(plain, width) }
        if !step.error.isEmpty { return colors.apply(isCanceled(step) ? colors.cancel : colors.error, to: plain) }
        if step.isCached { return colors.apply(colors.faint, to: plain) }
        return left + colors.apply(colors.run, to: bar) + right
    }

    private func isCanceled(_ step: StepRecord) -> Bool { step.error.hasSuffix("context canceled") }

    private func mark(of step: StepRecord) -> String {
        step.error.isEmpty ? "" : isCanceled(step) ? "CANCELED " : "ERROR "
    }

    private func time(of step: StepRecord) -> String {
        if step.isCached { return "CACHED" }
        if let duration = step.duration { return SpanText.exact(duration) }
        guard step.started != nil else { return isRunning ? "waits" : "" }
        return isRunning ? "runs" : "broken"
    }
}
