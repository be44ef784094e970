import ArgumentParser
import CaissonBuildContext
import CaissonBuildModel
import CaissonDockerfile
import CaissonDockerfileLint
import CaissonSystem
import FoundationEssentials

/// Whether the Dockerfile is checked before it is built.
struct LintBeforeBuildOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Check the Dockerfile first, as caisson lint does; findings of this severity stop the build (--lint alone: warning).",
            valueName: "severity"
        )
    )
    var lint: String?

    /// What `--lint` alone means.
    static let defaultThreshold = "warning"
}

extension BuildCommand {
    /// Checks the Dockerfile of a build where that was asked for; findings go to standard error, and those of the
    /// threshold's severity end the command.
    func lintFirst(_ request: BuildRequest, environment: [String: String]) async throws {
        guard let threshold = lintBefore.lint else { return }
        guard let dockerfile = ResolvedDockerfile(request) else {
            throw BuildError(
                .usage,
                "--lint needs the Dockerfile here; it is in the context that the engine reads itself"
            )
        }
        var rules = try LintRuleOptions.parse([])
        rules.failureThreshold = threshold
        let setup = try LintSetup(rules, try LintOutputOptions.parse([]), environment: environment)
        var context: String?
        if case .directory(let path) = request.context { context = path }
        let input = LintInput(path: dockerfile.path, name: dockerfile.path ?? dockerfile.name)
        let settings = try setup.settings(for: input, context: context)
        let bytes = try ContextWork.translating(.usage) { () throws(BuildContextError) in try dockerfile.text() }
        let facts = Facts(file: Dockerfile(parsing: bytes), settings: settings)
        let extra = try await setup.shellCheck.map { ShellCheckProgram(path: $0) }?
            .findings(in: facts, severities: setup.linter)
        let result = setup.linter.lint(facts, name: input.name, extra: extra ?? [])
        guard !result.findings.isEmpty else { return }
        var options = LintFormatOptions()
        options.cells = setup.formatOptions.cells
        let report = LintFormat.tty.render([result], options) + LintSummary.text([result]) + "\n"
        BorrowedDescriptor.standardError.writeIgnoringErrors(report)
        guard setup.linter.fails(result) else { return }
        BorrowedDescriptor.standardError.writeIgnoringErrors("error: not built: --lint=\(threshold) found the above\n")
        throw ExitCode(1)
    }
}
