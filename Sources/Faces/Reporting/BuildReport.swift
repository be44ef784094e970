package import CaissonBuildModel

/// What is printed when a build has ended: the warnings, and the reason if it failed.
package enum BuildReport {
    /// The error with everything that helps to fix it, and its message last.
    ///
    /// That is the failing step, the end of its output, its exit status, and the place in the Dockerfile.
    ///
    /// - Parameters:
    ///   - logLines: The most lines of the step's output that are printed.
    ///   - log: The file with the whole output, which the last line names; nil where there is none.
    package static func describe(
        _ error: BuildError,
        model: ProgressModel,
        colors: ProgressColors,
        logLines: Int = 20,
        log: String? = nil
    ) -> String {
        var out = ""
        if let step = failedStep(of: error, in: model) { out += step.text(logLines) }
        for excerpt in error.excerpts { out += SourceListing.text(excerpt.source, excerpt.ranges) }
        var lines = SafeText.lines(Array(error.message.utf8.prefix(4 * SafeText.limit)))
        if let log, let last = lines.indices.last { lines[last] += " — the whole log: less \(SafeText.line(log))" }
        out += colors.apply(colors.error, to: "error:") + " " + (lines.first ?? "") + "\n"
        // Indented, so that no line of an engine's message can look like one of ours.
        for line in lines.dropFirst() where !line.isEmpty { out += "  \(line)\n" }
        return out
    }

    /// Something that is wrong with an input, its message last, behind the lines that it is about.
    package static func problem(_ message: String, excerpt: String) -> String {
        var out = ""
        for line in SafeText.lines(Array(excerpt.utf8)) where !line.isEmpty { out += "\(line)\n" }
        let lines = SafeText.lines(Array(message.utf8.prefix(4 * SafeText.limit)))
        out += "error: \(lines.first ?? "")\n"
        for line in lines.dropFirst() where !line.isEmpty { out += "  \(line)\n" }
        return out
    }

    /// The engine's warnings, each with its place in the Dockerfile; empty where there are none.
    package static func warnings(_ model: ProgressModel, colors: ProgressColors) -> String {
        let count = model.warnings.count + model.droppedWarnings
        guard count > 0 else { return "" }
        let title = count == 1 ? "1 warning found:" : "\(count) warnings found:"
        var out = "\n \(colors.apply(colors.warning, to: title))\n"
        for warning in model.warnings {
            out += " - \(SafeText.line(warning.short))\n"
            for line in warning.detail.prefix(50) { out += "   \(SafeText.line(line, keepsTabs: true))\n" }
            if !warning.url.isEmpty { out += "   More info: \(SafeText.line(warning.url))\n" }
            if let source = warning.source { out += SourceListing.text(source, warning.ranges) }
            out += "\n"
        }
        if model.droppedWarnings > 0 { out += " (\(model.droppedWarnings) more are not listed)\n" }
        return out
    }

    /// One line that names the engine's warnings and says how to see them; none where there are no warnings.
    static func foldedWarnings(_ model: ProgressModel, width: Int, colors: ProgressColors) -> [String] {
        let count = model.warnings.count + model.droppedWarnings
        guard count > 0 else { return [] }
        var titles: [String] = []
        for warning in model.warnings.prefix(100) {
            let text = SafeText.line(warning.short)
            // BuildKit's checks have a name before a colon, other warnings are sentences.
            let title = text.prefix { $0 != ":" }
            let short = title.utf8.count < text.utf8.count && !title.contains(" ") ? String(title) : text
            if !titles.contains(short) { titles.append(short) }
        }
        let start = count == 1 ? "1 warning" : "\(count) warnings"
        let hint = "(--progress plain shows \(count == 1 ? "it" : "them"))"
        let room = width - start.utf8.count - 2
        for named in stride(from: titles.count, to: 0, by: -1) {
            var names = titles.prefix(named).joined(separator: ", ")
            if named < titles.count { names += ", …" }
            let text = "\(names) \(hint)"
            if CellWidth.cells(text) <= room { return [colors.apply(colors.warning, to: "\(start): \(text)")] }
        }
        return [colors.apply(colors.warning, to: CellWidth.fit("\(start) \(hint)", width))]
    }

    /// A failed step as it is printed.
    private struct FailedStepText {
        var name: String
        var exitCode: Int?
        var output: LogTail

        func text(_ limit: Int) -> String {
            let rule = "------\n"
            let code = exitCode.map { " (exit code \($0))" } ?? ""
            var out = rule + " > \(name)\(code):\n"
            let lines = output.lines.suffix(max(0, limit))
            if output.isCut || lines.count < output.lines.count { out += "...\n" }
            for line in lines { out += line.stamped + "\n" }
            return out + rule
        }
    }

    private static func failedStep(of error: BuildError, in model: ProgressModel) -> FailedStepText? {
        if let failed = error.step {
            let known =
                failed.vertex.isEmpty ? model.steps.first { $0.phase == .failed } : model.step(ofVertex: failed.vertex)
            let name = failed.name.isEmpty ? known?.name ?? "" : SafeText.line(failed.name)
            guard !name.isEmpty else { return nil }
            return FailedStepText(name: name, exitCode: failed.exitCode, output: known?.lastLines ?? LogTail())
        }
        guard error.code == .step, let step = model.steps.first(where: { $0.phase == .failed }) else { return nil }
        return FailedStepText(name: step.name, exitCode: nil, output: step.lastLines)
    }
}
