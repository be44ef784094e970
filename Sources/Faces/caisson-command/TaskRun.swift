import ArgumentParser
import CaissonBuildModel
import CaissonConfiguration
import CaissonEngines
import CaissonHistory
import CaissonJSON
import CaissonOrchestrator
import CaissonPreparation
import CaissonReporting
import CaissonRunControl
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
        let job = try job(configuration)
        try job.checkNeeds(MachineLimits(configuration))
        var settings = try running.settings(configuration)
        let state = history.state(configuration, environment)
        let remains = state.directory.flatMap { TaskRemains(stateDirectory: $0) }
        let exports = remains.flatMap { remains in
            TaskExports(running.ownDirectories(settings), of: job.id, &settings, in: remains)
        }
        let run = TaskRun(
            command: self,
            plan: TaskPlan(job, settings),
            limits: TaskRun.limits(configuration),
            state: state,
            environment: environment
        )
        var result: TaskResult
        do {
            result = try await state.recording { try await run.run(mode) }
        } catch {
            exports?.discard()
            throw error
        }
        exports?.end(&result)
        await remains?.clear(configuration.buildEngine.cleanup, but: settings.run)
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
        /// The place of the machine that the task has as a whole.
        let place = TaskPlace()
        /// What the steps print.
        let output: TaskOutput

        /// Shows a line in a log, once there is one.
        let tell = Mutex<(@Sendable (String) -> Void)?>(nil)

        init(_ plan: TaskPlan) { output = TaskOutput(of: plan) }

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
        let known = Known(plan)
        let (started, clock) = (Timestamp.now, ContinuousClock.now)
        var shown = ShownWork(state.mode(mode), environment: environment, spelling: \.manifestWord)
        let view = BatchView(plan.plan, jobs: limits.maxConcurrentBuilds, colors: shown.colors)
        view.expect(plan.estimates(jobs: limits.maxConcurrentBuilds))
        if plan.plan.nodes.count > 1 { shown.board = view }
        let lender = EngineLender(selection: command.engine.selection, isClassic: false, environment: environment)
        do {
            _ = try await state.withDoor { [shown] door in
                try await shown.run(on: lender) { try await build(on: $0, door, view, $1, known) }
            }
        } catch let failure as ReportedError {
            guard known.report.withLock({ $0 != nil }) else { throw failure }
            if failure.error.code == .cancelled { known.stop.withLock { $0 = $0 ?? .cancelled } }
        }
        await removeMounts(lender)
        let names = TaskNames(of: plan)
        let ends = known.report.withLock { $0 }?.nodes.reduce(into: [:]) { ends, node in
            ends[node.key] = TaskNodeEnd(node.value, node.key, names)
        }
        var time = (started: started, duration: ContinuousClock.now - clock)
        TaskNodeEnd.shorten(&time, toBegin: known.place.begin)
        return TaskResult(
            plan,
            ends: (ends ?? [:]).mapValues { $0.begun(notBefore: known.place.begin) },
            output: known.output,
            time: time,
            stop: known.stop.withLock { $0 }
        )
    }

    private func build(
        on builder: Builder,
        _ door: CommandDoor,
        _ view: BatchView,
        _ shown: SpelledEvents,
        _ known: Known
    ) async throws {
        known.tell.withLock { $0 = shown.showInLog }
        let events = TaskEvents(of: plan, to: shown, output: known.output)
        let prepared = try prepared(plan.plan)
        let recording = recording(of: prepared, in: state.journal)
        defer { known.place.leave() }
        let report = try await builder.connected(for: prepared.nodes.map(\.request)) { builder in
            var runner = PlanRunner(on: builder, limits: limits)
            runner.gate = gate(prepared, known)
            runner.observer = observer(recording, door, view, known)
            return try await run(prepared, by: runner, events, known)
        }
        recording.end(report)
        known.report.withLock { $0 = report }
        if let error = report.error { throw error }
    }

    /// What lets the task wait for a place of the machine, which it has as a whole.
    private func gate(_ prepared: BuildPlan, _ known: Known) -> PlanGate {
        let asking = recording(of: prepared, in: nil) { submission in
            submission.name = "task \(plan.job.id)"
            submission.needs = plan.needs
        }
        let machine = state.gate(asking)
        return PlanGate { node, waits in
            if plan.collects(node.name), !plan.hasBegun(known.output) {
                throw BuildError(.usage, "there is nothing to take out, as no command was begun")
            }
            try await known.place.enter(waits) { try await place(of: node, at: machine, known, $0) }
            return {}
        }
    }

    /// Waits for a place of the machine, and tells why in the log, too.
    private func place(
        of node: BuildPlan.Node,
        at machine: PlanGate?,
        _ known: Known,
        _ tell: @escaping @Sendable (String) -> Void
    ) async throws -> @Sendable () -> Void {
        let leave = try await machine?.enter(node) { reason in
            tell(reason)
            known.tell.withLock { $0 }?("task \(plan.job.id): \(reason)")
        }
        return leave ?? {}
    }

    /// What hears of each step, in the task's words.
    private func observer(
        _ recording: BatchRecording,
        _ door: CommandDoor,
        _ view: BatchView,
        _ known: Known
    ) -> PlanObserver {
        let names = TaskNames(of: plan)
        let next = PlanObserver.of(recording, door, view) { state.log?.hear($0, $1) }
        return PlanObserver(begins: next.begins) { [plan] name, news in
            switch news {
            case .event(let event): next.hear(name, .event(names.told(event, of: name)))
            case .ended(var node):
                // What is collected is begun anew when the task's time is over.
                let isEarly = node.outcome == .cancelled && known.stop.withLock { $0 == .timedOut }
                if isEarly, plan.collects(name) { return }
                if case .failed(let error) = node.outcome { node.outcome = .failed(names.told(error, of: name)) }
                next.hear(name, .ended(node))
            case .waits, .began: next.hear(name, news)
            }
        }
    }

    /// Removes from the engine what the steps shared.
    private func removeMounts(_ lender: EngineLender) async {
        let filter = plan.recordFilter
        do {
            // Interrupted here, the program doesn't wait for it.
            try await withInterrupts(restoreTerminal: {}) {
                try await lender.lend(notice: { _ in }) { builder in
                    try await builder.prune(filter, within: .seconds(10))
                }
            }
        } catch {
            let message = FieldMessage("what the steps shared stays on the engine: \(error)")
            let event = BuildEvent(build: plan.settings.run, sequence: 0, time: .now, kind: .notice(message))
            state.log?.hear("task \(plan.job.id)", event)
        }
    }

    private func recording(
        of prepared: BuildPlan,
        in journal: HistoryJournal?,
        change: (inout BuildSubmission) -> Void = { _ in }
    ) -> BatchRecording {
        let invocation = CommandState.invocation(obstacle: command.obstacle)
        return BatchRecording(prepared, in: journal, invocation: invocation, job: .task, as: plan.settings.run) {
            // By its name, too, a task is found.
            $0.labels = plan.job.tags + (plan.job.tags.contains(plan.job.id) ? [] : [plan.job.id])
            $0.owner = plan.job.owner
            $0.project = plan.job.project
            $0.group = plan.job.id
            change(&$0)
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
                // That others have the machine is no fault of the task.
                await known.place.begun()
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
        let rest = await runner.run(
            try self.prepared(plan.collection),
            events: events.dropping(plan.job.steps.count)
        )
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
    fileprivate init(_ end: PlanReport.Node, _ name: String, _ names: TaskNames) {
        self.init(end.outcome.status)
        if case .failed(let error) = end.outcome { self.error = names.told(error.ofNode(name), of: name) }
        reason = end.outcome.reason(of: name)
        started = end.started
        duration = end.duration
        attempts = end.attempts
    }
}
