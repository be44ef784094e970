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
        let work = ShownWork(build.progress, environment: environment, spelling: \.flag)
        var (result, model) = try await work.run(on: build.engine) { builder, events in
            try await builder.build(build.request, events: events)
        }
        result.keep(model.warnings, asSaidBy: environment)
        try finish(build, result, output: .standardOutput)
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

/// For work whose progress nobody is shown.
private struct NoEvents: BuildEventSink {
    func receive(_ event: BuildEvent) {}
}
