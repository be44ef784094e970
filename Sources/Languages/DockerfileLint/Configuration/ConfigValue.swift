import CaissonText
import CaissonDockerfile
import CaissonTOML
import CaissonText
import CaissonYAML

/// A value of a configuration, wherever it comes from.
struct ConfigValue: Sendable, Hashable {
    /// What it is.
    enum Kind: Sendable, Hashable {
        case text(String)
        case list([ConfigValue])
        case table([ConfigEntry])
        case empty
    }

    /// What it is.
    var kind: Kind
    /// The line on which it stands; nil where it comes from no file.
    var line: Int?

    /// The text; nil for lists and tables.
    var string: String? {
        if case .text(let text) = kind { text } else { nil }
    }

    /// The texts of a list; one text is a list of one.
    var strings: [String]? {
        switch kind {
        case .text(let text): return [text]
        case .empty: return []
        case .table: return nil
        case .list(let items):
            let texts = items.compactMap(\.string)
            return texts.count == items.count ? texts : nil
        }
    }
}

/// A key of a table with its value.
struct ConfigEntry: Sendable, Hashable {
    /// The key.
    var key: String
    /// The line on which the key stands; nil where it comes from no file.
    var line: Int?
    /// The value.
    var value: ConfigValue
}

/// Where a configuration comes from, for messages.
struct ConfigSource {
    /// The file.
    var name: String
    /// The table in the file, when it isn't all of it.
    var table: String?

    /// An error in a line.
    func error(_ line: Int?, _ message: String) -> LintError {
        let place = line.map { "\(name):\($0)" } ?? name
        return LintError(.configuration, "\(place): \(table.map { "[\($0)]: " } ?? "")\(message)")
    }
}

extension ConfigValue {
    /// A value of a YAML file; what is no text there counts as it was written.
    init(_ value: YAMLValue) {
        line = value.place.line
        kind =
            switch value.kind {
            case .null: .empty
            case .list(let items): .list(items.map { ConfigValue($0) })
            case .map(let entries):
                .table(entries.map { ConfigEntry(key: $0.key, line: $0.place.line, value: ConfigValue($0.value)) })
            case .bool, .int, .float, .string: .text(value.text)
            }
    }

    /// A value of a TOML file; numbers with decimals and times are none of ours.
    init(_ value: TOMLValue, _ source: ConfigSource) throws(LintError) {
        line = value.place.line
        switch value.kind {
        case .bool(let isTrue): kind = .text(isTrue ? "true" : "false")
        case .int(let number): kind = .text(String(number))
        case .string(let text): kind = .text(text)
        case .list(let items):
            var values: [ConfigValue] = []
            for item in items { values.append(try ConfigValue(item, source)) }
            kind = .list(values)
        case .table(let entries):
            var values: [ConfigEntry] = []
            for entry in entries {
                let value = try ConfigValue(entry.value, source)
                values.append(ConfigEntry(key: entry.key, line: value.line, value: value))
            }
            kind = .table(values)
        case .float, .time:
            throw source.error(
                line,
                "a number with decimals or a time can't stand here; write a text between quotation marks"
            )
        }
    }
}
