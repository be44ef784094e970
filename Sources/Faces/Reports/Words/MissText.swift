package import CaissonBuildModel
package import CaissonInsights
package import CaissonReporting
import CaissonText

/// Why the steps of a build ran, for people: what `caisson cache explain` prints.
///
/// Steps stand below the cause that they lead back to, the one that cost most time first, with the files that changed.
/// Steps from the cache are folded, and those of which nothing is known are told as such.
package struct MissText: Sendable {
    private let dossier: BuildDossier
    private let explanations: [StepExplanation]
    /// How many files are named of one cause, and how many steps of one kind are named.
    private static let mostFiles = 10
    private static let mostSteps = 50

    /// Takes a build and the explanations of its steps, as `MissExplanation.explain` gives them.
    package init(_ dossier: BuildDossier, _ explanations: [StepExplanation]) {
        self.dossier = dossier
        self.explanations = explanations
    }

    /// The text, which ends in a line break; no line is wider than the layout.
    package func text(_ layout: TextLayout) -> String {
        var lines = WordLines(layout)
        guard !explanations.isEmpty else {
            lines.wrap("No steps of this build are known.")
            return lines.text
        }
        let summary = MissSummary(of: dossier, explanations)
        let times = Dictionary(dossier.steps.map { ($0.number, dossier.duration(of: $0)) }) { first, _ in first }
        for root in summary.roots { write(root, times, &lines) }
        let without = [
            ("New, as far as this engine's builds are known:", summary.first),
            ("It isn't known what made them run:", summary.unexplained),
        ]
        for (heading, steps) in without where !steps.isEmpty {
            lines.heading("\(heading) \(WordFigures.steps(steps.count))")
            for step in steps.prefix(Self.mostSteps) { writeStep(step, times, &lines) }
            writeOthers(steps.count - Self.mostSteps, &lines)
        }
        writeFolded(summary, &lines)
        return lines.text
    }

    private func write(_ root: MissSummary.Root, _ times: [Int: Duration?], _ lines: inout WordLines) {
        let cost = "\(WordFigures.steps(root.steps.count)), \(WordFigures.span(root.time))"
        lines.heading("\(root.cause.sentence.startingLarge): \(cost)")
        writeFiles(root.cause, indent: 2, &lines)
        for step in root.steps.prefix(Self.mostSteps) {
            writeStep(step, times, &lines)
            // What stands above it needn't be said again.
            let causes = step.causes.filter { $0 != root.cause && $0.root != step.number }
            for cause in causes where !isSaid(cause, by: root) {
                lines.wrap(cause.sentence, lead: .init("     "), look: .faint)
                writeFiles(cause, indent: 7, &lines)
            }
        }
        writeOthers(root.steps.count - Self.mostSteps, &lines)
    }

    /// That it ran for the only step of a group in which that began needs no words.
    private func isSaid(_ cause: MissCause, by root: MissSummary.Root) -> Bool {
        guard let origin = cause.root else { return false }
        return root.origins.count == 1 && root.origins.contains(origin)
    }

    private func writeStep(_ step: StepExplanation, _ times: [Int: Duration?], _ lines: inout WordLines) {
        let time = WordFigures.span(times[step.number] ?? nil)
        let number = String(step.number)
        let lead = String(repeating: " ", count: max(0, 4 - number.utf8.count)) + number + " "
        let name = SafeText.line(WordFigures.name(step.name, isShort: lines.isNarrow))
        guard let width = lines.width else { return lines.line(.init(lead), .init(name), .init("  \(time)", .faint)) }
        let room = max(0, width - lead.utf8.count - 2 - max(7, CellWidth.cells(time)))
        let shown = CellWidth.fit(name, room)
        let blanks = width - lead.utf8.count - CellWidth.cells(shown) - CellWidth.cells(time)
        // On wide terminals the time doesn't stand far from its name.
        let gap = width > 100 ? 2 : max(2, blanks)
        lines.line(.init(lead), .init(shown), .init(String(repeating: " ", count: gap)), .init(time, .faint))
    }

    private func writeFiles(_ cause: MissCause, indent: Int, _ lines: inout WordLines) {
        guard case (let changes, let omitted)? = cause.changedFiles else { return }
        // One that is alone stands in the sentence.
        guard changes.count > 1 || (omitted > 0 && !changes.isEmpty) else { return }
        let lead = String(repeating: " ", count: indent)
        for change in changes.prefix(Self.mostFiles) {
            let look: WordLines.Look = change.kind == .added ? .good : change.kind == .removed ? .bad : .plain
            lines.line(.init(lead), .init(change.kind.sign + " ", look), .init(change.path))
        }
        writeOthers(max(0, changes.count - Self.mostFiles).clampedAdding(max(0, omitted)), &lines, indent: indent)
    }

    private func writeOthers(_ count: Int, _ lines: inout WordLines, indent: Int = 2) {
        guard count > 0 else { return }
        lines.line(.init(String(repeating: " ", count: indent)), .init(WordFigures.others(count), .faint))
    }

    private func writeFolded(_ summary: MissSummary, _ lines: inout WordLines) {
        let folded = [
            (summary.cached, "came from the cache"),
            (summary.uncacheable, summary.uncacheable == 1 ? "is done in each build" : "are done in each build"),
            (summary.waiting, "didn't begin"),
        ]
        let shown = folded.filter { $0.0 > 0 }
        guard !shown.isEmpty else { return }
        if !lines.text.isEmpty { lines.line(.init("")) }
        for (count, words) in shown { lines.wrap("\(WordFigures.steps(count)) \(words)", look: .faint) }
    }
}

extension MissCause {
    /// The files that changed, and how many more did; nil where it is about none.
    var changedFiles: (changes: [ContextChange], omitted: Int)? {
        switch kind {
        case .filesChanged(let changes, let omitted), .contextMount(let changes, let omitted): (changes, omitted)
        default: nil
        }
    }
}

extension ContextChange.Kind {
    /// A sign before the path.
    fileprivate var sign: String {
        switch self {
        case .added: "+"
        case .removed: "-"
        case .content: "*"
        case .mode: "m"
        case .perhaps: "?"
        }
    }
}

extension String {
    /// The text with a capital letter, unless it begins with a name: those of files are as they are.
    fileprivate var startingLarge: String {
        let words = ["probably ", "perhaps ", "the ", "another ", "no ", "it ", "some ", "what ", "build "]
        guard words.contains(where: hasPrefix) else { return self }
        return prefix(1).uppercased() + dropFirst()
    }
}
