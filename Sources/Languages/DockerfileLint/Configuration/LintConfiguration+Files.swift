import CaissonTOML
import CaissonText
import CaissonYAML

extension LintConfiguration {
    /// Takes what a `.hadolint.yaml` says.
    /// - Parameter name: The file's name, for messages.
    package mutating func apply(yaml text: String, name: String) throws(LintError) {
        let source = ConfigSource(name: name)
        let value: YAMLValue
        do {
            value = try YAMLValue(parsing: text)
        } catch {
            throw source.error(error.place.line, error.message)
        }
        switch ConfigValue(value).kind {
        case .table(let table): try apply(table, source: source)
        case .empty: break
        default: throw source.error(nil, "the file must be a table of keys and values")
        }
    }

    /// Takes what the table `[lint]` of a `caisson.toml` says; other tables are somebody else's.
    package mutating func apply(toml text: String, name: String) throws(LintError) {
        let file: TOMLValue
        do {
            file = try TOMLValue(parsing: text)
        } catch {
            throw ConfigSource(name: name).error(error.place.line, error.message)
        }
        let source = ConfigSource(name: name, table: "lint")
        guard let lint = file["lint"] else { return }
        guard case .table(let table) = try ConfigValue(lint, source).kind else {
            throw ConfigSource(name: name).error(lint.place.line, "lint must be a table; write [lint]")
        }
        try apply(table, source: source)
    }

    /// Takes what `HADOLINT_*`, `NO_COLOR` and `BUILDKIT_DOCKERFILE_CHECK` say.
    package mutating func apply(environment: [String: String]) throws(LintError) {
        var table: [String: ConfigValue.Kind] = [:]
        let flags = [
            "NOFAIL": "no-fail", "STRICT_LABELS": "strict-labels", "DISABLE_IGNORE_PRAGMA": "disable-ignore-pragma",
        ]
        for (name, key) in flags {
            guard let value = environment["HADOLINT_" + name], !value.isEmpty else { continue }
            table[key] = .text(["1", "y", "true", "yes", "on"].contains(value.lowercased()) ? "true" : "false")
        }
        for (name, key) in ["FORMAT": "format", "FAILURE_THRESHOLD": "failure-threshold"] {
            if let value = environment["HADOLINT_" + name], !value.isEmpty { table[key] = .text(value) }
        }
        for (name, key) in ["IGNORE": "ignored", "TRUSTED_REGISTRIES": "trustedRegistries"] {
            if let value = environment["HADOLINT_" + name], !value.isEmpty { table[key] = Self.list(value) }
        }
        var overrides: [String: ConfigValue.Kind] = [:]
        for level in ["error", "warning", "info", "style"] {
            let value = environment["HADOLINT_OVERRIDE_" + level.uppercased(), default: ""]
            if !value.isEmpty { overrides[level] = Self.list(value) }
        }
        if !overrides.isEmpty { table["override"] = .table(Self.entries(overrides)) }
        if let labels = environment["HADOLINT_REQUIRE_LABELS"], !labels.isEmpty {
            for label in labels.split(separator: ",") { try require(label: String(label)) }
        }
        try apply(Self.entries(table), source: ConfigSource(name: "the environment (HADOLINT_*)"))
        if environment["NO_COLOR"]?.isEmpty == false { noColor = true }
        if environment["HADOLINT_VERBOSE"]?.isEmpty == false { isVerbose = true }
        if let check = environment["BUILDKIT_DOCKERFILE_CHECK"], !check.isEmpty {
            self.check = try CheckOptions(parsing: check)
        }
    }

    /// Takes `label:type` into the schema.
    package mutating func require(label: String) throws(LintError) {
        guard let colon = label.lastIndex(of: ":"),
            let type = LabelType(rawValue: label[label.index(after: colon)...].trimmed.lowercased())
        else {
            throw LintError(
                .configuration,
                "the label \"\(label)\" must be of the form name:type, the type one of \(LabelType.names)"
            )
        }
        rules.labelSchema[label[..<colon].trimmed] = type
    }

    private static func list(_ text: String) -> ConfigValue.Kind {
        .list(text.split(separator: ",").map { ConfigValue(kind: .text($0.trimmed)) })
    }

    /// A table without lines, sorted by key.
    private static func entries(_ table: [String: ConfigValue.Kind]) -> [ConfigEntry] {
        table.sorted { $0.key < $1.key }.map { ConfigEntry(key: $0.key, value: ConfigValue(kind: $0.value)) }
    }
}

extension LintConfiguration {
    /// Takes the word of `--rules`.
    package mutating func setRuleSet(_ name: String) throws(LintError) {
        guard let set = RuleSet(rawValue: name.lowercased()) else {
            throw LintError(.unknownName, "--rules \(name): there are hadolint, buildkit and all")
        }
        ruleSet = set
    }

    /// Takes the word of `--failure-threshold`.
    package mutating func setThreshold(_ name: String) throws(LintError) {
        guard let threshold = Threshold(name: name) else {
            let near = nearest(to: name.lowercased(), among: Threshold.names).map { "did you mean \($0)?" }
            let all = "there are \(Threshold.names.joined(separator: ", "))"
            throw LintError(.configuration, "--failure-threshold: unknown severity \(name.quoted); \(near ?? all)")
        }
        failureThreshold = threshold.severity
    }
}

extension LintError {
    /// A file that can't be read.
    package static func unreadable(_ message: String) -> LintError { LintError(.configuration, message) }
}
