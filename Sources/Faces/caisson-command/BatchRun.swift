import CaissonBuildModel
import CaissonEngines
import CaissonHistory
import CaissonKernelJobs
import CaissonOrchestrator
import CaissonRegistry
import CaissonReporting
import CaissonSystem
import CaissonText
import Synchronization

/// What became of a batch.
struct BatchEnd: Sendable {
    /// What became of what was built.
    var report: PlanReport
    /// What an earlier run had built already, by the targets' names.
    var kept: [String: BuildRecord] = [:]
}

/// A batch that is about to be built: runs it, shows it, records it, and tells how it ended.
struct BatchRun: Sendable {
    let command: BatchCommand
    let work: BatchWork
    let limits: SchedulerLimits
    let state: CommandState
    let environment: [String: String]
    /// The targets that are kernels, by what stands for them.
    var kernels: [DockerfileSource: KernelJob] = [:]
    /// The folder that their artifacts go to, where they name none.
    var artifacts = "."

    /// Where the end is kept for whoever has to tell it when the batch has failed, too.
    private final class Kept: Sendable {
        let end = Mutex<BatchEnd?>(nil)
    }

    /// Runs the builds on one builder, shows them as one, and tells at the end what became of each.
    func run(_ mode: ProgressMode) async throws -> (BatchEnd, [VertexWarning]) {
        var shown = ShownWork(state.mode(mode), environment: environment, spelling: \.manifestWord)
        let view = BatchView(work.plan, jobs: limits.maxConcurrentBuilds, colors: shown.colors)
        if work.plan.nodes.count > 1 { shown.board = view }
        let kept = Kept()
        let begin = Timestamp.now
        do {
            async let learning: Void = shown.mode == .tty && state.journal != nil ? view.learn(environment) : ()
            let lender = try command.engine.lender(environment)
            let (end, model) = try await state.withDoor { [shown] door in
                try await shown.run(on: lender) { try await build(on: $0, door, view, $1, kept) }
            }
            await learning
            try tell(end, on: shown, view, begin)
            return (end, model.warnings)
        } catch let failure as ReportedError {
            guard let end = kept.end.withLock({ $0 }) else { throw failure }
            do {
                try tell(end, on: shown, view, begin)
            } catch {
                // Why the batch failed matters more.
                CommandState.warn("\(error)")
            }
            let others = end.report.errors.dropFirst().map { ErrorText.of($0.spelled(\.manifestWord)) }
            throw ReportedError(error: failure.error, report: others.joined() + failure.report)
        }
    }

    /// Builds what isn't there of an earlier run.
    private func build(
        on builder: Builder,
        _ door: CommandDoor,
        _ view: BatchView,
        _ events: SpelledEvents,
        _ kept: Kept
    ) async throws -> BatchEnd {
        let resumption = try await command.running.resumption(of: work.plan, on: builder)
        let invocation = CommandState.invocation(obstacle: command.definition.obstacle)
        let recording = BatchRecording(work.plan, in: state.journal, invocation: invocation)
        for (name, earlier) in resumption.kept { recording.keep(name, as: earlier, earlier.result) }
        view.keep(resumption.kept.keys)
        let rest = resumption.rest
        let report = try await builder.connected(for: rest.nodes.map(\.request)) { builder in
            let targets = KernelTargets(builder: builder, jobs: kernels, artifacts: artifacts)
            var runner = PlanRunner(on: targets, limits: limits, publish: publisher)
            runner.gate = state.gate(recording)
            runner.observer = observer(recording, door, view, events)
            return await runner.run(rest, events: events)
        }
        recording.end(report)
        let end = BatchEnd(report: report, kept: resumption.kept)
        kept.end.withLock { $0 = end }
        if let error = report.error { throw error }
        return end
    }

    /// What hears of each build: the history, the view, the operator's log, and the lines of a log where builds wait.
    private func observer(
        _ recording: BatchRecording,
        _ door: CommandDoor,
        _ view: BatchView,
        _ events: SpelledEvents
    ) -> PlanObserver {
        let log = state.log
        let tellsTurns = state.places != nil || limits.maxConcurrentBuilds != nil && work.plan.nodes.count > 1
        return .of(recording, door, view, tell: { if tellsTurns { events.showInLog($0) } }) { log?.hear($0, $1) }
    }

    /// A step's summary that is longer GitHub doesn't show at all: then what others wrote stays, and ours is left out.
    private static let mostOnGitHub = 1 << 20

    /// Tells at the end what became of each target, to people and in a file.
    private func tell(_ end: BatchEnd, on shown: ShownWork, _ view: BatchView, _ begin: Timestamp) throws {
        shown.tell(work.summary(of: end))
        guard let path = command.running.summary, !path.isEmpty else { return }
        let format = try BatchReportFormat(ofFile: path, environment: environment)
        let report = BatchReport(
            started: begin,
            duration: .seconds(max(0, Timestamp.now.seconds(since: begin))),
            command: CommandState.invocation().arguments,
            work.entries(of: end, lastLines: view.lastLines)
        )
        // GitHub's file may have what other commands of the same step have to say.
        let isShared = path == environment["GITHUB_STEP_SUMMARY"]
        let text = Array(format.text(of: report).utf8)
        guard isShared else { return try ResultFiles.replace(path, with: text) }
        let before: [UInt8]?
        do throws(BoundedFile.Failure) {
            before = try BoundedFile.read(path, limit: Self.mostOnGitHub)
        } catch {
            if case .missing = error { before = [] } else { before = nil }
        }
        if let before, before.count + text.count <= Self.mostOnGitHub {
            return try ResultFiles.replace(path, with: before + text)
        }
        CommandState.warn("the summary isn't written: \(path.quoted) would be over 1 MiB, which GitHub doesn't show")
    }

    /// Sets the tags of what is published together.
    private var publisher: PlanRunner.Publish {
        let options = RegistryOptions(variables: environment, home: environment["HOME"] ?? "/")
        return { try await publish($0, options) }
    }
}

extension PlanObserver {
    /// What hears of each build of a command: the history, the view, and whoever else wants to.
    ///
    /// - Parameter tell: Gets the lines that turns are worth in a log.
    static func of(
        _ recording: BatchRecording,
        _ door: CommandDoor,
        _ view: BatchView,
        tell: @escaping @Sendable (String) -> Void = { _ in },
        hear: @escaping @Sendable (String, News) -> Void
    ) -> PlanObserver {
        PlanObserver(
            begins: { queue in
                view.begins(queue)
                for (name, id) in recording.ids { door.register(id) { queue.cancel(name) } }
            },
            hear: { name, news in
                recording.hear(name, news)
                hear(name, news)
                if let line = view.hear(name, news) { tell(line) }
            }
        )
    }
}

extension BatchRunOptions {
    /// Finds out before the batch whether its summary can be written.
    func checkSummary(_ environment: [String: String]) throws(BuildError) {
        guard let summary, !summary.isEmpty else { return }
        _ = try BatchReportFormat(ofFile: summary, environment: environment)
        try ResultFiles.check(summary)
    }

    /// What an earlier run has left to do, where one is to be gone on with; else everything.
    func resumption(of plan: BuildPlan, on builder: Builder) async throws -> BatchResumption {
        guard resume || resumeID != nil || onlyFailed else { return BatchResumption(all: plan) }
        let store = try await BuildsCommand.store()
        let named = try resumeID.map { try BuildsCommand.batch($0, in: store) }
        let records = try BuildsCommand.reporting { () throws(HistoryError) -> [BuildRecord]? in
            if let named { return try store.members(of: named).filter { $0.submission.job == .batch } }
            let directory = CommandState.invocation().directory
            guard let batch = try store.latestBatch(directory: directory) else { return nil }
            return try store.members(of: batch)
        }
        if let resumeID, records?.isEmpty == true {
            throw BuildError(
                .usage,
                "\(resumeID.quoted) is no batch; “caisson builds ls --batch ID” lists the builds of one"
            )
        }
        guard let records else {
            throw BuildError(
                .usage,
                "there is no batch of this directory in the history to go on with; leave --resume out"
            )
        }
        var present: [BuildRecord] = []
        for record in records where await !record.isGone(from: builder) { present.append(record) }
        return BatchResumption(plan, after: present, on: builder.identity, heedsChanges: !onlyFailed)
    }
}

extension BatchDefinitionOptions {
    /// Why the batch can't be asked for again; nil where it can.
    var obstacle: String? { file.contains("-") ? "its definition came from standard input" : nil }
}

extension SourceOptions {
    /// Why the build can't be asked for again; nil where it can.
    var obstacle: String? {
        context == "-"
            ? "its context came from standard input" : file == "-" ? "its Dockerfile came from standard input" : nil
    }
}
