package import CaissonBuildModel
import CaissonText

/// How a node of a task's plan ended, as whoever ran the plan knows it.
package struct TaskNodeEnd: Sendable, Hashable {
    /// How it ended.
    package var status: BuildStatus
    /// Why it failed.
    package var error: BuildError?
    /// Why it was skipped or stopped: `not built, as base failed`.
    package var reason: String?
    /// When it began; nil where it never did.
    package var started: Timestamp?
    /// How long it took from its beginning to its end.
    package var duration = Duration.zero
    /// How often it was begun.
    package var attempts = 0

    /// Makes an end.
    package init(_ status: BuildStatus) {
        self.status = status
    }

    /// Makes the end of a node that failed.
    package init(failed error: BuildError) {
        status =
            switch error.code {
            case .deadlineExceeded: .timedOut
            case .cancelled: .cancelled
            case .usage, .unsupported, .engine, .step, .output: .failed
            }
        self.error = error
    }

    /// The same for a node that waited for the task's place of the machine before it worked.
    ///
    /// - Parameter begin: When the task had the place; nil where it never had one, so that nothing was begun.
    package func begun(notBefore begin: Timestamp?) -> TaskNodeEnd {
        var end = self
        guard let begin else {
            (end.started, end.duration, end.attempts) = (nil, .zero, 0)
            return end
        }
        guard let started, started < begin else { return end }
        end.started = begin
        end.duration = max(duration - .seconds(begin.seconds(since: started)), .zero)
        return end
    }

    /// Leaves out of a task's time what it waited for its place.
    package static func shorten(_ time: inout (started: Timestamp, duration: Duration), toBegin begin: Timestamp?) {
        guard let begin, time.started < begin else { return }
        time.duration = max(time.duration - .seconds(begin.seconds(since: time.started)), .zero)
        time.started = begin
    }
}

/// What became of a task.
package struct TaskResult: Sendable, Hashable {
    /// What became of a step.
    package struct Step: Sendable, Hashable {
        /// Its name.
        package var id: String
        /// How it ended.
        package var status: BuildStatus
        /// The exit status of its command; nil where none ran to its end, or where that isn't known.
        package var exitCode: Int?
        /// Why it didn't end well; nil where it did.
        package var error: String?
        /// When it began; nil where it never did.
        package var started: Timestamp?
        /// How long it took, with what the engine did before its command began.
        package var duration = Duration.zero
        /// How often it was begun.
        package var attempts = 0
        /// What its command printed to standard output.
        package var output = BoundedOutput()
        /// Whether the engine left out some of that, as it came too fast or was too much.
        package var isOutputClipped = false
        /// What its command printed to standard error.
        package var errors = BoundedOutput()
        /// The same of standard error.
        package var areErrorsClipped = false
    }

    /// The task's name.
    package var id: String
    /// The run's name.
    package var run: BuildID
    /// How it ended as a whole.
    package var status: BuildStatus
    /// Why it didn't end well beside what its steps say; nil where there is nothing to say.
    package var error: String?
    /// When it began.
    package var started: Timestamp
    /// How long it took.
    package var duration: Duration
    /// The directory that has its artifacts; nil where they weren't taken out.
    package var artifacts: String?
    /// The directory that has its workspace; nil where it wasn't kept.
    package var workspace: String?
    /// The steps, in the order of the file.
    package var steps: [Step]

    /// The exit status of the program that ran it.
    package var exitStatus: Int32 {
        switch status {
        case .succeeded: 0
        case .cancelled, .interrupted: 130
        case .queued, .running, .failed, .timedOut, .skipped: 1
        }
    }
}

extension TaskResult {
    /// Says what became of a task.
    ///
    /// - Parameters:
    ///   - ends: How the nodes of the plan ended, by their names; who is missing was never begun.
    ///   - output: What they printed.
    ///   - time: When it began, and how long it took.
    ///   - stop: How it was stopped as a whole, `cancelled` or `timedOut`; nil where it wasn't.
    package init(
        _ plan: TaskPlan,
        ends: [String: TaskNodeEnd],
        output: TaskOutput,
        time: (started: Timestamp, duration: Duration),
        stop: BuildStatus? = nil
    ) {
        id = plan.job.id
        run = plan.settings.run
        (started, duration) = time
        steps = plan.job.steps.enumerated().map { place, step in
            Step(step, ends[step.id] ?? TaskNodeEnd(.cancelled), output.node(at: place))
        }
        status = stop ?? Self.status(of: steps)
        if stop == .timedOut, let timeout = plan.timeout {
            error = "the task took longer than its timeout of \(Timespan(timeout))"
        }
        if stop == .cancelled, plan.hasBegun(output), plan.plan.nodes.count > plan.job.steps.count {
            error = "what it left isn't taken out of a task that is interrupted"
        }
        let isCollected = { (node: String) in ends[node]?.status == .succeeded }
        artifacts = isCollected(TaskPlan.artifactsNode) ? plan.artifactDirectory : nil
        workspace = isCollected(TaskPlan.workspaceNode) ? plan.workspaceDirectory : nil
        if plan.hasBegun(output), let failure = plan.collectionFailure(ends, output) {
            error = error.map { "\($0); \(failure)" } ?? failure
            if status == .succeeded { status = .failed }
        }
    }

    private static func status(of steps: [Step]) -> BuildStatus {
        let worst: [BuildStatus] = [.failed, .timedOut, .cancelled, .interrupted, .skipped, .running, .queued]
        let found = Set(steps.map(\.status))
        return worst.first(where: found.contains) ?? .succeeded
    }
}

extension TaskResult.Step {
    fileprivate init(_ step: TaskJob.Step, _ end: TaskNodeEnd, _ printed: TaskOutput.Node?) {
        self.init(id: step.id, status: end.status)
        // A build whose time ran out or that was stopped has no command that ended by itself.
        exitCode = end.status == .succeeded ? 0 : end.status == .failed ? end.error?.step?.exitCode : nil
        error = end.error?.message ?? end.reason
        started = end.started
        duration = end.duration
        attempts = end.attempts
        guard let printed else { return }
        (output, isOutputClipped) = (printed.output, printed.isOutputClipped)
        (errors, areErrorsClipped) = (printed.errors, printed.areErrorsClipped)
        if exitCode == 1, let obstacle = printed.obstacle {
            exitCode = nil
            error = "\(step.command.quoted) can't be run in the image \(step.image.familiar): \(obstacle)"
        }
    }
}

extension TaskPlan {
    /// Why artifacts or workspace couldn't be taken out, and what to do; nil where they could.
    fileprivate func collectionFailure(_ ends: [String: TaskNodeEnd], _ output: TaskOutput) -> String? {
        let failures = plan.nodes.enumerated().dropFirst(job.steps.count).compactMap { place, node -> String? in
            guard let error = ends[node.name]?.error else { return nil }
            let what = node.name == Self.artifactsNode ? "artifacts" : "workspace"
            return "the \(what) can't be taken out: " + reason(error, output.node(at: place))
        }
        return failures.isEmpty ? nil : failures.joined(separator: "; ")
    }

    private func reason(_ error: BuildError, _ printed: TaskOutput.Node?) -> String {
        guard let collector, error.step?.exitCode != nil, printed?.obstacle != nil else { return error.message }
        return "the image \(collector.familiar) has no cp; name one that has with --collector"
    }
}

extension TaskOutput.Node {
    /// Why the command wasn't begun; nil where it was: runc or BuildKit prints a line of that in its place.
    fileprivate var obstacle: String? {
        let lines = [errors, output].filter { $0.count > 0 }
        guard lines.count == 1, let text = lines.first?.text.trimmed, !text.contains("\n") else { return nil }
        if text.hasPrefix("exec "), text.hasSuffix(": exec format error") {
            return "it is for another platform, or is a script without a line “#!”"
        }
        guard text.contains("unable to start container process") else { return nil }
        let known = [
            ("executable file not found", "there is no such program"), ("permission denied", "permission denied"),
            ("no such file or directory", "there is no such file, or what it needs to run isn't there"),
        ]
        return known.first { text.contains($0.0) }?.1
    }
}
