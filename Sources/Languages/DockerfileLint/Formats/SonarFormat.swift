import CaissonDockerfile
import CaissonJSON

/// SonarQube's generic issues.
enum SonarFormat {
    static func render(_ results: [Linter.Result]) -> String {
        let all = results.flatMap { result in result.findings.map { (result.name, $0) } }
        var json = JSONWriter(.report)
        json.object { json in
            json.list("issues", all) { json, item in
                json.object { append(item.1, of: item.0, to: &$0) }
            }
        }
        return json.text + "\n"
    }

    private static func append(_ finding: Finding, of name: String, to json: inout JSONWriter) {
        json.member("engineId", "caisson")
        json.member("ruleId", finding.code)
        json.member("severity", severity(finding.severity))
        json.member("type", finding.severity == .error ? "BUG" : "CODE_SMELL")
        json.object("primaryLocation") { json in
            json.member("message", finding.message)
            json.member("filePath", name)
            json.object("textRange") { appendRange(finding, to: &$0) }
        }
    }

    private static func appendRange(_ finding: Finding, to json: inout JSONWriter) {
        json.member("startLine", finding.start.line)
        json.member("endLine", finding.end.line)
        // SonarQube refuses an empty range, and counts columns from 0.
        guard finding.end > finding.start else { return }
        json.member("startColumn", finding.start.column - 1)
        json.member("endColumn", finding.end.column - 1)
    }

    private static func severity(_ severity: Severity) -> String {
        switch severity {
        case .error: "CRITICAL"
        case .warning: "MAJOR"
        case .info: "MINOR"
        case .style, .ignore: "INFO"
        }
    }
}
