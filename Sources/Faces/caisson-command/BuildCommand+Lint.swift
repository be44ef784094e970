import ArgumentParser
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
        guard let input = try Self.dockerfile(of: request) else {
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
        let settings = try setup.settings(for: input.input, context: context)
        let facts = Facts(file: Dockerfile(parsing: input.bytes), settings: settings)
        let extra = try await setup.shellCheck.map { ShellCheckProgram(path: $0) }?
            .findings(in: facts, severities: setup.linter)
        let result = setup.linter.lint(facts, name: input.input.name, extra: extra ?? [])
        guard !result.findings.isEmpty else { return }
        var options = LintFormatOptions()
        options.cells = setup.formatOptions.cells
        let report = LintFormat.tty.render([result], options) + LintSummary.text([result]) + "\n"
        BorrowedDescriptor.standardError.writeIgnoringErrors(report)
        guard setup.linter.fails(result) else { return }
        BorrowedDescriptor.standardError.writeIgnoringErrors("error: not built: --lint=\(threshold) found the above\n")
        throw ExitCode(1)
    }

    /// The Dockerfile's bytes; nil where only the engine can read it.
    static func dockerfile(of request: BuildRequest) throws -> (input: LintInput, bytes: [UInt8])? {
        switch (request.dockerfile, request.context) {
        case (.text(let bytes), _):
            return (LintInput(path: nil, name: "Dockerfile"), bytes)
        case (.file(let path), _):
            let input = LintInput(path: path, name: path)
            return (input, try input.read())
        case (.inContext(nil), .directory(let directory)):
            let paths = ["Dockerfile", "dockerfile"].map { PathFacts.join(directory, $0) }
            let path = paths.first { if case .regular = PathFacts.kind(of: $0) { true } else { false } } ?? paths[0]
            let input = LintInput(path: path, name: path)
            return (input, try input.read())
        default:
            return nil
        }
    }
}
