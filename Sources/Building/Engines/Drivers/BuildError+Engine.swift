import CaissonBuildContext
import CaissonBuildKit
import CaissonBuildModel
import CaissonHTTPClient
import CaissonJSON
import CaissonRegistry
import CaissonText

extension BuildError {
    /// What an error of a build means to its user.
    ///
    /// - Parameters:
    ///   - error: Anything thrown on the way.
    ///   - steps: What is known of the build's steps.
    ///   - dockerfile: The Dockerfile's text where it lies here, for engines that name only a line of it.
    static func of(_ error: any Error, steps: StepTracker, dockerfile: () -> SourceInfo?) -> BuildError {
        switch error {
        case let error as BuildError: error
        case is CancellationError: cancelledByUser
        case let error as HTTPClientError: of(error)
        case let error as RegistryError: BuildError(.engine, error.wording)
        case let error as GRPCError: of(error, steps, dockerfile)
        case let error as SessionlessProgress.Failure:
            Task.isCancelled ? cancelledByUser : of(error, steps, dockerfile: dockerfile)
        case let error as BuildContextError: Task.isCancelled ? cancelledByUser : BuildError(error)
        default: BuildError(.engine, String(describing: error))
        }
    }

    private static var cancelledByUser: BuildError { BuildError(.cancelled, "the build was cancelled") }

    private static func of(_ error: HTTPClientError) -> BuildError {
        BuildError(
            [.silence, .deadlineExceeded, .connectTimedOut].contains(error.code) ? .deadlineExceeded : .engine,
            error.message
        )
    }

    private static func of(_ error: GRPCError, _ steps: StepTracker, _ dockerfile: () -> SourceInfo?) -> BuildError {
        if error.code == .cancelled, Task.isCancelled { return cancelledByUser }
        var failure = SolveFailure(error)
        let vertex = failure.vertex ?? steps.failed?.digest
        if vertex == nil, let engine = ofEngine(error) { return engine }
        if vertex == nil, let line = parseErrorLine(failure.message), failure.excerpts.isEmpty,
            let source = dockerfile()
        {
            failure.excerpts = [SourceExcerpt(source: source, ranges: [SourceRange(startLine: line, endLine: line)])]
        }
        if vertex == nil, let complaint = complaint(failure.message), let source = dockerfile(),
            let range = InstructionFinder(source.data).range(ofComplaint: complaint)
        {
            failure.excerpts = [SourceExcerpt(source: source, ranges: [range])]
        }
        guard let vertex else {
            let isInput =
                !failure.excerpts.isEmpty || parseErrorLine(failure.message) != nil
                || failure.message.contains("target stage")
            return BuildError(isInput ? .usage : .step, message(failure), excerpts: failure.excerpts)
        }
        let name = steps.name(of: vertex) ?? ""
        if failure.excerpts.isEmpty, let source = dockerfile(),
            let range = InstructionFinder(source.data).range(of: name)
        {
            failure.excerpts = [SourceExcerpt(source: source, ranges: [range])]
        }
        let step = FailedStep(vertex: vertex, name: name, exitCode: failure.exitCode)
        var message = message(failure)
        if let reason = steps.startFailure(of: vertex), !message.contains(reason) { message += ": \(reason)" }
        return BuildError(.step, message, excerpts: failure.excerpts, step: step)
    }

    /// What isn't about the build but about the engine; a step that failed may have these codes from a registry, too.
    private static func ofEngine(_ error: GRPCError) -> BuildError? {
        switch error.code {
        case .unavailable: BuildError(.engine, "\(error.message) — see the engine's log for why it stopped")
        case .cancelled:
            BuildError(.engine, "the engine cancelled the build: \(error.message) — see its log, or build again")
        case .deadlineExceeded: BuildError(.deadlineExceeded, error.message)
        default: nil
        }
    }

    /// The engine's message without the words that every one of them begins with.
    private static func message(_ failure: SolveFailure) -> String {
        var message = failure.message[...]
        for prefix in ["failed to solve: ", "failed to solve with frontend dockerfile.v0: ", "failed to build LLB: "]
        where message.hasPrefix(prefix) {
            message = message.dropFirst(prefix.count)
        }
        return String(message)
    }

    /// What a front end before BuildKit 0.9 says of a wrong instruction without its line: `LABEL must have two arguments`.
    private static func complaint(_ message: String) -> Substring? {
        let prefix = "failed to create LLB definition: "
        return message.ranges(of: prefix).first.map { message[$0.upperBound...] }
    }

    /// The line in `dockerfile parse error line 3: …` or `… on line 3: …`; engines before BuildKit 0.9 say no more.
    static func parseErrorLine(_ message: String) -> Int? {
        guard let start = message.ranges(of: "dockerfile parse error").first?.upperBound else { return nil }
        guard let line = message[start...].ranges(of: "line ").first?.upperBound else { return nil }
        return Int(message[line...].prefix { $0.isNumber })
    }
}
