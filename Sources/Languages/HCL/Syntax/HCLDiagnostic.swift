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
        // What is a text of JSON stands on one line there, however many it has itself; one of YAML may have its own lines.
        let place = subject.source.parent ?? subject
        let source = place.source
        let (start, end) = (place.start.line, max(place.start.line, place.end.line))
        let (first, last) = (min(subject.start.line, end), max(start, min(subject.end.line, end)))
        let shown = max(1, first - 2)...max(1, min(source.lineCount, last + 2, first + 9))
        let width = String(shown.upperBound).utf8.count
        return shown.compactMap { number in
            source.line(number).map { line in
                let digits = String(number)
                let padding = String(repeating: " ", count: width - digits.utf8.count)
                let mark = (first...last).contains(number) ? ">>>" : "   "
                return "\(padding)\(digits) | \(mark) \(line)"
            }
        }.joined(separator: "\n")
    }
}

/// Finds the name that was probably meant.
enum HCLSuggestion {
    /// The first of the names that differs in two letters at most.
    static func nearest(to name: String, among names: some Sequence<String>) -> String? {
        let given = Array(name.unicodeScalars.prefix(64))
        return names.first { distance(given, Array($0.unicodeScalars.prefix(64))) < 3 }
    }

    /// The end of a message: ` Did you mean "…"?`, or nothing.
    static func text(for name: String, among names: some Sequence<String>) -> String {
        nearest(to: name, among: names).map { " Did you mean \($0.goQuoted)?" } ?? ""
    }

    private static func distance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
        guard abs(one.count - other.count) < 3 else { return 3 }
        var row = Array(0...other.count)
        for (index, scalar) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, otherScalar) in other.enumerated() {
                let above = row[column + 1]
                row[column + 1] = min(above + 1, row[column] + 1, diagonal + (scalar == otherScalar ? 0 : 1))
                diagonal = above
            }
        }
        return row[other.count]
    }
}
