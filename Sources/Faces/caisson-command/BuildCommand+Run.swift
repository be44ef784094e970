import CaissonManuals
import CaissonPrivateEngine
import ArgumentParser
import CaissonBuildModel
import CaissonEngines
import CaissonSystem
import FoundationEssentials
import Glibc
import CaissonReporting

// The only wiring of `caisson build` to the engines and the renderers.

extension BuildCommand {
    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let build = try await prepare(environment: environment, input: .standardInput, output: .standardOutput)
            .describingSource(asSaidBy: environment)
        let unused = PeerVariables.notices(environment, given: Set(build.request.buildArgs.keys))
        for warning in steps.warnings + unused + build.notices {
            BorrowedDescriptor.standardError.writeIgnoringErrors("warning: \(warning)\n")
        }
        try await lintFirst(build.request, environment: environment)
        if let call = build.call { return try await ask(call, build, environment) }
        let result = try await withInterrupts(restoreTerminal: Self.restoreTerminal) {
            var (result, warnings) = try await Self.runOnEngine(build, environment)
            result.keep(warnings, asSaidBy: environment)
            return result
        }
        try finish(build, result, output: .standardOutput)
    }

    /// Prints what the front end says of the Dockerfile; a check that finds something is a failure.
    private func ask(
        _ call: FrontendQuestion,
        _ build: BuildInvocation,
        _ environment: [String: String]
    ) async throws {
        let answer = try await withInterrupts(restoreTerminal: Self.restoreTerminal) {
            try await build.withBuilder(environment, notice: { _ in }) { builder in
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

    /// Runs a build on the engine that its flags or the environment name, and shows its progress on standard error.
    private static func runOnEngine(
        _ build: BuildInvocation,
        _ environment: [String: String]
    ) async throws -> (BuildResult, [VertexWarning]) {
        let mode = build.progress.resolved(
            environment: environment,
            isTerminal: BorrowedDescriptor.standardError.isTerminal
        )
        let colors = ProgressColors(environment: environment, isTerminal: mode == .tty)
        let options = ProgressDisplay.Options(
            mode: mode,
            colors: colors,
            renderer: TTYRenderer(environment: environment)
        )
        // The other modes show all that there is.
        let log = mode == .tty || mode == .quiet ? keptLog(environment) : nil
        let (result, model) = try await withProgressDisplay(options, output: .descriptor(2)) { display in
            do {
                let result = try await build.onEngine(environment, events: SpelledEvents(display: display, log: log))
                log?.discard()
                return (result, display.model)
            } catch let error as BuildError {
                let warnings = mode == .plain ? BuildReport.warnings(display.model, colors: colors) : ""
                let report = BuildReport.describe(
                    error.spelled(\.flag),
                    model: display.model,
                    colors: colors,
                    log: log.flatMap { Self.path(of: $0, after: error) }
                )
                throw ReportedError(error: error, report: warnings + report)
            }
        }
        if mode == .plain {
            BorrowedDescriptor.standardError.writeIgnoringErrors(BuildReport.warnings(model, colors: colors))
        }
        return (result, model.warnings)
    }

    /// The log of a build that may fail, in the state directory; nil where there can't be one.
    private static func keptLog(_ environment: [String: String]) -> KeptLog? {
        let home = environment["HOME"] ?? "/"
        guard let state = try? StateDirectory.path(variables: environment, home: home, userID: geteuid()),
            let directory = try? StateDirectory.prepare(state, userID: geteuid())
        else { return nil }
        return KeptLog(in: PathFacts.join(directory, "logs"))
    }

    /// Where the log of a failed build is kept; nil where no process of it failed, as the error says all then.
    private static func path(of log: KeptLog, after error: BuildError) -> String? {
        guard error.step?.exitCode != nil else {
            log.discard()
            return nil
        }
        return log.keep()
    }

    /// Puts the terminal back as it was.
    private static func restoreTerminal() {
        guard BorrowedDescriptor.standardError.isTerminal else { return }
        BorrowedDescriptor.standardError.writeIgnoringErrors(TTYScreen.restoreSequence + "\n")
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

    /// Finds the engine and runs the build there.
    fileprivate func onEngine(_ environment: [String: String], events: SpelledEvents) async throws -> BuildResult {
        try await withBuilder(environment, notice: { events.display.show(notice: $0.text(\.flag)) }) { builder in
            try await builder.build(request, events: events)
        }
    }

    /// Finds the builder, or starts the private engine, and lends it.
    fileprivate func withBuilder<Result: Sendable>(
        _ environment: [String: String],
        notice: @escaping @Sendable (FieldMessage) -> Void,
        _ body: (Builder) async throws -> Result
    ) async throws -> Result {
        var options = EngineOptions(environment: environment, home: environment["HOME"] ?? "/")
        options.supervisor = .ownExecutable
        options.usesClassicBuilder = usesClassicBuilder
        let selection = EngineSelection(address: address, builder: builder)
        return try await CaissonEngines.withBuilder(selection, options: options, notice: notice, body)
    }
}

/// Passes on what happens with fields of the request named as the command has them.
private struct SpelledEvents: BuildEventSink {
    let display: ProgressDisplay
    let log: KeptLog?

    func receive(_ event: BuildEvent) {
        var event = event
        event.kind = event.kind.spelled(\.flag)
        display.receive(event)
        log?.receive(event)
    }
}

/// For work whose progress nobody is shown.
private struct NoEvents: BuildEventSink {
    func receive(_ event: BuildEvent) {}
}
