package import Dockerfile

/// Runs the rules over Dockerfiles.
package struct Linter: Sendable {
    /// What it is told.
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
    ///   - settings: What the rules are told of the file's surroundings; the configuration's own where nil.
    ///   - extra: Findings of another program in this file, which are left out and ordered like the others.
    package func lint(
        _ file: Dockerfile,
        name: String,
        settings: RuleSettings? = nil,
        extra: [Finding] = []
    ) -> Result {
        let facts = Facts(file: file, settings: settings ?? configuration.rules)
        let options = checkOptions(of: file)
        var findings = extra
        for rule in Rules.all where isActive(rule, options) {
            var check = Check(facts: facts, rule: rule)
            rule.check(&check)
            let severity = severity(of: rule)
            for var finding in check.findings {
                finding.severity = severity
                findings.append(finding)
            }
        }
        let suppression = Suppression(file: file, configuration: configuration, check: options)
        findings = findings.filter { !suppression.covers($0) }
        findings.sort { ($0.span.lowerBound, $0.code, $0.message) < ($1.span.lowerBound, $1.code, $1.message) }
        let failsBuild = options.failsBuild && findings.contains { Self.isBuildKits($0.code) }
        return Result(name: name, file: file, findings: findings, failsBuild: failsBuild)
    }

    /// Whether findings make the run fail.
    package func fails(_ result: Result) -> Bool {
        if configuration.noFail { return false }
        if result.failsBuild { return true }
        return result.findings.contains { $0.severity >= configuration.failureThreshold || $0.rule == "DL1000" }
    }

    private func checkOptions(of file: Dockerfile) -> CheckOptions {
        if let options = configuration.check { return options }
        guard let directive = file.directive("check") else { return CheckOptions() }
        return (try? CheckOptions(parsing: directive.value)) ?? CheckOptions()
    }

    /// The severity of a rule's findings: what is set for one of its names, else its own.
    package func severity(of rule: Rule) -> Severity {
        rule.names.compactMap { configuration.severities[$0] }.first ?? rule.severity
    }

    private func isActive(_ rule: Rule, _ options: CheckOptions) -> Bool {
        if rule.names.contains(where: configuration.ignored.contains) { return false }
        if severity(of: rule) == .ignore { return false }
        guard rule.isOptional else { return true }
        return rule.names.contains { configuration.severities[$0] != nil || options.experimental.contains($0) }
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
