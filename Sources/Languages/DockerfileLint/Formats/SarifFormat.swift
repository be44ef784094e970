import CaissonDockerfile
import CaissonJSON

/// SARIF 2.1.0.
enum SarifFormat {
    static func render(_ results: [Linter.Result], _ options: LintFormatOptions) -> String {
        var json = JSONWriter(.report)
        json.object { json in
            json.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
            json.member("version", "2.1.0")
            json.list("runs", CollectionOfOne(results)) { json, results in
                json.object { append(results, options, to: &$0) }
            }
        }
        return json.text + "\n"
    }

    private static func append(_ results: [Linter.Result], _ options: LintFormatOptions, to json: inout JSONWriter) {
        json.object("tool") { json in
            json.object("driver") { appendDriver(results, options, to: &$0) }
        }
        json.member("columnKind", "unicodeCodePoints")
        let all = results.flatMap { result in result.findings.map { (result.name, $0) } }
        json.list("results", all) { json, item in
            json.object { append(item.1, of: item.0, to: &$0) }
        }
    }

    private static func appendDriver(
        _ results: [Linter.Result],
        _ options: LintFormatOptions,
        to json: inout JSONWriter
    ) {
        json.member("name", "caisson")
        if !options.version.isEmpty { json.member("version", options.version) }
        let used = Set(results.flatMap { $0.findings.map(\.code) }).sorted()
        json.list("rules", used) { json, code in
            json.object { appendRule(code, to: &$0) }
        }
    }

    private static func appendRule(_ code: String, to json: inout JSONWriter) {
        json.member("id", code)
        if let rule = Rules.named(code) {
            json.object("shortDescription") { $0.member("text", rule.summary) }
            json.object("help") { json in
                json.member("text", rule.manual)
                json.member("markdown", rule.manual)
            }
        } else if code.hasPrefix("SC") {
            json.member("helpUri", "https://www.shellcheck.net/wiki/\(code)")
        }
    }

    private static func append(_ finding: Finding, of name: String, to json: inout JSONWriter) {
        json.member("ruleId", finding.code)
        json.member("level", level(of: finding.severity))
        json.object("message") { $0.member("text", finding.message) }
        json.list("locations", CollectionOfOne(finding)) { json, finding in
            json.object { json in
                json.object("physicalLocation") { appendPlace(finding, name, to: &$0) }
            }
        }
    }

    private static func level(of severity: Severity) -> String {
        switch severity {
        case .error: "error"
        case .warning: "warning"
        default: "note"
        }
    }

    private static func appendPlace(_ finding: Finding, _ name: String, to json: inout JSONWriter) {
        json.object("artifactLocation") { $0.member("uri", uri(name)) }
        json.object("region") { json in
            json.member("startLine", finding.start.line)
            json.member("startColumn", finding.start.column)
            json.member("endLine", finding.end.line)
            json.member("endColumn", finding.end.column)
        }
    }

    /// A path as a reference of RFC 3986.
    private static func uri(_ path: String) -> String {
        path.utf8.reduce(into: "") { out, byte in
            if Ascii.isNameByte(byte) || "-.~/".utf8.contains(byte) {
                out.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                out += "%" + (byte < 16 ? "0" : "") + digits
            }
        }
    }
}
