/// The settings of the linter, from files, the environment and flags.
package struct LintConfiguration: Sendable {
    /// The least severity that makes the run fail.
    package var failureThreshold = Severity.info
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
    /// Whether comments may not leave findings out.
    package var disablesPragmas = false
    /// The settings of the rules.
    package var rules = RuleSettings()
    /// What `BUILDKIT_DOCKERFILE_CHECK` says; it replaces the file's own `# check=`.
    package var check: CheckOptions?

    package init() {}
}
