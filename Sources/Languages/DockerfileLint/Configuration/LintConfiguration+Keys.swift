import CaissonText
import CaissonDockerfile

extension LintConfiguration {
    /// Takes what a table of a configuration file says.
    /// - Parameter source: The file, for messages.
    mutating func apply(_ table: [ConfigEntry], source: ConfigSource) throws(LintError) {
        for entry in table where entry.value.kind != .empty { try set(entry, source) }
    }

    private mutating func set(_ entry: ConfigEntry, _ source: ConfigSource) throws(LintError) {
        let value = entry.value
        switch entry.key {
        case "failure-threshold": failureThreshold = try Self.threshold(entry, source).severity
        case "format":
            let name = value.string ?? ""
            guard LintFormat(name: name) != nil else { throw Self.wrong(entry, "an output format", source) }
            format = name
        case "ignored": ignored = Set(try Self.list(entry, source))
        case "label-schema": try setSchema(entry, source)
        case "no-color": noColor = try Self.flag(entry, source)
        case "no-fail": noFail = try Self.flag(entry, source)
        case "override": try setOverrides(entry, source)
        case "strict-labels": rules.strictLabels = try Self.flag(entry, source)
        case "disable-ignore-pragma": disablesPragmas = try Self.flag(entry, source)
        case "trustedRegistries", "trusted-registries":
            rules.trustedRegistries = try Self.list(entry, source)
        default:
            let near = Spelling.nearest(to: entry.key, among: Self.keys)
            throw source.error(
                entry.line,
                "unknown key \"\(entry.key)\""
                    + (near.map { "; did you mean \($0)?" } ?? "; there are \(Self.keys.joined(separator: ", "))")
            )
        }
    }

    private static let keys = [
        "failure-threshold", "format", "ignored", "label-schema", "no-color", "no-fail", "override", "strict-labels",
        "disable-ignore-pragma", "trustedRegistries",
    ]

    private mutating func setSchema(_ entry: ConfigEntry, _ source: ConfigSource) throws(LintError) {
        guard case .table(let labels) = entry.value.kind else { throw Self.wrong(entry, "a table of labels", source) }
        for label in labels {
            guard let type = label.value.string.flatMap({ LabelType(rawValue: $0.lowercased()) }) else {
                throw source.error(label.line, "label-schema.\(label.key) must be one of \(LabelType.names)")
            }
            rules.labelSchema[label.key] = type
        }
    }

    private mutating func setOverrides(_ entry: ConfigEntry, _ source: ConfigSource) throws(LintError) {
        guard case .table(let levels) = entry.value.kind else {
            throw Self.wrong(entry, "a table of severities", source)
        }
        for level in levels {
            guard let severity = Severity(name: level.key) else {
                throw source.error(
                    level.line,
                    "override: \"\(level.key)\" is none of error, warning, info and style"
                )
            }
            guard let codes = level.value.strings else {
                throw source.error(level.line, "override.\(level.key) must be a list of names")
            }
            for code in codes { severities[code] = severity }
        }
    }

    private static func threshold(_ entry: ConfigEntry, _ source: ConfigSource) throws(LintError) -> Threshold {
        guard let threshold = entry.value.string.flatMap(Threshold.init(name:)) else {
            throw wrong(entry, "error, warning, info, style, ignore or none", source)
        }
        return threshold
    }

    private static func list(_ entry: ConfigEntry, _ source: ConfigSource) throws(LintError) -> [String] {
        guard let list = entry.value.strings else { throw wrong(entry, "a list of names", source) }
        return list
    }

    private static func flag(_ entry: ConfigEntry, _ source: ConfigSource) throws(LintError) -> Bool {
        switch entry.value.string?.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw wrong(entry, "true or false", source)
        }
    }

    private static func wrong(_ entry: ConfigEntry, _ expected: String, _ source: ConfigSource) -> LintError {
        source.error(entry.line, "\(entry.key) must be \(expected)")
    }
}

extension LabelType {
    /// All types, for messages.
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
