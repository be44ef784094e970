/// What is wrong with a text or an expression in it.
package struct HCLDiagnostic: Error, Sendable {
    /// How bad it is.
    package enum Severity: String, Sendable {
        /// What was asked for can't be had.
        case error
        /// It can be had, but perhaps isn't what is meant.
        case warning
    }

    /// How bad it is.
    package var severity: Severity
    /// What is wrong, in a few words.
    package var summary: String
    /// What is wrong, and what to do.
    package var detail: String
    /// The part of the text that it is about.
    package var subject: HCLRange?
    /// A larger part, which shows what the subject belongs to.
    package var context: HCLRange?

    /// Makes a diagnostic, an error where nothing else is said.
    package init(
        _ summary: String,
        _ detail: String,
        at subject: HCLRange?,
        in context: HCLRange? = nil,
        severity: Severity = .error
    ) {
        self.severity = severity
        self.summary = summary
        self.detail = detail
        self.subject = subject
        self.context = context
    }
}

extension HCLDiagnostic: CustomStringConvertible {
    /// One line: file, line and columns, the summary and the detail.
    package var description: String {
        let text = "\(summary); \(detail)"
        return subject.map { "\($0): \(text)" } ?? text
    }

    /// The lines around the subject, at most two before and two after it, with `>>>` at those that it is in.
    ///
    /// Empty where the diagnostic is about no place. At most twelve lines are shown.
    package var excerpt: String {
        guard let subject else { return "" }
        let source = subject.source.parent?.source ?? subject.source
        let (first, last) = (subject.start.line, max(subject.start.line, subject.end.line))
        let shown = max(1, first - 2)...max(1, min(source.lineCount, last + 2, first + 9))
        let width = String(shown.upperBound).utf8.count
        return shown.compactMap { number in
            source.line(number).map { line in
                let place = String(number)
                let padding = String(repeating: " ", count: width - place.utf8.count)
                let mark = (first...last).contains(number) ? ">>>" : "   "
                return "\(padding)\(place) | \(mark) \(line)"
            }
        }.joined(separator: "\n")
    }
}
