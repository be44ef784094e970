import CaissonText

/// Reads as much of YAML as linter configurations are written in.
///
/// That is: tables and lists by indentation or in brackets, plain and quoted texts, comments. Anchors, tags, texts over
/// several lines and several documents are refused, not misread.
struct YAMLReader {
    private struct Line {
        var number: Int
        var indent: Int
        var text: String
    }

    private let name: String
    private var lines: [Line] = []
    private var index = 0
    private var tabLine: Int?

    /// Deeper nesting is refused.
    private static let deepest = 8

    init(text: String, name: String) {
        self.name = name
        for (number, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let indent = raw.prefix { $0 == " " }.count
            let content = Self.withoutComment(raw.dropFirst(indent)).trimmed
            if content.isEmpty || (content == "---" && lines.isEmpty) { continue }
            if raw.dropFirst(indent).first == "\t", tabLine == nil { tabLine = number + 1 }
            lines.append(Line(number: number + 1, indent: indent, text: content))
        }
    }

    mutating func read() throws(LintError) -> ConfigValue {
        if let tabLine { throw error(tabLine, "a tab can't indent") }
        guard let first = lines.first else { return .empty }
        let value = try block(indent: first.indent, depth: 0)
        if index < lines.count {
            throw error(lines[index].number, "this line is indented less than the first one, or not at all")
        }
        return value
    }

    private func error(_ line: Int, _ message: String) -> LintError {
        LintError(.configuration, "\(name):\(line): \(message)")
    }

    private static func withoutComment(_ text: Substring) -> Substring {
        var quote: Character?
        var previous: Character = " "
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == "#", previous == " " || previous == "\t" {
                return text[..<index]
            }
            previous = character
        }
        return text
    }

    private mutating func block(indent: Int, depth: Int) throws(LintError) -> ConfigValue {
        guard depth < Self.deepest else { throw error(lines[index].number, "too deep") }
        return lines[index].text.hasPrefix("- ") || lines[index].text == "-"
            ? try sequence(indent: indent) : try mapping(indent: indent, depth: depth)
    }

    private mutating func sequence(indent: Int) throws(LintError) -> ConfigValue {
        var items: [ConfigValue] = []
        while index < lines.count, lines[index].indent == indent, lines[index].text.hasPrefix("-") {
            let line = lines[index]
            guard line.text.hasPrefix("- ") else { throw error(line.number, "this item of the list is empty") }
            items.append(try scalar(line.text.dropFirst(2).trimmed, line.number))
            index += 1
        }
        return .list(items)
    }

    private mutating func mapping(indent: Int, depth: Int) throws(LintError) -> ConfigValue {
        var table: [String: ConfigValue] = [:]
        while index < lines.count, lines[index].indent == indent {
            let line = lines[index]
            guard let (key, rest) = Self.key(of: line.text) else {
                throw error(line.number, "\"\(line.text)\" is no \"key: value\"")
            }
            guard table[key] == nil else { throw error(line.number, "the key \(key) stands here twice") }
            index += 1
            if !rest.isEmpty {
                table[key] = try scalar(rest, line.number)
            } else if index < lines.count, lines[index].indent > indent {
                table[key] = try block(indent: lines[index].indent, depth: depth + 1)
            } else if index < lines.count, lines[index].indent == indent, lines[index].text.hasPrefix("- ") {
                table[key] = try sequence(indent: indent)
            } else {
                table[key] = .empty
            }
        }
        if index < lines.count, lines[index].indent > indent {
            throw error(lines[index].number, "this line is indented too far")
        }
        return .table(table)
    }

    private static func key(of text: String) -> (String, String)? {
        if let quote = text.first, quote == "\"" || quote == "'" {
            guard let end = text.dropFirst().firstIndex(of: quote) else { return nil }
            let rest = text[text.index(after: end)...].trimmed
            guard rest.hasPrefix(":") else { return nil }
            return (String(text[text.index(after: text.startIndex)..<end]), rest.dropFirst().trimmed)
        }
        if text.hasSuffix(":"), !text.dropLast().contains(": ") { return (String(text.dropLast()), "") }
        guard let range = text.firstRange(of: ": ") else { return nil }
        return (text[..<range.lowerBound].trimmed, text[range.upperBound...].trimmed)
    }

    private func scalar(_ text: String, _ line: Int) throws(LintError) -> ConfigValue {
        switch text.first {
        case "[":
            guard text.hasSuffix("]") else { throw error(line, "the list has no end") }
            var items: [ConfigValue] = []
            for item in split(text.dropFirst().dropLast()) where !item.isEmpty { items.append(try scalar(item, line)) }
            return .list(items)
        case "{":
            guard text.hasSuffix("}") else { throw error(line, "the table has no end") }
            var table: [String: ConfigValue] = [:]
            for item in split(text.dropFirst().dropLast()) where !item.isEmpty {
                guard let (key, value) = Self.key(of: item) else {
                    throw error(line, "\"\(item)\" is no \"key: value\"")
                }
                table[key] = value.isEmpty ? .empty : try scalar(value, line)
            }
            return .table(table)
        case "\"", "'":
            guard text.count >= 2, text.last == text.first else { throw error(line, "the quotation has no end") }
            return .text(String(text.dropFirst().dropLast()))
        case "&", "*", "!", "|", ">", "%", "@", "`":
            throw error(line, "\(text) is more of YAML than is read here; write it plainly")
        default:
            return text == "~" || text == "null" ? .empty : .text(text)
        }
    }

    /// The items between commas outside of brackets and quotes.
    private func split(_ text: Substring) -> [String] {
        var items: [String] = []
        var item = ""
        var open = 0
        var quote: Character?
        for character in text {
            if let mark = quote {
                if character == mark { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if "[{".contains(character) {
                open += 1
            } else if "]}".contains(character) {
                open -= 1
            } else if character == ",", open == 0 {
                items.append(item.trimmed)
                item = ""
                continue
            }
            item.append(character)
        }
        return items + [item.trimmed]
    }
}
