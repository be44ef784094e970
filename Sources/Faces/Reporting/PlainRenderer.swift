package import CaissonBuildModel

/// Events as text that is only ever appended to, for log files, like the output of `buildx --progress plain`.
///
/// One step is shown at a time, as a block of lines `#<number> …`. Another running step gets its turn when the shown
/// one ends or has been shown for its fair share of time, or when the other has been hidden for long. "Time" is the
/// latest timestamp in the events, so the same events always give the same text.
package struct PlainRenderer: Sendable {
    /// The state after the events whose text was given out.
    package private(set) var model = ProgressModel()

    var turns = PlainTurns()
    var shown: Int?
    private var hasWritten = false
    private var lastShown: Timestamp?

    /// For how many seconds text is held back at most while events come.
    package static let interval = 0.1

    /// Makes a renderer at the start of a build.
    package init() {}

    /// Takes the next event and returns the text that it adds: empty, or whole lines.
    package mutating func text(for event: BuildEvent) -> String {
        model.apply(event)
        var out = ""
        if let words = event.kind.words { out += line(ofNotice: words) }
        switch event.kind {
        case .attempt(let attempt):
            guard let engine = attempt.engine else { break }
            out += "#0 building with \(SafeText.line(engine))\n"
            hasWritten = true
        case .status:
            noteChanges()
            guard isDue else { break }
            lastShown = turns.now
            showWhatChanged(into: &out)
        case .started, .notice, .context, .artifact: break
        case .finished:
            noteChanges()
            for index in turns.pending.sorted() where !model.steps[index].isHidden {
                show(index, into: &out, isLast: true)
            }
            if let shown, model.steps[shown].isCompleted { show(shown, into: &out, isLast: true) }
        }
        return out
    }

    /// Takes what the user should know and no build says, and returns the text that it adds.
    mutating func text(ofNotice text: String) -> String {
        model.apply(notice: text)
        return line(ofNotice: text)
    }

    private mutating func line(ofNotice text: String) -> String {
        hasWritten = true
        return "#0 notice: \(SafeText.line(text))\n"
    }

    /// The text that was held back; call it when no event has come for `interval`.
    package mutating func flush() -> String {
        var out = ""
        if !turns.pending.isEmpty { showWhatChanged(into: &out) }
        return out
    }

    /// Whether text is due: it is held back for `interval`, so that steps that end and go on again at once are printed
    /// as one.
    private var isDue: Bool {
        lastShown.map { turns.now.seconds(since: $0) >= Self.interval } ?? true
    }

    private mutating func noteChanges() {
        if let latest = model.latest { turns.now = latest }
        for index in model.changes.steps { turns.note(index) }
        for (index, counter) in model.changes.counters { turns.note(index) { $0.counters.insert(counter) } }
        for (index, text) in model.changes.warnings { turns.note(index) { $0.warnings.append(text) } }
        for (index, line) in model.changes.lines {
            turns.note(index) {
                $0.lines.append(line)
                $0.bytes += line.text.utf8.count
            }
        }
    }

    /// Prints what is new of a step, with its heading if another step was shown before.
    mutating func show(_ index: Int, into out: inout String, isLast: Bool = false) {
        let step = model.steps[index]
        let fresh = turns.take(index)
        let number = turns.number(of: index)
        if shown != index {
            if let shown { out += "#\(turns.number(of: shown)) ...\n" }
            if let shown { turns.reset(shown) }
            if hasWritten { out += "\n" }
            hasWritten = true
            out += "#\(number) \(step.name)\n"
        }
        var isCounting = false
        for place in fresh.counters.sorted() {
            guard let line = turns.line(for: step.counters[place], of: index, at: place) else { continue }
            out += "#\(number) \(line)\n"
            isCounting = isCounting || step.counters[place].completed == nil
        }
        for text in fresh.warnings { out += "#\(number) WARN: \(text)\n" }
        for line in fresh.lines { out += "#\(number) \(line.stamped)\n" }
        shown = index
        guard step.isCompleted, isLast || !isCounting else { return }
        shown = nil
        turns.reset(index)
        out += "#\(number) \(Self.ending(of: step))\n"
    }

    private static func ending(of step: ProgressStep) -> String {
        switch step.phase {
        case .canceled: "CANCELED"
        case .failed: "ERROR: \(step.error)"
        case .cached: "CACHED"
        case .waiting, .running, .done:
            "DONE \(Quantity.decimal(step.duration(now: Timestamp(seconds: 0)), 1))s"
        }
    }
}
