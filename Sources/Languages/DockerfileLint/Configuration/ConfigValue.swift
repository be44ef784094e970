import CaissonText
import CaissonDockerfile

/// A value of a configuration file.
enum ConfigValue: Sendable, Hashable {
    case text(String)
    case list([ConfigValue])
    case table([String: ConfigValue])
    case empty

    /// The text; nil for lists and tables.
    var string: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The texts of a list; one text is a list of one.
    var strings: [String]? {
        switch self {
        case .text(let text): return [text]
        case .empty: return []
        case .table: return nil
        case .list(let items):
            let texts = items.compactMap(\.string)
            return texts.count == items.count ? texts : nil
        }
    }
}

extension LintConfiguration {
    /// Takes what a table of a configuration file says.
    /// - Parameter source: The file, for messages.
    mutating func apply(_ table: [String: ConfigValue], source: String) throws(LintError) {
        for (key, value) in table.sorted(by: { $0.key < $1.key }) {
            if case .empty = value { continue }
            try set(key, value, source)
        }
    }

    private mutating func set(_ key: String, _ value: ConfigValue, _ source: String) throws(LintError) {
        switch key {
        case "failure-threshold": failureThreshold = try Self.severity(value, key, source)
        case "format":
            let name = value.string ?? ""
            guard LintFormat(name: name) != nil else { throw Self.wrong(key, "an output format", source) }
            format = name
        case "ignored": ignored = Set(try Self.list(value, key, source))
        case "label-schema": try setSchema(value, source)
        case "no-color": noColor = try Self.flag(value, key, source)
        case "no-fail": noFail = try Self.flag(value, key, source)
        case "override": try setOverrides(value, source)
        case "strict-labels": rules.strictLabels = try Self.flag(value, key, source)
        case "disable-ignore-pragma": disablesPragmas = try Self.flag(value, key, source)
        case "trustedRegistries", "trusted-registries":
            rules.trustedRegistries = try Self.list(value, key, source)
        default:
            let near = Spelling.nearest(to: key, among: Self.keys)
            throw LintError(
                .configuration,
                "\(source): unknown key \"\(key)\""
                    + (near.map { "; did you mean \($0)?" } ?? "; there are \(Self.keys.joined(separator: ", "))")
            )
        }
    }

    private static let keys = [
        "failure-threshold", "format", "ignored", "label-schema", "no-color", "no-fail", "override", "strict-labels",
        "disable-ignore-pragma", "trustedRegistries",
    ]

    private mutating func setSchema(_ value: ConfigValue, _ source: String) throws(LintError) {
        guard case .table(let table) = value else { throw Self.wrong("label-schema", "a table of labels", source) }
        for (label, type) in table {
            guard let type = type.string.flatMap({ LabelType(rawValue: $0.lowercased()) }) else {
                throw Self.wrong("label-schema.\(label)", "one of \(LabelType.names)", source)
            }
            rules.labelSchema[label] = type
        }
    }

    private mutating func setOverrides(_ value: ConfigValue, _ source: String) throws(LintError) {
        guard case .table(let table) = value else { throw Self.wrong("override", "a table of severities", source) }
        for (name, codes) in table {
            guard let severity = Severity(name: name) else {
                throw LintError(
                    .configuration,
                    "\(source): override: \"\(name)\" is none of error, warning, info and style"
                )
            }
            for code in try Self.list(codes, "override.\(name)", source) { severities[code] = severity }
        }
    }

    private static func severity(_ value: ConfigValue, _ key: String, _ source: String) throws(LintError) -> Severity {
        guard let severity = value.string.flatMap(Severity.init(name:)) else {
            throw wrong(key, "error, warning, info, style, ignore or none", source)
        }
        return severity
    }

    private static func list(_ value: ConfigValue, _ key: String, _ source: String) throws(LintError) -> [String] {
        guard let list = value.strings else { throw wrong(key, "a list of names", source) }
        return list
    }

    private static func flag(_ value: ConfigValue, _ key: String, _ source: String) throws(LintError) -> Bool {
        switch value.string?.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw wrong(key, "true or false", source)
        }
    }

    private static func wrong(_ key: String, _ expected: String, _ source: String) -> LintError {
        LintError(.configuration, "\(source): \(key) must be \(expected)")
    }
}

extension LabelType {
    /// All types, for messages.
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
