/// Something that a Dockerfile is checked for.
///
/// Each stands in a file of its name, whose comment is its manual.
package struct Rule: Sendable {
    /// Its name: BuildKit's where BuildKit has it, else hadolint's code, else ours.
    package let id: String
    /// Its names in other tools.
    package let aliases: [String]
    /// How much its findings matter.
    package let severity: Severity
    /// How much they matter by a name of another tool, where that weighs them otherwise.
    let weights: [String: Severity]
    /// The best fix that its findings can have; nil for none.
    package let fix: Fix.Safety?
    /// Whether it runs only where it is asked for.
    package let isOptional: Bool
    /// Looks for it.
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

    /// How much its findings matter by one of its names.
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
    /// The text without a suffix where it has it.
    func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
