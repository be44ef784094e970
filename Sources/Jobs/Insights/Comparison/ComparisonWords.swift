import CaissonBuildModel
import CaissonText

// The words in which differences are told.

extension Duration {
    /// The span without its sign.
    var size: Duration { self < .zero ? .zero - self : self }

    /// Such as `12.1 s longer` or `3 min 5 s less long`.
    var asGrowth: String { "\(size.asSpokenSpan) \(self < .zero ? "less long" : "longer")" }

    /// Such as `0.4 s`, `12.1 s`, `3 min 5 s` or `2 h 10 min`; of a span that isn't negative.
    var asSpokenSpan: String {
        let (seconds, attoseconds) = (min(self, .seconds(1_000_000_000_000)) + .milliseconds(50)).components
        guard seconds >= 60 else { return "\(seconds).\(attoseconds / 100_000_000_000_000_000) s" }
        if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
}

extension String {
    /// The text on one line: control characters are shown as escapes, a long text is cut.
    var asShownName: String {
        let scalars = quoted.unicodeScalars.dropFirst().dropLast()
        return String(String.UnicodeScalarView(scalars))
    }
}

extension StepComparison {
    /// Such as `RUN make`, with the number of those before it that are called the same.
    var told: String {
        let name = StepName((second ?? first)?.name ?? identity).instruction
        let shown = name.isEmpty ? "a step without a name" : name.asShownName
        return occurrence > 0 ? "\(shown) (no. \(occurrence + 1) of that name)" : shown
    }
}

extension StepComparison.Outcome {
    /// Said of a step.
    var told: String {
        switch self {
        case .cached: "was cached"
        case .ran: "ran"
        case .failed: "failed"
        case .unfinished: "didn't end"
        case .waiting: "didn't begin"
        }
    }
}

extension StepComparison.Figures {
    /// What is said of a step that one build has alone.
    var took: String {
        guard outcome != .cached else { return ", where it was cached" }
        return duration.map { ", where it took \($0.asSpokenSpan)" } ?? ""
    }
}

extension BuildStatus {
    /// Said of a build.
    var told: String {
        switch self {
        case .queued: "waits"
        case .running: "runs"
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .cancelled: "was cancelled"
        case .timedOut: "ran out of time"
        case .skipped: "was skipped"
        case .interrupted: "was interrupted"
        }
    }
}

extension AskedDifference {
    /// Such as `build argument A: 1 in the first build, 2 in the second`.
    var told: String {
        let subject = name.map { "\(part.told) \($0.asShownName)" } ?? part.told
        return switch (first, second) {
        case (let first?, let second?):
            "\(subject): \(first.asShownName) in the first build, \(second.asShownName) in the second"
        case (let first?, nil): "\(subject): \(first.asShownName) only in the first build"
        case (nil, let second?): "\(subject): \(second.asShownName) only in the second build"
        case (nil, nil): subject
        }
    }
}

extension AskedDifference.Part {
    /// What people call the part.
    var told: String {
        switch self {
        case .images: "image"
        case .context: "context"
        case .dockerfile: "Dockerfile"
        case .target: "target"
        case .platforms: "platform"
        case .revision: "revision"
        case .engine: "engine"
        case .request(let key): Self.words[key] ?? key.asShownName
        }
    }

    /// By the keys of `BuildSubmission.request`.
    private static let words = [
        "args": "build argument", "labels": "label", "contexts": "named context", "secrets": "secret",
        "ssh": "SSH agent", "outputs": "output", "cache-from": "cache read from", "cache-to": "cache written to",
        "allow": "permission",
        "no-cache": "without the cache", "no-cache-filter": "stage without the cache", "pull": "looking bases up again",
        "network": "network",
    ]
}
