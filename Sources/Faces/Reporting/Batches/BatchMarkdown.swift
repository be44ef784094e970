import CaissonBuildModel

/// A batch as GitHub's step summary: a heading, a table of the builds, and the end of the log of each that failed.
struct BatchMarkdown {
    private let report: BatchReport
    /// GitHub takes no more than 1 MiB of a step; a bit is left for what the step writes itself.
    static let limit = 1_000_000
    /// The most bytes of the table.
    private static let tableLimit = 500_000
    /// The most bytes of a log.
    static let logLimit = 32 * 1024

    init(_ report: BatchReport) {
        self.report = report
    }

    /// The file.
    var text: String {
        var out = "## \(heading)\n\n\(table)\n"
        let bad = report.entries.filter(\.isBad)
        let tail = "\(MarkdownText.code(report.commandLine, limit: 1000)), started \(report.started.rfc3339)\n"
        for (place, entry) in bad.enumerated() {
            let details = details(of: entry)
            guard out.utf8.count + details.utf8.count + tail.utf8.count + 100 <= Self.limit else {
                out += "\(bad.count - place) more that failed are left out here.\n\n"
                break
            }
            out += details
        }
        return out + tail
    }

    private var heading: String {
        let bad = report.entries.count(where: \.isBad)
        let good = report.count(.succeeded)
        let all = report.entries.count
        let time = SpanText.exact(report.duration)
        let builds = all == 1 ? "1 build" : "\(all) builds"
        if bad > 0 { return "❌ \(bad) of \(builds) failed (\(time))" }
        return good == all ? "✅ \(builds) succeeded (\(time))" : "⚠️ \(good) of \(builds) succeeded (\(time))"
    }

    /// The table; where it would be too long, builds that went well are left out of it first.
    private var table: String {
        let rows = report.entries.map(row)
        var left = Self.tableLimit
        var kept: Set<Int> = []
        let order = rows.indices.filter { report.entries[$0].isBad } + rows.indices.filter { !report.entries[$0].isBad }
        for index in order where rows[index].utf8.count <= left {
            left -= rows[index].utf8.count
            kept.insert(index)
        }
        let shown = rows.indices.filter(kept.contains).map { rows[$0] }.joined()
        let more = rows.count - kept.count
        return "| | Build | Duration | Cached steps | Image | Size |\n|---|---|--:|--:|---|--:|\n" + shown
            + (more > 0 ? "| | … and \(more) more | | | | |\n" : "")
    }

    private func row(_ entry: BatchReport.Entry) -> String {
        let attempts = entry.attempts > 1 ? " (\(entry.attempts) attempts)" : ""
        let cells = [
            entry.status.icon,
            MarkdownText.code(entry.name),
            entry.duration.map { SpanText.exact($0) + attempts } ?? "",
            entry.steps > 0 ? "\(entry.cachedSteps) of \(entry.steps)" : "",
            entry.status == .succeeded ? image(entry) : MarkdownText.plain(entry.explanation ?? entry.status.rawValue),
            entry.imageSize.map { Quantity.bytes($0) } ?? "",
        ]
        return "| \(cells.joined(separator: " | ")) |\n"
    }

    private func image(_ entry: BatchReport.Entry) -> String {
        let names = entry.images.flatMap(\.names)
        guard let first = names.first else {
            let digest = entry.images.lazy.compactMap { $0.digest ?? $0.id }.first
            return digest.map { MarkdownText.code(String($0.prefix(19))) } ?? ""
        }
        return MarkdownText.code(first) + (names.count > 1 ? " and \(names.count - 1) more" : "")
    }

    private func details(of entry: BatchReport.Entry) -> String {
        let title = "\(entry.status.icon) \(MarkdownText.code(entry.name)): "
        let said = MarkdownText.plain(entry.explanation ?? entry.status.rawValue, limit: 300)
        var lines: [String] = []
        if let failure = entry.failure {
            lines = SafeText.lines(Array(failure.message.utf8.prefix(SafeText.limit)))
            if let step = failure.step {
                let code = failure.exitCode.map { " (exit code \($0))" } ?? ""
                lines.append("> \(SafeText.line(step))\(code):")
            }
            let (log, isCut) = failure.log.last(bytes: Self.logLimit)
            lines += (isCut ? ["..."] : []) + log.map { SafeText.line(Array($0.utf8), keepsTabs: true) }
        }
        if let id = entry.id { lines.append("\nThe whole log: caisson builds logs \(id)") }
        let text = MarkdownText.preformatted(lines.joined(separator: "\n"))
        return "<details><summary>\(title)\(said)</summary>\n\n<pre>\n\(text)\n</pre>\n\n</details>\n\n"
    }
}

extension BuildStatus {
    /// Its sign.
    fileprivate var icon: String {
        switch self {
        case .succeeded: "✅"
        case .failed: "❌"
        case .timedOut: "⏱️"
        case .interrupted: "💥"
        case .cancelled: "🚫"
        case .skipped: "⏭️"
        case .queued, .running: "⏳"
        }
    }
}
