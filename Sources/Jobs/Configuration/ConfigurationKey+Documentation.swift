import CaissonSystem
import CaissonText

extension ConfigurationKey {
    /// The rows of a table of keys for `Documentation/configuration.md`, in Markdown.
    package static func documentation(of table: String) -> String {
        let standard = Configuration(defaultsOn: MachineSize(), stateDirectory: "")
        let rows = keys(of: table).map { key in
            let text = key.form.value(in: standard)
            let fallback = key.fallback ?? (text == .unset ? "none" : "`\(key.form.literal(text))`")
            let variable = key.variable.map { " `\($0)` " } ?? " "
            return "| `\(key.name)` | \(key.form.summary) | \(fallback) |\(variable)| \(key.meaning) |\n"
        }
        return "| key | value | default | variable | what it says |\n|---|---|---|---|---|\n" + rows.joined()
    }
}

extension ConfigurationForm {
    /// A value as TOML writes it.
    fileprivate func literal(_ value: Setting.Value) -> String {
        if case .text(let text) = value { "\"\(text)\"" } else { value.description }
    }

    /// What a value may be, in as few words as a table has room for.
    fileprivate var summary: String {
        switch self {
        case .flag: "`true` or `false`"
        case .whole(_, let bounds), .limit(_, let bounds): "\(bounds.lowerBound) to \(bounds.upperBound)"
        case .size: "a size such as `20gb`"
        case .span(_, let bounds), .age(_, let bounds):
            "\(SpanNotation.text(bounds.lowerBound)) to \(SpanNotation.text(bounds.upperBound))"
        case .level: LogLevel.allCases.map { "`\($0)`" }.joined(separator: ", ")
        case .path: "a path"
        case .builder: "a name or an address"
        case .image: "an image's name"
        }
    }
}
