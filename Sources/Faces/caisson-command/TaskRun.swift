import ArgumentParser
import CaissonBuildModel
import CaissonConfiguration
import CaissonEngines
import CaissonHistory
import CaissonJSON
import CaissonOrchestrator
import CaissonPreparation
import CaissonReporting
import CaissonSystem
import CaissonTasks
import CaissonText
import FoundationEssentials
import Glibc
import Synchronization

// The only wiring of `caisson task run` to the engines, the history and the renderers.

extension TaskCommand.Run {
    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let mode = try progress.mode(environment: environment)
        let configuration = try Configuration.ofThisProcess()
        let plan = TaskPlan(try job(configuration), try running.settings(configuration))
        let run = TaskRun(
            command: self,
            plan: plan,
            limits: TaskRun.limits(configuration),
            state: history.state(configuration, environment),
            environment: environment
        )
        let leftovers = TaskLeftovers(state: run.state.directory, configuration)
        try leftovers.note(plan)
        let result = try await run.state.recording { try await run.run(mode) }
        await leftovers.clear()
        let text = format == .json ? result.json.goText() + "\n" : result.text
        try BorrowedDescriptor.standardOutput.writeResult(text)
        if result.exitStatus != 0 { throw ExitCode(result.exitStatus) }
    }
}

/// A task that is about to be run: runs it, shows it, records it.
struct TaskRun: Sendable {
    let command: TaskCommand.Run
    let plan: TaskPlan
    let limits: SchedulerLimits
    let state: CommandState
    let environment: [String: String]

    /// What is known of the run, for whoever has to tell it however the run ends.
    private final class Known: Sendable {
        let report = Mutex<PlanReport?>(nil)
        let stop = Mutex<BuildStatus?>(nil)

        /// Notes that the task's time ran out.
        func expire() { stop.withLock { $0 = .timedOut } }
    }

    /// The limits of a task: other than with builds, those that nobody has set hold, too.
    static func limits(_ configuration: Configuration) -> SchedulerLimits {
        var limits = SchedulerLimits()
        let engine = configuration.buildEngine
        limits.maxConcurrentBuilds = engine.maxConcurrentBuilds
        limits.priorityLevels = engine.queue.priorityLevels
        // A task may have more steps than a queue lets wait: they are one job.
        limits.queueSize = nil
        limits.retry = RetryPolicy(attempts: engine.queue.retryAttempts + 1, delay: engine.queue.retryDelay)
        return limits
    }

    /// Runs the steps to their end, and takes out what they leave.
    func run(_ mode: ProgressMode) async throws -> TaskResult {
        let output = TaskOutput(of: plan)
        let known = Known()
        let (started, clock) = (Timestamp.now, ContinuousClock.now)
        var shown = ShownWork(mode, environment: environment, spelling: \.manifestWord)
        let view = BatchView(plan.plan, jobs: limits.maxConcurrentBuilds, colors: shown.colors)
        if plan.plan.nodes.count > 1 { shown.board = view }
        let lender = EngineLender(selection: command.engine.selection, isClassic: false, environment: environment)
        do {
            _ = try await state.withDoor { [shown] door in
                try await shown.run(on: lender) { builder, events in
                    try await build(on: builder, door, view, TaskEvents(of: plan, to: events, output: output), known)
                }
            }
        } catch let failure as ReportedError {
            guard known.report.withLock({ $0 != nil }) else { throw failure }
            if failure.error.code == .cancelled { known.stop.withLock { $0 = $0 ?? .cancelled } }
        }
        let ends = known.report.withLock { $0 }?.nodes.reduce(into: [:]) { $0[$1.key] = TaskNodeEnd($1.value, $1.key) }
        return TaskResult(
            plan,
            ends: ends ?? [:],
            output: output,
            time: (started, ContinuousClock.now - clock),
            stop: known.stop.withLock { $0 }
        )
    }

    private func build(
        on builder: Builder,
        _ door: CommandDoor,
        _ view: BatchView,
        _ events: TaskEvents,
        _ known: Known
    ) async throws {
        let prepared = try prepared(plan.plan)
        let recording = recording(of: prepared)
        let report = try await builder.connected(for: prepared.nodes.map(\.request)) { builder in
            var runner = PlanRunner(on: builder, limits: limits)
            runner.gate = state.gate(recording)
            runner.observer = .of(recording, door, view) { state.log?.hear($0, $1) }
            return try await run(prepared, by: runner, events, known)
        }
        recording.end(report)
        known.report.withLock { $0 = report }
        if let error = report.error { throw error }
    }

    private func recording(of prepared: BuildPlan) -> BatchRecording {
        let obstacle = command.file == "-" ? "its file came from standard input" : nil
        let invocation = CommandState.invocation(obstacle: obstacle)
        return BatchRecording(prepared, in: state.journal, invocation: invocation, job: .task, as: plan.settings.run) {
            $0.labels = plan.job.tags
            $0.owner = plan.job.owner
            $0.project = plan.job.project
        }
    }

    /// Runs the steps within the task's time; when that is over, they end, and what they left is taken out all the same.
    private func run(
        _ prepared: BuildPlan,
        by runner: PlanRunner,
        _ events: TaskEvents,
        _ known: Known
    ) async throws -> PlanReport {
        guard let timeout = plan.timeout else { return await runner.run(prepared, events: events) }
        let report = await withTaskGroup(of: PlanReport?.self) { group in
            group.addTask { await runner.run(prepared, events: events) }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return nil
            }
            var report: PlanReport?
            for await ended in group {
                if ended == nil, report == nil, !Task.isCancelled { known.expire() }
                report = report ?? ended
                group.cancelAll()
            }
            return report
        }
        guard let report else { throw CancellationError() }
        guard known.stop.withLock({ $0 }) == .timedOut else { return report }
        let rest = await runner.run(try self.prepared(plan.collection), events: events)
        return report.merging(rest)
    }

    private func prepared(_ plan: BuildPlan) throws -> BuildPlan {
        var plan = plan
        let surroundings = Surroundings(environment: environment)
        for place in plan.nodes.indices {
            plan.nodes[place].request.id = BuildID()
            plan.nodes[place].request = try CaissonPreparation.prepare(plan.nodes[place].request, in: surroundings)
                .request
        }
        return plan
    }
}

extension TaskNodeEnd {
    /// How a node ended, as a task tells it.
    fileprivate init(_ end: PlanReport.Node, _ name: String) {
        self.init(end.outcome.status)
        if case .failed(let error) = end.outcome { self.error = error.ofNode(name).ofCommand }
        reason = end.outcome.reason(of: name)
        started = end.started
        duration = end.duration
        attempts = end.attempts
    }
}

extension BuildError {
    /// The error of a step's command without the Dockerfile that nobody wrote.
    fileprivate var ofCommand: BuildError {
        guard let step, let exitCode = step.exitCode else { return self }
        return BuildError(code, "the command exited with status \(exitCode)", step: step)
    }
}

/// The directories that tasks have left, which are removed when they are older than the configuration wants them.
///
/// Which they are is noted in the state directory, as others may have files beside them.
struct TaskLeftovers: Sendable {
    private let directory: String?
    private let cleanup: Configuration.Cleanup
    private static let limit = 10_000

    init(state: String?, _ configuration: Configuration) {
        directory = state.map { $0 + "/tasks" }
        cleanup = configuration.buildEngine.cleanup
    }

    /// Notes what a task will leave.
    func note(_ plan: TaskPlan) throws {
        guard let directory, (try? StateDirectory.prepareOwn(directory, userID: geteuid())) != nil else { return }
        let lines = [
            plan.artifactDirectory.map { "artifacts \($0)\n" }, plan.workspaceDirectory.map { "workspace \($0)\n" },
        ]
        let text = lines.compactMap(\.self).joined()
        try? AtomicFile.create("\(directory)/\(plan.settings.run)", with: Array(text.utf8)) as Void
    }

    /// Removes what is too old, unless a build of its task is pinned.
    func clear() async {
        guard cleanup.isEnabled, let directory else { return }
        let now = Timestamp.now.seconds
        for name in DirectoryNames.sorted(in: directory, limit: Self.limit, where: { BuildID($0) != nil }) {
            let note = "\(directory)/\(name)"
            var status = stat()
            guard stat(note.cPath, &status) == 0, let bytes = try? BoundedFile.read(note) else { continue }
            let age = Duration.seconds(max(0, now - Int64(status.st_mtim.tv_sec)))
            var rest: [String] = []
            guard age >= min(cleanup.workspaceRetention, cleanup.artifactRetention), await !Self.isPinned(name) else {
                continue
            }
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init) {
                guard let (kind, path) = line.cut(at: " "), path.hasPrefix("/") else { continue }
                let limit = kind == "workspace" ? cleanup.workspaceRetention : cleanup.artifactRetention
                if age < limit {
                    rest.append(line)
                } else {
                    try? FileManager.default.removeItem(atPath: path)
                }
            }
            if rest.isEmpty { unlink(note.cPath) }
        }
    }

    private static func isPinned(_ name: String) async -> Bool {
        guard let id = BuildID(name), let store = try? await BuildsCommand.store() else { return false }
        return ((try? store.members(of: id)) ?? []).contains(where: \.isPinned)
    }
}
