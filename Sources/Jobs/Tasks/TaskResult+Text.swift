import CaissonBuildModel

extension TaskResult {
    /// So many lines of what a failed step printed are shown.
    private static let shownLines = 10

    /// The result for people: a line for the task, one a step, and the end of what failed steps printed.
    ///
    /// Texts of the steps have no control characters in it.
    package var text: String {
        let width = min(steps.map(\.id.utf8.count).max() ?? 0, 40)
        var lines = ["task \(id) \(status.words) after \(Timespan(duration.shown))"]
        if let error { lines.append("  \(error.shown)") }
        lines += steps.map { "  \($0.line(width: width))" }
        for step in steps where step.status == .failed || step.status == .timedOut {
            let (name, shown) = step.lastLines(Self.shownLines)
            guard !shown.isEmpty else { continue }
            lines.append("the end of \(step.id)'s \(name):")
            lines += shown.map { "  | \($0)" }
        }
        if let artifacts { lines.append("artifacts: \(artifacts.shown)") }
        if let workspace { lines.append("workspace: \(workspace.shown)") }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension TaskResult.Step {
    fileprivate func line(width: Int) -> String {
        let name = id + String(repeating: " ", count: max(width - id.utf8.count, 0))
        var line = "\(name)  \(status.words)"
        if let exitCode, exitCode != 0 { line += " with exit code \(exitCode)" }
        if started != nil { line += " after \(Timespan(duration.shown))" }
        if let error, exitCode == nil { line += ": \(error.shown)" }
        let clipped = [(isOutputClipped, "output"), (areErrorsClipped, "error")].filter(\.0).map { "standard \($0.1)" }
        if !clipped.isEmpty { line += "; the engine left out some of its \(clipped.joined(separator: " and "))" }
        return line
    }

    /// The last lines of standard error, or of standard output where there are none.
    fileprivate func lastLines(_ count: Int) -> (name: String, lines: [String]) {
        for (name, stream) in [("standard error", errors), ("standard output", output)] where stream.count > 0 {
            let bytes = stream.ending.isEmpty ? stream.beginning : stream.ending
            let lines = String(decoding: bytes.suffix(8 << 10), as: UTF8.self).split { $0.isNewline }
            if !lines.isEmpty { return (name, lines.suffix(count).map { String($0.prefix(500)).shown }) }
        }
        return ("", [])
    }
}

extension BuildStatus {
    fileprivate var words: String {
        switch self {
        case .queued: "wasn't begun"
        case .timedOut: "timed out"
        case .cancelled: "was cancelled"
        case .skipped: "was skipped"
        case .interrupted: "was interrupted"
        case .running, .succeeded, .failed: rawValue
        }
    }
}

extension Duration {
    /// The span in tenths of seconds, from a second on.
    fileprivate var shown: Duration {
        guard self >= .seconds(1) else { return self }
        let (seconds, attoseconds) = components
        return .seconds(seconds) + .milliseconds(attoseconds / 100_000_000_000_000_000 * 100)
    }
}

extension String {
    /// The text with an escape in place of each character that a terminal may act on.
    fileprivate var shown: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar.properties.generalCategory {
            case .control where scalar != "\t", .format, .lineSeparator, .paragraphSeparator:
                text += scalar.escaped(asASCII: true)
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
