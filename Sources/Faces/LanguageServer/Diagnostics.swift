import CaissonDockerfileLint
import CaissonJSON

/// What the editor shows of findings.
struct Diagnostics {
    /// The most that are shown of one document.
    private static let most = 1000
    private static let source = "caisson"

    let lines: TextLines
    let encoding: PositionEncoding

    /// All that is known of a document.
    static func of(_ document: OpenDocument, _ encoding: PositionEncoding) -> JSON {
        if let refusal = document.refusal { return .array([note("not checked: \(refusal)", severity: 2)]) }
        guard let report = document.report else { return .array([]) }
        if let problem = report.problem {
            return .array([note("not checked: \(problem)", severity: 1, code: "configuration")])
        }
        let diagnostics = Self(lines: TextLines(document.text), encoding: encoding)
        var shown = report.findings.prefix(most).map(diagnostics.json)
        let rest = report.findings.count - shown.count
        if rest > 0 { shown.append(note("\(rest) more findings are not shown", severity: 3)) }
        return .array(shown)
    }

    /// Something about the whole document.
    static func note(_ message: String, severity: Int, code: String = "unchecked") -> JSON {
        let start = LinePosition(line: 0, character: 0).json
        return .members([
            "range": .members(["start": start, "end": start]), "severity": .whole(severity), "code": .string(code),
            "source": .string(source), "message": .string(message),
        ])
    }

    /// One finding.
    func json(_ finding: Finding) -> JSON {
        .members([
            "range": lines.json(finding.span, encoding), "severity": .whole(Self.severity(finding.severity)),
            "code": .string(finding.code),
            "codeDescription": RuleText.link(of: finding).map { .members(["href": .string($0)]) },
            "source": .string(Self.source), "message": .string(finding.message),
        ])
    }

    /// 1 error, 2 warning, 3 information, 4 hint.
    private static func severity(_ severity: Severity) -> Int {
        switch severity {
        case .error: 1
        case .warning: 2
        case .info: 3
        case .style, .ignore: 4
        }
    }
}

/// What is told of a finding's rule.
enum RuleText {
    /// Where more about it is.
    static func link(of finding: Finding) -> String? {
        if finding.code.hasPrefix("SC") { return "https://www.shellcheck.net/wiki/\(finding.code)" }
        return links[finding.rule]
    }

    /// The first reference of each manual.
    private static let links: [String: String] = Rules.all.reduce(into: [:]) { links, rule in
        let lines = rule.manual.split(separator: "\n").reversed().prefix { $0 != "## References" }
        links[rule.id] = lines.last { $0.hasPrefix("- https://") }.map { String($0.dropFirst(2)) }
    }

    /// The findings with their rules' manuals, in Markdown.
    static func hover(_ findings: [Finding]) -> String {
        findings.map { finding in
            let head = "**\(finding.code)** (\(finding.severity.name)): \(finding.message)"
            let manual = Rules.named(finding.rule)?.manual ?? link(of: finding).map { "<\($0)>" }
            return manual.map { "\(head)\n\n\($0)" } ?? head
        }.joined(separator: "\n\n---\n\n")
    }
}
