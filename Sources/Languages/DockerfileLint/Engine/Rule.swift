/// Something that a Dockerfile is checked for.
///
/// Each rule has a file of its name, whose comment is its manual.
package struct Rule: Sendable {
    /// Its name: BuildKit's if BuildKit has the rule, else hadolint's code, else ours.
    package let id: String
    /// Its names in other tools.
    package let aliases: [String]
    /// How much its findings matter.
    package let severity: Severity
    /// The severities by names of other tools, if those rate it differently.
    let weights: [String: Severity]
    /// The safest kind of fix that its findings can have; nil if they have none.
    package let fix: Fix.Safety?
    /// Whether it runs only when it is asked for.
    package let isOptional: Bool
    /// Reports each place in a file that the rule objects to.
    let check: @Sendable (inout Check) -> Void

    init(
        _ id: String,
        _ severity: Severity,
        aliases: [String] = [],
        weights: [String: Severity] = [:],
        fix: Fix.Safety? = nil,
        optional: Bool = false,
        _ check: @escaping @Sendable (inout Check) -> Void
    ) {
        self.id = id
        self.aliases = aliases
        self.severity = severity
        self.weights = weights
        self.fix = fix
        self.check = check
        isOptional = optional
    }

    /// The severity of its findings under one of its names.
    package func severity(as name: String) -> Severity { weights[name] ?? severity }

    /// All its names.
    package var names: [String] { [id] + aliases }

    /// Its manual: what it does, why, examples, references.
    package var manual: String { RuleManuals.texts[id] ?? "" }

    /// The first sentence of its manual.
    package var summary: String {
        String(manual.prefix { $0 != "\n" }).trimmingSuffix(".")
    }
}

extension String {
    /// The text without a suffix, if it ends with that.
    func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
