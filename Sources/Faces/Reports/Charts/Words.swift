import CaissonBuildModel

/// Words for what has a name in the model.
extension BuildStatus {
    /// The status in a word.
    var word: String { self == .timedOut ? "timed out" : rawValue }

    /// A sign before it, so that its colour isn't all that tells it.
    var sign: String {
        switch self {
        case .succeeded: "✓"
        case .failed, .timedOut: "✕"
        case .cancelled, .interrupted, .skipped: "◇"
        case .queued, .running: "…"
        }
    }
}

extension ReportStep {
    /// How long it took, in seconds; nil where a time is missing, or where a clock must have jumped meanwhile.
    var seconds: Double? {
        guard let started, let ended else { return nil }
        let seconds = ended.seconds(since: started)
        // Clocks are set back by a moment now and then; that much doesn't matter.
        return (-1...Self.longest).contains(seconds) ? max(0, seconds) : nil
    }

    /// The longest time that a step is believed to take, in seconds: 30 days.
    private static let longest = 30 * 86_400.0

    /// What it used of the machine, a figure each with its name.
    var usageFigures: [(name: String, value: String)] {
        guard let usage else { return [] }
        var figures: [(name: String, value: String)] = []
        if let processor = Figure.bounded(usage.processor) {
            figures.append(("processor time", Figure.span(processor)))
        }
        let amounts = [
            ("most memory", usage.memory), ("read", usage.read), ("written", usage.written), ("network", usage.network),
        ]
        return figures + amounts.compactMap { name, bytes in bytes.map { (name, Figure.bytes($0)) } }
    }

    /// The comparison with what is usual, in words; nil where nothing is known.
    var comparison: String? {
        guard let usual else { return nil }
        let runs = "median of \(Figure.count(usual.count, "run"))"
        let times = "usually \(Figure.span(usual.median)) ± \(Figure.span(usual.spread)) (\(runs))"
        switch usual.verdict {
        case .slower: return "slower than usual: \(times)"
        case .faster: return "faster than usual: \(times)"
        case .usual: return "as usual: \(times)"
        case nil: return times
        }
    }
}

extension ReportBuild {
    /// How long it took, in seconds; nil where a time is missing.
    var seconds: Double? {
        guard let started, let ended else { return nil }
        return Figure.bounded(ended.seconds(since: started))
    }

    /// What is known of a build, a name and a value each.
    var facts: [(name: String, value: String)] {
        let others = names.count > 1 ? names.prefix(10).joined(separator: ", ") : nil
        let more = names.count > 10 ? " and \(names.count - 10) more" : ""
        let cached = steps.count { $0.outcome == .cached }
        let counts = "\(Figure.count(steps.count)), \(Figure.count(cached)) from the cache"
        let all = [
            ("Took", seconds.map { Figure.span($0) } ?? (status.isFinal ? "unknown" : "not ended yet")),
            ("Began", started.map { Figure.time($0) }), ("Ended", ended.map { Figure.time($0) }),
            ("Steps", steps.isEmpty ? nil : counts), ("Engine", engine), ("Revision", revision),
            ("Names", others.map { $0 + more }), ("ID", id),
        ]
        return all.compactMap { name, value in value.map { (name, SafeWords.text($0, SafeWords.name)) } }
    }
}
