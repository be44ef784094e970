import CaissonText

/// Reads one table of a TOML file: texts, true and false, lists (over several lines too), and tables within it.
struct TOMLReader {
    private let name: String
    private let lines: [Substring]
    private var index = 0

    init(text: String, name: String) {
        self.name = name
        lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    private func error(_ message: String) -> LintError {
        LintError(.configuration, "\(name):\(index + 1): \(message)")
    }

    /// The keys of a table and of the tables below it; empty where the file has none of that name.
    mutating func read(table wanted: String) throws(LintError) -> [String: ConfigValue] {
        var result: [String: ConfigValue] = [:]
        var path: [String]?
        while index < lines.count {
            let line = Self.withoutComment(lines[index]).trimmed
            if line.hasPrefix("[") {
                guard line.hasSuffix("]") else { throw error("the table's name has no end") }
                let names = line.drop { $0 == "[" }.prefix { $0 != "]" }.split(separator: ".").map {
                    Self.unquoted($0.trimmed)
                }
                path = names.first == wanted ? Array(names.dropFirst()) : nil
                if names.count > 2, names.first == wanted { throw error("there is no table \(line)") }
            } else if let path, !line.isEmpty {
                try read(line, below: path, into: &result)
            }
            index += 1
        }
        return result
    }

    private mutating func read(
        _ line: String,
        below path: [String],
        into result: inout [String: ConfigValue]
    ) throws(LintError) {
        guard let equals = line.firstIndex(of: "=") else { throw error("\"\(line)\" is no key = value") }
        let key = Self.unquoted(line[..<equals].trimmed)
        var text = line[line.index(after: equals)...].trimmed
        while text.hasPrefix("["), !Self.isClosed(text), index + 1 < lines.count {
            index += 1
            text += " " + Self.withoutComment(lines[index]).trimmed
        }
        let value = try value(text)
        guard let outer = path.first else {
            guard result[key] == nil else { throw error("the key \(key) stands here twice") }
            result[key] = value
            return
        }
        var table: [String: ConfigValue] = [:]
        if case .table(let known) = result[outer] { table = known }
        table[key] = value
        result[outer] = .table(table)
    }

    private func value(_ text: String) throws(LintError) -> ConfigValue {
        switch text.first {
        case "\"", "'":
            guard text.count >= 2, text.last == text.first else { throw error("the text has no end") }
            return .text(Self.unquoted(text))
        case "[":
            guard text.hasSuffix("]") else { throw error("the list has no end") }
            var items: [ConfigValue] = []
            for item in Self.items(text.dropFirst().dropLast()) { items.append(try value(item)) }
            return .list(items)
        case "{":
            guard text.hasSuffix("}") else { throw error("the table has no end") }
            var table: [String: ConfigValue] = [:]
            for item in Self.items(text.dropFirst().dropLast()) {
                guard let equals = item.firstIndex(of: "=") else { throw error("\"\(item)\" is no key = value") }
                table[Self.unquoted(item[..<equals].trimmed)] = try value(item[item.index(after: equals)...].trimmed)
            }
            return .table(table)
        default:
            guard text == "true" || text == "false" || Int(text) != nil else {
                throw error("\"\(text)\" is no value; a text stands between quotation marks")
            }
            return .text(text)
        }
    }

    private static func isClosed(_ text: String) -> Bool { text.hasSuffix("]") }

    private static func unquoted(_ text: String) -> String {
        guard let first = text.first, first == "\"" || first == "'", text.count >= 2, text.last == first else {
            return text
        }
        return String(text.dropFirst().dropLast())
    }

    private static func items(_ text: Substring) -> [String] {
        var items: [String] = []
        var item = ""
        var quote: Character?
        var open = 0
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
        items.append(item.trimmed)
        return items.filter { !$0.isEmpty }
    }

    private static func withoutComment(_ text: Substring) -> Substring {
        var quote: Character?
        for index in text.indices {
            let character = text[index]
            if let mark = quote {
                if character == mark { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == "#" {
                return text[..<index]
            }
        }
        return text
    }
}
