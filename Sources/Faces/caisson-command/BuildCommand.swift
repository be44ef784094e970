import ArgumentParser
import CaissonBuildContext
import CaissonBuildModel
import CaissonConfiguration
import CaissonDockerfile
import CaissonDockerfileLint
import CaissonManuals
import CaissonPreparation
import CaissonReporting
import CaissonSecrets
import CaissonSystem
import CaissonText
import FoundationEssentials

/// The command `caisson build`.
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        _superCommandName: "caisson",
        abstract: "Builds an image from a Dockerfile, with the flags of docker build.",
        discussion: Manual.text(of: "build")
    )

    @OptionGroup(title: "Source")
    var source: SourceOptions

    @OptionGroup(title: "Result")
    var result: ResultOptions

    @OptionGroup(title: "Steps")
    var steps: StepOptions

    @OptionGroup(title: "Secrets")
    var secrets: SecretOptions

    @OptionGroup(title: "Sources, powers and statements")
    var powers: SupplyChainOptions

    @OptionGroup(title: "Questions")
    var question: QuestionOptions

    @OptionGroup(title: "Questions")
    var foretelling: PlanOptions

    @OptionGroup(title: "Caches and the network")
    var caches: CacheFlags

    @OptionGroup(title: "Engine")
    var engine: BuilderOptions

    @OptionGroup(title: "Progress")
    var progress: ProgressOptions

    @OptionGroup(title: "History")
    var history: HistoryOptions

    @OptionGroup(title: "Checks")
    var lintBefore: LintBeforeBuildOptions

    /// The build that the flags ask for, before files and standard input are looked at.
    func request(environment: [String: String]) throws -> BuildRequest {
        let (context, dockerfile) = try source.sources()
        var request = BuildRequest(context: context, dockerfile: dockerfile)
        try result.apply(to: &request)
        try steps.apply(to: &request, environment: environment)
        try secrets.apply(to: &request)
        try caches.apply(to: &request)
        try powers.apply(to: &request, environment: environment)
        request.provenanceDetail = result.provenanceDetail(environment)
        request.imageMeasurement = result.metadataFile != nil ? .always : .never
        try request.check()
        try foretelling.check(question, result)
        _ = try progress.mode(environment: environment)
        return request
    }
}

/// A build command that found everything it needs and is about to be given to an engine.
struct BuildInvocation: Sendable {
    /// The build.
    var request: BuildRequest
    /// What finds the engine.
    var engine: EngineLender
    /// What is asked instead of building.
    var call: FrontendQuestion?
    /// How progress is shown, on standard error.
    var progress: ProgressMode
    /// The files that tell the result.
    var files: ResultFiles
    /// What the user should know before it runs.
    var notices: [String] = []
}

extension BuildCommand {
    /// Parses the flags' values and looks at the files they name, and fetches a Dockerfile that is elsewhere; nothing is
    /// asked of an engine yet.
    func prepare(
        environment: [String: String],
        input: BorrowedDescriptor,
        output: BorrowedDescriptor
    ) async throws -> BuildInvocation {
        var asked = try request(environment: environment)
        try Configuration.ofThisProcess().restrict(&asked)
        if asked.writesToStandardOutput, output.isTerminal {
            throw BuildError(.usage, "an archive would go to the terminal; redirect standard output or give dest=FILE")
        }
        if let address = source.dockerfileAddress {
            asked.dockerfile = try await .fetched(from: address, environment: environment)
        }
        let surroundings = Surroundings(environment: environment, standardInput: input.number)
        let prepared = try CaissonPreparation.prepare(asked, in: surroundings)
        var files = ResultFiles(imageID: result.iidfile, metadata: result.metadataFile)
        try files.prepare()
        return BuildInvocation(
            request: prepared.request,
            engine: try engine.lender(environment),
            call: try question.question(),
            progress: try progress.mode(environment: environment),
            files: files,
            notices: steps.unsetArguments(environment) + prepared.notices.map { $0.text(\.flag) }
        )
    }

    /// Tells the result of a build: the files, then the image's id where that was asked for.
    func finish(_ build: BuildInvocation, _ result: BuildResult, output: BorrowedDescriptor) throws {
        try build.files.write(result)
        // What hides the progress (BUILDKIT_PROGRESS=quiet) doesn't ask for the id; and behind an archive it would spoil it.
        if progress.quiet, !build.request.writesToStandardOutput, let id = result.imageID ?? result.digest {
            try output.writeResult(SafeText.line(id) + "\n")
        }
    }
}

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
