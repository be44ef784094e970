import CaissonDockerfile

/// Findings for people: place, severity, rule, message, and the line with what is meant underlined.
enum TTYFormat {
    /// What stands before an excerpt: a line's number, a bar and blanks around it.
    private static let margin = 7
    private static let longestExcerpt = 160
    private static let shortestExcerpt = 20

    static func render(_ results: [Linter.Result], _ options: LintFormatOptions) -> String {
        var out = ""
        for result in results {
            for finding in result.findings { append(finding, result, options, to: &out) }
        }
        return out
    }

    private static func append(
        _ finding: Finding,
        _ result: Linter.Result,
        _ options: LintFormatOptions,
        to out: inout String
    ) {
        let place = "\(SafeLine.text(result.name)):\(finding.start.line):\(finding.start.column)"
        let color = options.hasColors ? color(of: finding.severity) : ""
        let end = options.hasColors ? "\u{1B}[0m" : ""
        let bold = options.hasColors ? "\u{1B}[1m" : ""
        let names = ([finding.code] + finding.aliases.map(\.code)).joined(separator: "/")
        out +=
            "\(bold)\(place)\(end) \(color)\(finding.severity.name)\(end) \(names): \(SafeLine.text(finding.message))\n"
        let width =
            options.width > 0
            ? max(Self.shortestExcerpt, min(options.width - margin, Self.longestExcerpt)) : Self.longestExcerpt
        if let excerpt = Excerpt(finding, result.file.source, width: width, cells: options.cells) {
            let number = String(excerpt.line)
            let margin = String(repeating: " ", count: max(4 - number.utf8.count, 0)) + number
            let carets = String(repeating: "^", count: excerpt.length)
            out += "\(margin) | \(excerpt.text)\n"
            out += "     | \(String(repeating: " ", count: excerpt.indent))\(color)\(carets)\(end)\n"
        }
        if let fix = finding.fix {
            out += "     = fix\(fix.safety == .unsafe ? " (unsafe)" : ""): \(SafeLine.text(fix.title))\n"
        }
    }

    private static func color(of severity: Severity) -> String {
        switch severity {
        case .error: "\u{1B}[1;31m"
        case .warning: "\u{1B}[1;33m"
        case .info: "\u{1B}[1;32m"
        case .style, .ignore: "\u{1B}[1;36m"
        }
    }

    /// One line on all files: `3 findings (1 error, 2 warnings) in 2 files; --fix fixes 2`.
    static func summary(_ results: [Linter.Result]) -> String {
        let findings = results.flatMap(\.findings)
        let files = results.count == 1 ? "1 file" : "\(results.count) files"
        guard !findings.isEmpty else { return "no findings in \(files)" }
        let parts = Severity.allCases.reversed().compactMap { severity -> String? in
            let count = findings.count { $0.severity == severity }
            guard count > 0 else { return nil }
            let plural = count > 1 && severity >= .warning ? "s" : ""
            return "\(count) \(severity.name)\(plural)"
        }
        let safe = findings.count { $0.fix?.safety == .safe }
        let unsafe = findings.count { $0.fix?.safety == .unsafe }
        var text =
            "\(findings.count) finding\(findings.count == 1 ? "" : "s") (\(parts.joined(separator: ", "))) in \(files)"
        if safe > 0 { text += "; --fix fixes \(safe)" }
        if unsafe > 0 { text += "\(safe > 0 ? "," : ";") --fix=unsafe fixes \(safe + unsafe)" }
        return text
    }
}

/// What the command says of all files after the findings.
package enum LintSummary {
    /// One line.
    package static func text(_ results: [Linter.Result]) -> String { TTYFormat.summary(results) }
}
