import Dockerfile

/// Writes JSON.
struct JSONWriter {
    private(set) var text = ""
    private var needsComma = false

    /// Writes an object.
    mutating func object(_ body: (inout JSONWriter) -> Void) { enclose("{", "}", body) }

    /// Writes a list.
    mutating func list<Items: Sequence>(_ items: Items, _ body: (inout JSONWriter, Items.Element) -> Void) {
        enclose("[", "]") { json in
            for item in items { body(&json, item) }
        }
    }

    /// Writes a member of an object.
    mutating func member(_ key: String, _ body: (inout JSONWriter) -> Void) {
        string(key)
        text += ":"
        needsComma = false
        body(&self)
    }

    /// Writes a member that is a string.
    mutating func member(_ key: String, _ value: String) { member(key) { $0.string(value) } }

    /// Writes a member that is a number.
    mutating func member(_ key: String, _ value: Int) { member(key) { $0.word(String(value)) } }

    /// Writes a number or a constant.
    mutating func word(_ word: String) {
        separate()
        text += word
        needsComma = true
    }

    /// Writes a string.
    mutating func string(_ value: String) {
        separate()
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar.value {
            case 0x22: text += "\\\""
            case 0x5C: text += "\\\\"
            case 0x0A: text += "\\n"
            case 0x0D: text += "\\r"
            case 0x09: text += "\\t"
            case 0..<0x20, 0x7F, 0x2028, 0x2029:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
        needsComma = true
    }

    private mutating func enclose(_ open: String, _ close: String, _ body: (inout JSONWriter) -> Void) {
        separate()
        text += open
        needsComma = false
        body(&self)
        text += close
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { text += "," }
    }
}

/// hadolint's JSON: a list of findings with `file`, `line`, `column`, `level`, `code`, `message`, and keys of ours.
enum JSONFormat {
    static func render(_ results: [Linter.Result]) -> String {
        var json = JSONWriter()
        let all = results.flatMap { result in result.findings.map { (result, $0) } }
        json.list(all) { json, item in
            let (result, finding) = item
            json.object { json in
                json.member("file", result.name)
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
                json.member("aliases") { json in
                    json.list(finding.aliases) { json, alias in
                        json.object { json in
                            json.member("code", alias.code)
                            json.member("line", alias.line)
                        }
                    }
                }
                if let fix = finding.fix { append(fix, to: &json) }
            }
        }
        return json.text + "\n"
    }

    private static func append(_ fix: Fix, to json: inout JSONWriter) {
        json.member("fix") { json in
            json.object { json in
                json.member("title", fix.title)
                json.member("safe") { $0.word(fix.safety == .safe ? "true" : "false") }
                json.member("edits") { json in
                    json.list(fix.edits) { json, edit in
                        json.object { json in
                            json.member("start", edit.range.lowerBound)
                            json.member("end", edit.range.upperBound)
                            json.member("text", edit.text)
                        }
                    }
                }
            }
        }
    }
}
