import CaissonDockerfile
import CaissonJSON

/// CodeClimate's JSON, and what GitLab reads of it.
enum CodeClimateFormat {
    static func render(_ results: [Linter.Result], isGitLab: Bool) -> String {
        let all = results.flatMap { result in result.findings.map { (result, $0) } }
        var json = JSONWriter(.report)
        json.list(all) { json, item in
            json.object { append(item.1, of: item.0, isGitLab, to: &$0) }
        }
        return json.text + "\n"
    }

    private static func append(
        _ finding: Finding,
        of result: Linter.Result,
        _ isGitLab: Bool,
        to json: inout JSONWriter
    ) {
        json.member("type", "issue")
        json.member("check_name", finding.code)
        json.member("description", finding.message)
        json.list("categories", CollectionOfOne("Bug Risk")) { $0.string($1) }
        json.member("severity", severity(finding.severity))
        json.member("fingerprint", fingerprint(finding, result))
        json.object("location") { json in
            json.member("path", result.name)
            json.object(isGitLab ? "positions" : "lines") { json in
                append("begin", finding.start, isGitLab, to: &json)
                append("end", finding.end, isGitLab, to: &json)
            }
        }
    }

    private static func append(
        _ key: StaticString,
        _ position: Position,
        _ isGitLab: Bool,
        to json: inout JSONWriter
    ) {
        guard isGitLab else { return json.member(key, position.line) }
        json.object(key) { json in
            json.member("line", position.line)
            json.member("column", position.column)
        }
    }

    private static func severity(_ severity: Severity) -> String {
        switch severity {
        case .error: "blocker"
        case .warning: "major"
        case .info: "info"
        case .style, .ignore: "minor"
        }
    }

    /// The same for the same finding in the same text, wherever it moves: FNV-1a twice over what identifies it.
    private static func fingerprint(_ finding: Finding, _ result: Linter.Result) -> String {
        let line = result.file.source.text(result.file.source.lineRange(finding.start.line))
        let earlier = result.findings.count { other in
            other.code == finding.code && other.message == finding.message
                && other.span.lowerBound < finding.span.lowerBound
        }
        let text = "\(result.name)\u{0}\(finding.code)\u{0}\(finding.message)\u{0}\(line)\u{0}\(earlier)"
        let halves = [0xCBF2_9CE4_8422_2325, 0x8422_2325_CBF2_9CE4].map { (seed: UInt64) in
            text.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }
        return halves.map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }
}
