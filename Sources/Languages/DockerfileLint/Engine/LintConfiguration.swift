import CaissonText

/// The settings of the linter, from files, the environment and flags.
package struct LintConfiguration: Sendable {
    /// The least severity that makes the run fail; nil where none does.
    package var failureThreshold: Severity? = .info
    /// Whether findings never make the run fail.
    package var noFail = false
    /// Whether there are no colours.
    package var noColor = false
    /// Whether more than the findings is printed.
    package var isVerbose = false
    /// The format's name, if one is set.
    package var format: String?
    /// The rules that are left out, each by any of its names.
    package var ignored: Set<String> = []
    /// The severities that differ from the rules' own, each by any of the rule's names.
    package var severities: [String: Severity] = [:]
    /// Whose rules run.
    package var ruleSet = RuleSet.all
    /// Whether comments may not leave findings out.
    package var disablesPragmas = false
    /// The settings of the rules.
    package var rules = RuleSettings()
    /// What `BUILDKIT_DOCKERFILE_CHECK` says; it replaces the file's own `# check=`.
    package var check: CheckOptions?

    package init() {}
}

/// Whose rules run, under whose names.
package enum RuleSet: String, Sendable, CaseIterable {
    /// All of them.
    case all
    /// Those that hadolint has, under its names.
    case hadolint
    /// BuildKit's own checks.
    case buildkit

    /// A finding as this set has it; nil if it has none like it.
    ///
    /// What doesn't parse is found by all.
    func own(_ finding: Finding, severities: [String: Severity]) -> Finding? {
        var finding = finding
        switch self {
        case .all: return finding
        case .buildkit:
            finding.aliases = []
            return finding.code == "DL1000" || Linter.isBuildKits(finding.code) ? finding : nil
        case .hadolint:
            if Self.isHadolints(finding.code) { return finding }
            guard let alias = finding.aliases.first(where: { Self.isHadolints($0.code) }) else { return nil }
            if let rule = Rules.named(finding.rule) {
                finding.severity =
                    severities[alias.code] ?? severities[finding.rule] ?? rule.severity(as: alias.code)
            }
            finding.code = alias.code
            finding.aliases = []
            finding.instructionLine = alias.line
            return finding
        }
    }

    private static func isHadolints(_ name: String) -> Bool { name.hasPrefix("DL") || name.hasPrefix("SC") }
}

extension LintConfiguration {
    /// Gives names of rules the case in which they are known.
    package mutating func canonicaliseNames() {
        ignored = Set(ignored.map(Self.canonical))
        for (name, severity) in severities where Self.canonical(name) != name {
            severities[name] = nil
            severities[Self.canonical(name)] = severity
        }
    }

    /// What to say about names that no rule has; ShellCheck's have any number.
    package static func complaint(about names: [String], of flag: String) -> [String] {
        let known = Rules.all.flatMap(\.names)
        return names.filter { Rules.named($0) == nil && !isShellChecks($0) }.map { name in
            let near = nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
            return "\(flag): there is no rule \"\(name)\"\(near)"
        }
    }

    private static func canonical(_ name: String) -> String {
        if isShellChecks(name) { return name.uppercased() }
        let lower = name.lowercased()
        return Rules.named(name)?.names.first { $0.lowercased() == lower } ?? name
    }

    private static func isShellChecks(_ name: String) -> Bool {
        let rest = name.utf8.dropFirst(2)
        return name.lowercased().hasPrefix("sc") && !rest.isEmpty && rest.allSatisfy { (0x30...0x39).contains($0) }
    }
}
