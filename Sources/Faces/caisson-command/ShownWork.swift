import CaissonBuildModel
import CaissonConfiguration
import CaissonEngines
import CaissonHistory
import CaissonPrivateEngine
import CaissonReporting
import CaissonSystem
import FoundationEssentials
import Glibc

/// Work whose progress is shown on standard error while it runs, and which the user can interrupt.
struct ShownWork: Sendable {
    /// How progress is shown, once it is known whether standard error is a terminal.
    let mode: ProgressMode
    let colors: ProgressColors
    private let environment: [String: String]
    /// How fields of requests are called.
    private let spelling: @Sendable (RequestField) -> String
    /// Who records what happens; nil where nobody does.
    var recorder: BuildRecorder?
    /// The operator's log, and what it calls the build; nil where nobody has asked for it.
    var operatorLog: (log: OperatorLog, title: String)?
    /// What stands on a terminal in place of the steps; nil for the steps.
    var board: BatchView?

    init(
        _ asked: ProgressMode,
        environment: [String: String],
        spelling: @escaping @Sendable (RequestField) -> String
    ) {
        mode = asked.resolved(environment: environment, isTerminal: BorrowedDescriptor.standardError.isTerminal)
        colors = ProgressColors(environment: environment, isTerminal: mode == .tty)
        self.environment = environment
        self.spelling = spelling
    }

    /// Runs the work to its end; an error comes back with a report of all that was seen of it.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable (SpelledEvents) async throws -> Result
    ) async throws -> (Result, ProgressModel) {
        var options = ProgressDisplay.Options(
            mode: mode,
            colors: colors,
            renderer: TTYRenderer(environment: environment)
        )
        if let board { options.board = { board.lines(width: $0, height: $1, now: $2) } }
        // The other modes show all that there is.
        let log = mode == .tty || mode == .quiet ? keptLog() : nil
        let ended = try await withProgressDisplay(options, output: .descriptor(2)) { display in
            do {
                let result = try await body(
                    SpelledEvents(display, isLog: mode == .plain, log, recorder, operatorLog, spelling)
                )
                log?.discard()
                return (result, display.model)
            } catch let error as BuildError {
                throw report(error, display.model, log)
            }
        }
        if mode == .plain {
            BorrowedDescriptor.standardError.writeIgnoringErrors(BuildReport.warnings(ended.1, colors: colors))
        }
        return ended
    }

    /// Runs work on an engine to its end, or until the user interrupts it.
    func run<Result: Sendable>(
        on engine: EngineLender,
        lendCancel: (@escaping @Sendable () -> Void) -> Void = { _ in },
        _ body: @escaping @Sendable (Builder, SpelledEvents) async throws -> Result
    ) async throws -> (Result, ProgressModel) {
        let lent: @Sendable (SpelledEvents) async throws -> Result = { events in
            try await engine.lend(events) { try await body($0, events) }
        }
        return try await withInterrupts(restoreTerminal: Self.restoreTerminal, lendCancel: lendCancel) {
            try await run(lent)
        }
    }

    /// Tells what became of several builds, a line each, where the progress is for people.
    func tell(_ summary: BatchSummary?) {
        guard let summary, mode == .tty || mode == .plain else { return }
        let width = mode == .tty ? BorrowedDescriptor.standardError.windowSize?.width : nil
        BorrowedDescriptor.standardError.writeIgnoringErrors("\n" + summary.text(width: width, colors: colors))
    }

    /// An error with what helps to understand it.
    private func report(_ error: BuildError, _ model: ProgressModel, _ log: KeptLog?) -> ReportedError {
        let warnings = mode == .plain ? BuildReport.warnings(model, colors: colors) : ""
        let report = BuildReport.describe(
            error.spelled(spelling),
            model: model,
            colors: colors,
            log: log.flatMap { Self.path(of: $0, after: error) }
        )
        return ReportedError(error: error, report: warnings + report)
    }

    /// The log of a build that may fail, in the state directory; nil where there can't be one.
    private func keptLog() -> KeptLog? {
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
    static func restoreTerminal() {
        guard BorrowedDescriptor.standardError.isTerminal else { return }
        BorrowedDescriptor.standardError.writeIgnoringErrors(TTYScreen.restoreSequence + "\n")
    }
}

/// Passes on what happens with fields of the request named as the command has them.
struct SpelledEvents: BuildEventSink {
    let display: ProgressDisplay
    private let log: KeptLog?
    private let recorder: BuildRecorder?
    private let operatorLog: (log: OperatorLog, title: String)?
    private let isLog: Bool
    private let spelling: @Sendable (RequestField) -> String

    fileprivate init(
        _ display: ProgressDisplay,
        isLog: Bool,
        _ log: KeptLog?,
        _ recorder: BuildRecorder?,
        _ operatorLog: (log: OperatorLog, title: String)?,
        _ spelling: @escaping @Sendable (RequestField) -> String
    ) {
        self.display = display
        self.isLog = isLog
        self.log = log
        self.recorder = recorder
        self.operatorLog = operatorLog
        self.spelling = spelling
    }

    func receive(_ event: BuildEvent) {
        var event = event
        event.kind = event.kind.spelled(spelling)
        display.receive(event)
        log?.receive(event)
        recorder?.receive(event)
        if let operatorLog { operatorLog.log.hear(operatorLog.title, event) }
    }

    /// Tells what was passed over on the way to an engine.
    func show(_ notice: FieldMessage) { display.show(notice: notice.text(spelling)) }

    /// Tells something that a terminal shows otherwise.
    func showInLog(_ text: String) { if isLog { display.show(notice: text) } }
}

/// Finds the engine that a command is to speak to, and lends it.
struct EngineLender: Sendable {
    /// The engine or builder that is meant, if any.
    var selection: EngineSelection
    /// Whether dockerd builds with what it had before BuildKit.
    var isClassic: Bool
    var environment: [String: String]

    /// Finds the builder, or starts the private engine.
    func lend<Result: Sendable>(
        notice: @escaping @Sendable (FieldMessage) -> Void,
        _ body: (Builder) async throws -> Result
    ) async throws -> Result {
        var options = EngineOptions(environment: environment, home: environment["HOME"] ?? "/")
        options.supervisor = .ownExecutable
        options.usesClassicBuilder = isClassic
        return try await withBuilder(selection, options: options, notice: notice, body)
    }

    /// The same for work that is shown.
    func lend<Result: Sendable>(
        _ events: SpelledEvents,
        _ body: (Builder) async throws -> Result
    ) async throws -> Result {
        try await lend(notice: events.show, body)
    }
}

extension BuilderOptions {
    /// What finds the engine that the options name, else the environment, else the configuration.
    ///
    /// - Throws: `ReportedError` where the configuration is wrong.
    func lender(_ environment: [String: String]) throws -> EngineLender {
        var lender = try named.lender(environment)
        lender.isClassic = classic
        return lender
    }
}

extension NamedEngine {
    /// What finds the engine that the options name, else the environment, else the configuration.
    ///
    /// - Throws: `ReportedError` where the configuration is wrong.
    func lender(_ environment: [String: String]) throws -> EngineLender {
        var selection = self.selection
        let isNamed = selection != EngineSelection() || Self.variables.contains { environment[$0]?.isEmpty == false }
        if !isNamed, let builder = try Configuration.ofThisProcess().engine.builder {
            selection = builder.contains("://") ? EngineSelection(address: builder) : EngineSelection(builder: builder)
        }
        return EngineLender(selection: selection, isClassic: false, environment: environment)
    }

    /// The variables that name an engine, which win over the configuration's file.
    private static let variables = ["CAISSON_HOST", "BUILDX_BUILDER", "BUILDKIT_HOST", "DOCKER_HOST", "DOCKER_CONTEXT"]
}
