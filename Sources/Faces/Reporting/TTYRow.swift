import CaissonBuildModel

/// One line below the heading, before it is fitted to a width.
struct TTYRow {
    /// What a row is about: this decides its colour, and which rows are left out on a low terminal.
    enum Kind: Int {
        case counter
        case step
        case canceled
        case failed
        case output
        /// It stands for rows that there is no room for.
        case fold
    }

    let step: Int
    let kind: Kind
    let text: String
    /// What is behind the text: the longest form of it first.
    var details: [String] = []
    var seconds: Double?
    var isRunning = false
    var isOfEndedStep = false
    var isCached = false

    var isStep: Bool { kind == .step || kind == .canceled || kind == .failed }

    init(step: Int, kind: Kind, text: String) {
        self.step = step
        self.kind = kind
        self.text = text
    }

    /// Makes the row of a line of output.
    init(output: String, of step: Int) {
        self.init(step: step, kind: .output, text: "=> # " + SafeText.expandingTabs(output))
    }

    /// The rows of all steps that have started, in the order in which they started.
    static func rows(of model: ProgressModel, now: Timestamp) -> [TTYRow] {
        let engineNow = model.engineTime(now)
        // When the build has ended, a step without an end of its own stopped with the engine's last message.
        let until = model.outcome == nil ? engineNow : min(engineNow, model.latest ?? engineNow)
        var rows: [TTYRow] = []
        for index in model.startOrder where !model.steps[index].isHidden {
            let step = model.steps[index]
            rows.append(row(of: step, at: index, now: until))
            for counter in step.counters where counter.started != nil {
                var row = TTYRow(step: index, kind: .counter, text: "=> " + counter.id)
                row.details = TransferText.forms(of: counter, now: until)
                row.seconds = counter.duration(now: until)
                row.isRunning = counter.completed == nil
                row.isOfEndedStep = step.isCompleted
                rows.append(row)
            }
        }
        return rows
    }

    private static func row(of step: ProgressStep, at index: Int, now: Timestamp) -> TTYRow {
        var row: TTYRow
        switch step.phase {
        case .failed: row = TTYRow(step: index, kind: .failed, text: "ERROR " + step.name)
        case .canceled: row = TTYRow(step: index, kind: .canceled, text: "CANCELED " + step.name)
        case .cached: row = TTYRow(step: index, kind: .step, text: "CACHED " + step.name)
        case .waiting, .running, .done: row = TTYRow(step: index, kind: .step, text: step.name)
        }
        row.isRunning = step.phase == .running
        row.isOfEndedStep = step.isCompleted
        row.isCached = step.phase == .cached
        row.seconds = step.duration(now: now)
        if row.isRunning { row.details = TransferText.forms(ofAll: step.counters, now: now) }
        return row
    }

    /// The line: text at the left, a counter after it, the time at the right edge.
    func line(width: Int, colors: ProgressColors) -> String {
        let prefix = " => "
        if kind == .output { return colors.apply(colors.faint, to: CellWidth.fit(prefix + text, width)) }
        var timer = seconds.map { " \(Quantity.decimal($0 < 0.05 ? 0 : $0, 1))s" } ?? ""
        if width - timer.utf8.count < 12 { timer = "" }
        let left = width - timer.utf8.count
        var room = left - prefix.utf8.count
        let tail = details.lazy.map { " " + $0 }.first { room - $0.utf8.count >= 8 } ?? ""
        room -= tail.utf8.count
        var name = text
        if CellWidth.cells(name) > room { name = Self.shortened(text) }
        if CellWidth.cells(name) > room { name = Self.shortened(text, namesAlgorithm: false) }
        var out = CellWidth.fit(prefix + CellWidth.fit(name, max(0, room)) + tail, left)
        if !timer.isEmpty { out += String(repeating: " ", count: max(0, left - CellWidth.cells(out))) + timer }
        return colors.apply(color(of: colors), to: out)
    }

    private func color(of colors: ProgressColors) -> String {
        switch kind {
        case .failed: colors.error
        case .canceled: colors.cancel
        case .step, .counter: isRunning ? "" : colors.run
        case .output, .fold: colors.faint
        }
    }

    /// The text with each SHA-256 digest cut to its first twelve digits.
    static func shortened(_ text: String, namesAlgorithm: Bool = true) -> String {
        let mark = "sha256:"
        var out: [Substring] = []
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let found = word.lastIndex(of: "s").flatMap { word[$0...].hasPrefix(mark) ? $0 : nil }
            if let found, word[found...].utf8.count == mark.utf8.count + 64 {
                let digits = word[word.index(found, offsetBy: mark.utf8.count)...].prefix(12)
                out.append(word[..<found] + (namesAlgorithm ? mark : "") + digits)
            } else {
                out.append(word)
            }
        }
        return out.joined(separator: " ")
    }
}
