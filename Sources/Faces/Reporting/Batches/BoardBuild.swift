import CaissonBuildModel

/// A build of a batch, as the board knows it.
struct BoardBuild: Sendable {
    let name: String
    /// How long it is expected to take; nil where nobody knows.
    var estimate: Duration?
    private(set) var status = BuildStatus.queued
    /// Why it waits or didn't end well, safe to print; empty where nothing is said.
    private(set) var reason = ""
    /// When it began first.
    private(set) var started: Timestamp?
    /// How many seconds it took; nil until it ended, and where it never began.
    private(set) var seconds: Double?
    /// How many steps it had when it ended.
    private(set) var counts = StepCounts()
    /// What is known of it while it runs.
    private(set) var model: ProgressModel?
    /// Why its last attempt failed, safe to print.
    private var failure = ""
    /// Whether a line has told that it waits.
    private var hasToldOfWait = false

    init(_ name: String, estimate: Duration?) {
        self.name = SafeText.line(name, limit: 200)
        self.estimate = estimate
    }

    /// Takes in an event, and returns the line that tells of it.
    ///
    /// - Parameter endsItself: Whether the end of an attempt is the end of the build.
    mutating func receive(_ event: BuildEvent, endsItself: Bool) -> String? {
        switch event.kind {
        case .started:
            guard status == .running, model?.outcome != nil else { return move(to: .running, "", at: event.time) }
            // The attempt before it ended, which nobody called the end of the build.
            model = ProgressModel()
            return "\(name): started again"
        case .finished(let outcome):
            model?.apply(event, receivedAt: event.time)
            keepCounts()
            let (status, reason) = Self.end(outcome)
            failure = reason
            return endsItself ? move(to: status, reason, at: event.time) : nil
        case .attempt, .status, .notice, .context, .artifact:
            // What comes late says nothing of a build that has ended.
            guard !status.isFinal else { return nil }
            var line: String?
            if status != .running { line = move(to: .running, "", at: event.time) }
            model?.apply(event, receivedAt: event.time)
            guard case .attempt(let attempt) = event.kind, let words = attempt.words else { return line }
            return "\(name): \(SafeText.line(words))"
        }
    }

    /// Takes in how it stands now, and returns the line that tells of it.
    mutating func move(to next: BuildStatus, _ said: String?, at time: Timestamp) -> String? {
        let isNew = next != status
        let wasFinal = status.isFinal
        status = next
        if let said { reason = SafeText.line(said, limit: 500) } else if isNew { reason = "" }
        switch next {
        case .queued: return wait()
        case .running:
            guard isNew else { return nil }
            let isAgain = started != nil
            begin(at: time)
            return "\(name): \(isAgain ? "started again" : "started")"
        case .succeeded, .failed, .cancelled, .timedOut, .skipped, .interrupted:
            if reason.isEmpty, next == .failed || next == .timedOut { reason = failure }
            guard isNew, !wasFinal else { return nil }
            end(at: time)
            return ending
        }
    }

    private mutating func wait() -> String? {
        seconds = nil
        guard !reason.isEmpty, !hasToldOfWait else { return nil }
        hasToldOfWait = true
        return "\(name): waits: \(reason)"
    }

    private mutating func begin(at time: Timestamp) {
        if started == nil { started = time }
        model = ProgressModel()
        hasToldOfWait = false
    }

    private mutating func end(at time: Timestamp) {
        keepCounts()
        seconds = started.map { max(0, time.seconds(since: $0)) }
        // Thousands of builds that ended mustn't keep all their steps.
        model = nil
    }

    private mutating func keepCounts() {
        if let model { counts = model.counts }
    }

    private static func end(_ outcome: BuildOutcome) -> (BuildStatus, String) {
        switch outcome {
        case .succeeded, .answered: return (.succeeded, "")
        case .cancelled: return (.cancelled, "")
        case .failed(let error):
            let lines = SafeText.lines(Array(error.message.utf8.prefix(SafeText.limit)))
            return (error.code == .deadlineExceeded ? .timedOut : .failed, lines.first { !$0.isEmpty } ?? "")
        }
    }

    /// The line for a build that has ended.
    private var ending: String {
        let time = seconds.map { SpanText.exact(seconds: $0) }
        let why = reason.isEmpty ? "" : ": \(reason)"
        guard status == .succeeded else {
            return "\(name): \(status.word)\(time.map { " after \($0)" } ?? "")\(why)"
        }
        let steps = counts.total > 0 ? " (\(counts.cached) of \(counts.total) steps cached)" : ""
        return "\(name): succeeded\(time.map { " in \($0)" } ?? "")\(steps)"
    }
}

extension BuildStatus {
    /// How a sentence says that a build stands so.
    var word: String { self == .timedOut ? "timed out" : rawValue }
}
