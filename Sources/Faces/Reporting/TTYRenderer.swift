package import CaissonBuildModel

/// The lines that show a build's state on a terminal.
///
/// They are a heading, each step with its time at the right edge, its counters and warnings, and the last lines of
/// output of the steps that run. It is pure: the same state, size and time give the same lines. No line is wider than
/// `width` cells.
package struct TTYRenderer: Sendable {
    /// How many lines of output are shown for a running step.
    package var logLines: Int

    /// Makes a renderer; `BUILDKIT_TTY_LOG_LINES` says how many lines of output a step may show, 6 by default.
    package init(environment: [String: String] = [:]) {
        let wish = environment["BUILDKIT_TTY_LOG_LINES"].flatMap { Int($0) } ?? 0
        logLines = wish > 0 ? min(wish, LogTail.lineLimit) : 6
    }

    /// The lines while the build runs: fewer than `height`, so that the cursor has a line below them.
    package func render(
        _ model: ProgressModel,
        width: Int,
        height: Int,
        now: Timestamp,
        colors: ProgressColors
    ) -> [String] {
        guard height > 1, width > 0 else { return [] }
        let warnings = height > 4 ? BuildReport.foldedWarnings(model, width: width, colors: colors) : []
        var rows = RowFolding.fold(TTYRow.rows(of: model, now: now), toFit: height - 2 - warnings.count)
        insertOutput(into: &rows, of: model, free: height - 2 - warnings.count - rows.count)
        let lines = rows.map { $0.line(width: width, colors: colors) }
        return [heading(model, width: width, now: now)] + lines + warnings
    }

    /// All lines, as they stay on the terminal when the build has ended; the last one is the summary.
    package func renderFinal(_ model: ProgressModel, width: Int, now: Timestamp, colors: ProgressColors) -> [String] {
        let rows = TTYRow.rows(of: model, now: now)
        var lines = [heading(model, width: width, now: now)]
        lines += rows.map { $0.line(width: width, colors: colors) }
        lines += BuildReport.foldedWarnings(model, width: width, colors: colors)
        if let summary = summary(model, width: width, now: now) { lines.append(summary) }
        return lines
    }

    private func heading(_ model: ProgressModel, width: Int, now: Timestamp) -> String {
        let counts = model.counts
        let percent = counts.total == 0 ? 0 : counts.done * 100 / counts.total
        let share = "\(counts.done)/\(counts.total) \(percent)%"
        var text = "[+] Building \(Quantity.decimal(model.elapsed(now: now), 1))s (\(share))"
        switch model.outcome {
        case .succeeded, .answered: text += " FINISHED"
        case .failed: text += " FAILED"
        case .cancelled: text += " CANCELED"
        case nil: break
        }
        let room = width - CellWidth.cells(text)
        if let engine = model.start.flatMap({ engine($0.engine, fitting: room - 2) }) {
            text += String(repeating: " ", count: room - CellWidth.cells(engine)) + engine
        }
        return CellWidth.fit(text, width)
    }

    /// The engine in as many words as there is room for: with its address, with its version, or its kind alone.
    private func engine(_ name: String, fitting room: Int) -> String? {
        let full = SafeText.line(name)
        let forms = [full, full.split(separator: " at ").first.map(String.init) ?? full]
        let kind = full.split(separator: " ").first.map(String.init) ?? ""
        return (forms + [kind]).first { !$0.isEmpty && CellWidth.cells($0) <= room }
    }

    private func summary(_ model: ProgressModel, width: Int, now: Timestamp) -> String? {
        guard let outcome = model.outcome else { return nil }
        let counts = model.counts
        let time = "\(Quantity.decimal(model.elapsed(now: now), 1))s"
        let steps = counts.words
        switch outcome {
        case .succeeded(let result):
            let id = SafeText.line(result.imageID ?? result.digest ?? "")
            let full = id.isEmpty ? "Built in \(time): \(steps)" : "Built \(id) in \(time): \(steps)"
            if CellWidth.cells(full) <= width || id.isEmpty { return CellWidth.fit(full, width) }
            return CellWidth.fit("Built \(TTYRow.shortened(id)) in \(time)", width)
        case .answered: return CellWidth.fit("Answered in \(time): \(steps)", width)
        case .failed: return counts.fitting("Failed after \(time)", width)
        case .cancelled: return counts.fitting("Canceled after \(time)", width)
        }
    }

    /// Puts the last lines of output below running steps as far as there is room, beginning with the step with most
    /// output.
    private func insertOutput(into rows: inout [TTYRow], of model: ProgressModel, free: Int) {
        var free = free
        var chosen: [Int: [String]] = [:]
        let running = rows.filter { $0.isStep && $0.isRunning && model.steps[$0.step].outputBytes > 0 }.map(\.step)
        for step in running.sorted(by: { model.steps[$0].outputBytes > model.steps[$1].outputBytes }) {
            var lines = model.steps[step].lastLines.lines.suffix(logLines).map(\.text)
            if let unfinished = model.steps[step].unfinishedLine { lines.append(unfinished) }
            lines = lines.filter { !$0.isEmpty }.suffix(min(logLines, free))
            chosen[step] = lines
            free -= lines.count
        }
        // They go below the step's counters, so before the next step's row.
        var out: [TTYRow] = []
        for (place, row) in rows.enumerated() {
            out.append(row)
            let isLastOfStep = place + 1 == rows.count || rows[place + 1].step != row.step
            guard isLastOfStep, let lines = chosen[row.step] else { continue }
            out += lines.map { TTYRow(output: $0, of: row.step) }
        }
        rows = out
    }
}
