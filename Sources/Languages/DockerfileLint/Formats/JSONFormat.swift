import CaissonDockerfile
import CaissonJSON

/// hadolint's JSON: a list of findings with `file`, `line`, `column`, `level`, `code`, `message`, and keys of ours.
enum JSONFormat {
    static func render(_ results: [Linter.Result]) -> String {
        var json = JSONWriter(.report)
        let all = results.flatMap { result in result.findings.map { (result.name, $0) } }
        json.list(all) { json, item in
            json.object { append(item.1, of: item.0, to: &$0) }
        }
        return json.text + "\n"
    }

    private static func append(_ finding: Finding, of name: String, to json: inout JSONWriter) {
        json.member("file", name)
        json.member("line", finding.start.line)
        json.member("column", finding.start.column)
        json.member("level", finding.severity.name)
        json.member("code", finding.code)
        json.member("message", finding.message)
        json.member("endLine", finding.end.line)
        json.member("endColumn", finding.end.column)
        json.member("instructionLine", finding.instructionLine)
        if let line = finding.buildKitLine { json.member("buildKitLine", line) }
        json.member("rule", finding.rule)
        json.list("aliases", finding.aliases) { json, alias in
            json.object { json in
                json.member("code", alias.code)
                json.member("line", alias.line)
            }
        }
        if let fix = finding.fix { json.object("fix") { append(fix, to: &$0) } }
    }

    private static func append(_ fix: Fix, to json: inout JSONWriter) {
        json.member("title", fix.title)
        json.member("safe", fix.safety == .safe)
        json.list("edits", fix.edits) { json, edit in
            json.object { json in
                json.member("start", edit.range.lowerBound)
                json.member("end", edit.range.upperBound)
                json.member("text", edit.text)
            }
        }
    }
}
