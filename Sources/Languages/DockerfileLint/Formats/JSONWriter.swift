import CaissonDockerfile

/// Writes JSON.
struct JSONWriter {
    private var bytes: [UInt8] = []
    private var needsComma = false

    /// What was written.
    var text: String { String(decoding: bytes, as: UTF8.self) }

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
        append(":")
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
        append(word)
        needsComma = true
    }

    /// Writes a string.
    mutating func string(_ value: String) {
        separate()
        append("\"")
        var value = value
        value.withUTF8 { text in
            var start = 0
            for index in text.indices where Self.needsEscape(text, index) {
                bytes += text[start..<index]
                start = index + escape(text, index)
            }
            bytes += text[start...]
        }
        append("\"")
        needsComma = true
    }

    /// Whether what begins at a byte is a quote, a backslash, a control or a line end of Unicode (E2 80 A8, E2 80 A9).
    private static func needsEscape(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        let byte = text[index]
        if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F { return true }
        return byte == 0xE2 && index + 2 < text.count && text[index + 1] == 0x80 && text[index + 2] & 0xFE == 0xA8
    }

    /// Writes what begins at a byte as an escape, and says how long it is.
    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
        switch text[index] {
        case 0x22: append("\\\"")
        case 0x5C: append("\\\\")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        case 0xE2:
            append(text[index + 2] == 0xA8 ? "\\u2028" : "\\u2029")
            return 3
        case let control:
            append("\\u00")
            for digit in [control >> 4, control & 15] { bytes.append(digit + (digit < 10 ? 0x30 : 0x57)) }
        }
        return 1
    }

    private mutating func append(_ text: String) { bytes += text.utf8 }

    private mutating func enclose(_ open: String, _ close: String, _ body: (inout JSONWriter) -> Void) {
        separate()
        append(open)
        needsComma = false
        body(&self)
        append(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { append(",") }
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
