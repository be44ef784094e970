/// What the linter is told by files, the environment and flags.
package struct LintConfiguration: Sendable {
    /// The least severity that makes the run fail.
    package var failureThreshold = Severity.info
    /// Whether findings never make the run fail.
    package var noFail = false
    /// Whether there are no colours.
    package var noColor = false
    /// Whether more is told than findings.
    package var isVerbose = false
    /// The format's name, where one is set.
    package var format: String?
    /// The rules that are left out, by any of their names.
    package var ignored: Set<String> = []
    /// The severities that differ from the rules' own, by any of their names.
    package var severities: [String: Severity] = [:]
    /// Whether comments can't leave findings out.
    package var disablesPragmas = false
    /// What the rules are told.
    package var rules = RuleSettings()
    /// What `BUILDKIT_DOCKERFILE_CHECK` says; it takes the place of the file's own `# check=`.
    package var check: CheckOptions?

    package init() {}
}
