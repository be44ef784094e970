import ArgumentParser
import CaissonBuildModel
import CaissonConfiguration
import CaissonEngines
import CaissonForecasts
import CaissonHistory
import CaissonJSON
import CaissonManuals
import CaissonPrivateEngine
import CaissonRegistry
import CaissonReporting
import CaissonSystem
import CaissonText
import FoundationEssentials
import Glibc

// The only wiring of `caisson build` to the engines and the renderers.

extension BuildCommand {
    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let build = try await prepare(environment: environment, input: .standardInput, output: .standardOutput)
            .describingSource(asSaidBy: environment).named()
        let unused = PeerVariables.notices(environment, given: Set(build.request.buildArgs.keys))
        for warning in steps.warnings + unused + build.notices {
            BorrowedDescriptor.standardError.writeIgnoringErrors("warning: \(warning)\n")
        }
        try await lintFirst(build.request, environment: environment)
        if let format = foretelling.plan { return try await tellPlan(build, as: format, environment) }
        if let call = build.call { return try await ask(call, build, environment) }
        let state = history.state(try Configuration.ofThisProcess(), environment)
        var (result, model) = try await reporting(on: build, state) {
            try await state.recording { try await run(build, state, environment) }
        }
        result.keep(model.warnings, asSaidBy: environment)
        try finish(build, result, output: .standardOutput)
        await PolicyRun.afterBuild(on: build.engine, state)
    }

    /// Writes the page that was asked for once a build has ended, however it did, and says where it is.
    private func reporting<Value>(
        on build: BuildInvocation,
        _ state: CommandState,
        _ body: () async throws -> Value
    ) async throws -> Value {
        guard let path = result.report, let id = build.request.id else { return try await body() }
        guard state.journal != nil else {
            throw BuildError(.usage, "--report is made of the history, which isn't written; leave --no-history out")
        }
        try ResultFiles.check(path)
        let ended: Result<Value, any Error>
        do { ended = .success(try await body()) } catch { ended = .failure(error) }
        do {
            let address = try await BuildsCommand.writeReport(of: id, to: path)
            BorrowedDescriptor.standardError.writeIgnoringErrors("report: \(address)\n")
        } catch let error as BuildError where (try? ended.get()) == nil {
            // Why the build failed is what its user has to know.
            CommandState.warn("no report: \(error.message)")
        }
        return try ended.get()
    }

    /// Runs the build on its engine, in one of the machine's places, and records it.
    private func run(
        _ build: BuildInvocation,
        _ state: CommandState,
        _ environment: [String: String]
    ) async throws -> (BuildResult, ProgressModel) {
        var request = build.request
        let id = request.id ?? BuildID()
        request.id = id
        if state.journal != nil, request.imageMeasurement == .never { request.imageMeasurement = .whenMade }
        request.tellsContexts = state.journal != nil
        var submission = BuildSubmission(request, id, .build, at: .now)
        submission.invocation = CommandState.invocation(obstacle: source.obstacle)
        let recorder = state.journal?.recorder(of: submission)
        recorder?.keepDockerfile(of: request)
        var work = ShownWork(state.mode(build.progress), environment: environment, spelling: \.flag)
        work.recorder = recorder
        let (asked, told) = (request, submission)
        let title = request.tags.first?.familiar ?? request.context.description
        work.operatorLog = state.log.map { ($0, title) }
        state.log?.starts(title, id)
        do {
            let run: @Sendable (Builder, SpelledEvents) async throws -> BuildResult = { builder, events in
                try await state.inPlace(told, recorder, events) { try await builder.build(asked, events: events) }
            }
            let ended = try await state.withDoor { [work] door in
                try await work.run(on: build.engine, lendCancel: { door.register(id, $0) }, run)
            }
            state.log?.ended(title, id, .succeeded, nil)
            return ended
        } catch {
            recorder?.end(error)
            state.log?.ended(title, id, .failed, "\((error as? ReportedError)?.error.message ?? "\(error)")")
            throw error
        }
    }

    /// Prints what the front end says of the Dockerfile; a check that finds something is a failure.
    private func ask(
        _ call: FrontendQuestion,
        _ build: BuildInvocation,
        _ environment: [String: String]
    ) async throws {
        let answer = try await withInterrupts(restoreTerminal: ShownWork.restoreTerminal) {
            try await build.engine.lend(notice: { _ in }) { builder in
                try await builder.ask(call.question, about: build.request, events: NoEvents())
            }
        }
        try BorrowedDescriptor.standardOutput.writeResult(call.text(answer))
        if call.question == .check, !call.isJSON, let failure = CheckAnswer(answer).failure {
            let colors = ProgressColors(
                environment: environment,
                isTerminal: BorrowedDescriptor.standardError.isTerminal
            )
            throw ReportedError(
                error: failure,
                report: BuildReport.describe(failure, model: ProgressModel(), colors: colors)
            )
        }
        if !answer.isGood { throw ExitCode(1) }
    }
}

extension BuildInvocation {
    /// The same with where its files stand in version control; a question about the Dockerfile doesn't need it.
    fileprivate func describingSource(asSaidBy environment: [String: String]) async throws -> BuildInvocation {
        guard call == nil else { return self }
        var described = self
        try await described.request.describeSource(asSaidBy: environment)
        return described
    }
}

extension BuildInvocation {
    /// The same with an id, by which the history knows it.
    fileprivate func named() -> BuildInvocation {
        var named = self
        named.request.id = request.id ?? BuildID()
        return named
    }
}

/// For work whose progress nobody is shown.
private struct NoEvents: BuildEventSink {
    func receive(_ event: BuildEvent) {}
}

/// Whether a build is foretold in place of being run.
struct PlanOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Tell in place of building what each step will do: cached, runs or unknown; as text (--plan alone) or json.",
            valueName: "format"
        )
    )
    var plan: Format?

    /// How it is told.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    /// Refuses what can't be told of a build that doesn't run.
    func check(_ question: QuestionOptions, _ result: ResultOptions) throws(BuildError) {
        guard plan != nil else { return }
        let others = [question.call.map { _ in "--call" }, question.check ? "--check" : nil]
        let files = [result.report.map { _ in "--report" }, result.metadataFile.map { _ in "--metadata-file" }]
        for other in others.compactMap(\.self) {
            throw BuildError(.usage, "--plan and \(other) ask for different things; leave one out")
        }
        for file in files.compactMap(\.self) + (result.iidfile == nil ? [] : ["--iidfile"]) {
            throw BuildError(.usage, "\(file) tells of a build, and --plan runs none; leave one out")
        }
    }

    /// What `--plan` alone means.
    static let alone = Format.text.rawValue
}

extension BuildCommand {
    /// Tells what a build will do, from the history, the files, the engine and the registries; nothing is built.
    func tellPlan(_ build: BuildInvocation, as format: PlanOptions.Format, _ environment: [String: String]) async throws
    {
        var options = RegistryOptions(variables: environment, home: environment["HOME"] ?? "/")
        options.insecure = build.request.insecureRegistries
        options.retry = RetryPolicy(retries: 1)
        (options.connectLimit, options.silenceLimit) = (.seconds(5), .seconds(15))
        let registry = options
        let request = build.request
        let forecast = try await withInterrupts(restoreTerminal: {}) {
            try await build.engine.lend(notice: { _ in }) { builder in
                BuildForecast(of: try await PlanSources(request: request, builder: builder, registry: registry).input())
            }
        }
        if let problem = forecast.problem { throw BuildError(.usage, "there is no plan: \(problem)") }
        let output = BorrowedDescriptor.standardOutput
        switch format {
        case .text:
            let lines = ForecastText(forecast, width: output.windowSize?.width ?? 1000).lines
            try output.writeResult(lines.joined(separator: "\n") + "\n")
        case .json:
            var json = JSONWriter(.report)
            forecast.write(to: &json)
            try output.writeResult(json.text + "\n")
        }
    }
}
