import CaissonDockerfile
import CaissonJSON

/// Formats of one line a finding.
enum LineFormats {
    /// `file:line:column: code severity: message`, as compilers of GNU write.
    static func gnu(_ results: [Linter.Result]) -> String {
        lines(results) { name, finding in
            "\(SafeLine.text(name)):\(finding.start.line):\(finding.start.column): \(finding.code) \(finding.severity.name): "
                + SafeLine.text(finding.message)
        }
    }

    /// A JSON object a line, as Codacy reads them.
    static func codacy(_ results: [Linter.Result]) -> String {
        lines(results) { name, finding in
            var json = JSONWriter(.report)
            json.object { json in
                json.member("filename", name)
                json.member("message", finding.message)
                json.member("patternId", finding.code)
                json.member("line", finding.start.line)
            }
            return json.text
        }
    }

    /// Annotations of GitHub's workflows.
    static func github(_ results: [Linter.Result]) -> String {
        lines(results) { name, finding in
            let kind =
                switch finding.severity {
                case .error: "error"
                case .warning: "warning"
                default: "notice"
                }
            let fields = [
                "file=\(escapedProperty(name))", "line=\(finding.start.line)", "endLine=\(finding.end.line)",
                "col=\(finding.start.column)", "endColumn=\(finding.end.column)",
                "title=\(escapedProperty(finding.code))",
            ]
            return "::\(kind) \(fields.joined(separator: ","))::\(escaped(finding.message))"
        }
    }

    private static func lines(_ results: [Linter.Result], _ line: (String, Finding) -> String) -> String {
        var out = ""
        for result in results {
            for finding in result.findings { out += line(result.name, finding) + "\n" }
        }
        return out
    }

    private static func escaped(_ text: String) -> String {
        var out = ""
        for character in text.unicodeScalars {
            switch character {
            case "%": out += "%25"
            case "\r": out += "%0D"
            case "\n": out += "%0A"
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }

    private static func escapedProperty(_ text: String) -> String {
        var out = ""
        for character in escaped(text).unicodeScalars {
            switch character {
            case ":": out += "%3A"
            case ",": out += "%2C"
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }
}
