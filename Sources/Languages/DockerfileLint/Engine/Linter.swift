package import CaissonDockerfile

/// Runs the rules over Dockerfiles.
package struct Linter: Sendable {
    /// The settings.
    package var configuration: LintConfiguration

    package init(_ configuration: LintConfiguration = LintConfiguration()) {
        self.configuration = configuration
    }

    /// What was found in one file.
    package struct Result: Sendable {
        /// The file's name, as findings show it.
        package var name: String
        /// The file.
        package var file: Dockerfile
        /// The findings in the order of their places.
        package var findings: [Finding]
        /// Whether `# check=error=true` makes one of them an error.
        package var failsBuild: Bool

        package init(name: String, file: Dockerfile, findings: [Finding], failsBuild: Bool = false) {
            self.name = name
            self.file = file
            self.findings = findings
            self.failsBuild = failsBuild
        }
    }

    /// Checks one file.
    /// - Parameters:
    ///   - settings: What the rules know about the file's surroundings; nil for the configuration's own.
    ///   - extra: Findings of another program in this file, which are left out and sorted like the others.
    package func lint(
        _ file: Dockerfile,
        name: String,
        settings: RuleSettings? = nil,
        extra: [Finding] = []
    ) -> Result {
        lint(Facts(file: file, settings: settings ?? configuration.rules), name: name, extra: extra)
    }

    /// Checks one file whose facts are known already.
    package func lint(_ facts: Facts, name: String, extra: [Finding] = []) -> Result {
        let file = facts.file
        let options = checkOptions(of: file)
        var findings = extra
        let rules = file.firstZero == nil ? Rules.all : [DL1000.rule]
        for rule in rules where isActive(rule, options) {
            var check = Check(facts: facts, rule: rule)
            rule.check(&check)
            for var finding in check.findings {
                finding.severity = severity(of: finding, rule)
                // What doesn't parse may be a template, and means something else than it seems to.
                if !file.problems.isEmpty { finding.fix = nil }
                if finding.severity != .ignore { findings.append(finding) }
            }
        }
        let suppression = Suppression(file: file, configuration: configuration, check: options)
        findings = findings.filter { !suppression.covers($0) }
            .compactMap { configuration.ruleSet.own($0, severities: configuration.severities) }
        findings.sort { ($0.span.lowerBound, $0.code, $0.message) < ($1.span.lowerBound, $1.code, $1.message) }
        let failsBuild = options.failsBuild && findings.contains { Self.isBuildKits($0.code) }
        return Result(name: name, file: file, findings: findings, failsBuild: failsBuild)
    }

    /// Whether findings make the run fail.
    package func fails(_ result: Result) -> Bool {
        if configuration.noFail { return false }
        if result.failsBuild { return true }
        return result.findings.contains { finding in
            // A file that doesn't parse was hardly checked.
            finding.rule == "DL1000" || configuration.failureThreshold.map { finding.severity >= $0 } ?? false
        }
    }

    private func checkOptions(of file: Dockerfile) -> CheckOptions {
        if let options = configuration.check { return options }
        return (try? CheckOptions.of(file)) ?? CheckOptions()
    }

    /// The severity of a finding: the one that is set for one of its names, else the highest of its names' own.
    private func severity(of finding: Finding, _ rule: Rule) -> Severity {
        let names = finding.names.contains(rule.id) ? finding.names : finding.names + [rule.id]
        if let own = names.lazy.compactMap({ configuration.severities[$0] }).first { return own }
        return finding.names.map { rule.severity(as: $0) }.max() ?? rule.severity
    }

    /// Whether a rule may have findings; for each of them it is decided later whether it is left out.
    private func isActive(_ rule: Rule, _ options: CheckOptions) -> Bool {
        if configuration.ignored.contains(rule.id) { return false }
        let own = rule.names.compactMap { configuration.severities[$0] }
        if own.isEmpty, rule.names.allSatisfy({ rule.severity(as: $0) == .ignore }) { return false }
        guard rule.isOptional else { return true }
        return !own.isEmpty || rule.names.contains(where: options.experimental.contains)
            || (options.hasAllExperimental && rule.id == "InvalidDefinitionDescription")
    }

    /// Whether a name is one of BuildKit's.
    static func isBuildKits(_ name: String) -> Bool { buildKitNames.contains(name) }

    private static let buildKitNames: Set<String> = [
        "StageNameCasing", "FromAsCasing", "NoEmptyContinuation", "ConsistentInstructionCasing", "DuplicateStageName",
        "ReservedStageName", "JSONArgsRecommended", "MaintainerDeprecated", "UndefinedArgInFrom", "WorkdirRelativePath",
        "UndefinedVar", "MultipleInstructionsDisallowed", "LegacyKeyValueFormat", "InvalidBaseImagePlatform",
        "RedundantTargetPlatform", "SecretsUsedInArgOrEnv", "InvalidDefaultArgInFrom",
        "FromPlatformFlagConstDisallowed", "CopyIgnoredFile", "InvalidDefinitionDescription", "ExposeProtoCasing",
        "ExposeInvalidFormat",
    ]
}
