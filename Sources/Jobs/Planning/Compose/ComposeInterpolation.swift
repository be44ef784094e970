import CaissonText

/// Puts variables into every text of a document, and makes numbers and booleans of texts where only such can stand.
struct ComposeInterpolation {
    /// What a text is made into after variables were put in.
    enum Cast: Sendable {
        case whole, number, boolean
    }

    private let variables: (String) -> String?
    private var budget: Int

    /// - Parameter budget: How many bytes variables may put in; what is left is written back by `apply`.
    private init(_ budget: Int, _ variables: @escaping (String) -> String?) {
        self.variables = variables
        self.budget = budget
    }

    /// Fills in a document.
    static func apply(
        to root: ComposeValue,
        budget: inout Int,
        _ report: inout ComposeReport,
        variables: @escaping (String) -> String?
    ) -> ComposeValue {
        var interpolation = Self(budget, variables)
        let value = interpolation.value(root, casts, "", &report)
        budget = interpolation.budget
        return value
    }

    private mutating func value(
        _ value: ComposeValue,
        _ rules: ComposeRules<Cast>?,
        _ path: String,
        _ report: inout ComposeReport
    ) -> ComposeValue {
        var value = value
        switch value.kind {
        case .text(let text): value.kind = filled(text, rules?.rule, at: value.place, path, &report)
        case .list(let values):
            value.kind = .list(values.map { self.value($0, rules?.below("*"), path, &report) })
        case .map(let fields):
            var filled = fields
            for (key, field) in value.sortedFields {
                let next = path.isEmpty ? key : "\(path).\(key)"
                filled[key]?.value = self.value(field.value, rules?.below(key), next, &report)
            }
            value.kind = .map(filled)
        default: break
        }
        return value
    }

    private mutating func filled(
        _ text: String,
        _ cast: Cast?,
        at place: ComposePlace,
        _ path: String,
        _ report: inout ComposeReport
    ) -> ComposeValue.Kind {
        var template = ComposeTemplate(budget: budget, variables: variables)
        let filled: String
        do {
            filled = try template.substitute(text)
        } catch {
            report.refuse(place, "\(path): \(error.message)")
            return .broken
        }
        budget = template.budget
        for name in template.unset {
            report.warn(place, "\(path): the variable \(name) isn't set; it stands for an empty text")
        }
        guard let cast else { return .text(filled) }
        guard let kind = Self.cast(filled, to: cast) else {
            report.refuse(place, "\(path): \(filled.quoted) is no \(Self.noun(cast))")
            return .broken
        }
        return kind
    }

    private static func cast(_ text: String, to cast: Cast) -> ComposeValue.Kind? {
        switch cast {
        case .whole: Int64(text).map { .int($0) }
        case .number: Double(text).map { .float($0) }
        case .boolean: ComposeBoolean.parse(text).map { .bool($0) }
        }
    }

    private static func noun(_ cast: Cast) -> String {
        switch cast {
        case .whole: "whole number"
        case .number: "number"
        case .boolean: "boolean; write true or false"
        }
    }

    private static let casts = ComposeRules<Cast>(
        table(.boolean, booleans).merging(table(.whole, wholes)) { $1 }.merging(table(.number, numbers)) { $1 }
    )

    private static func table(_ cast: Cast, _ paths: [String]) -> [String: Cast] {
        Dictionary(uniqueKeysWithValues: paths.map { ($0, cast) })
    }

    private static let booleans = [
        "services.*.init", "services.*.healthcheck.disable", "services.*.oom_kill_disable", "services.*.privileged",
        "services.*.read_only", "services.*.stdin_open", "services.*.tty", "services.*.volumes.*.read_only",
        "services.*.volumes.*.volume.nocopy", "networks.*.external", "networks.*.internal", "networks.*.attachable",
        "networks.*.enable_ipv4", "networks.*.enable_ipv6", "volumes.*.external", "secrets.*.external",
        "configs.*.external",
    ]

    private static let wholes = [
        "services.*.cpu_count", "services.*.cpu_period", "services.*.cpu_quota", "services.*.cpu_rt_period",
        "services.*.cpu_rt_runtime", "services.*.cpu_shares", "services.*.deploy.replicas",
        "services.*.deploy.update_config.parallelism", "services.*.deploy.rollback_config.parallelism",
        "services.*.deploy.restart_policy.max_attempts", "services.*.deploy.placement.max_replicas_per_node",
        "services.*.healthcheck.retries", "services.*.oom_score_adj", "services.*.pids_limit",
        "services.*.ports.*.target", "services.*.scale", "services.*.ulimits.*", "services.*.ulimits.*.hard",
        "services.*.ulimits.*.soft",
    ]

    private static let numbers = [
        "services.*.cpu_percent", "services.*.cpus", "services.*.deploy.update_config.max_failure_ratio",
        "services.*.deploy.rollback_config.max_failure_ratio",
    ]
}

/// The words that compose takes for true and false in a text.
enum ComposeBoolean {
    /// What a word means; nil for other words.
    static func parse(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "y", "yes", "on": true
        case "false", "n", "no", "off": false
        default: nil
        }
    }

    /// What Go's YAML reader makes of a text where it needs a boolean.
    static func parseYAML(_ text: String) -> Bool? {
        switch text {
        case "y", "Y", "yes", "on": true
        case "n", "N", "no", "off": false
        default: nil
        }
    }
}
