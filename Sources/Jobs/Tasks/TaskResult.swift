package import CaissonBuildModel

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
        /// What its command printed to standard error.
        package var errors = BoundedOutput()
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
            Step(step.id, ends[step.id] ?? TaskNodeEnd(.cancelled), output.node(at: place))
        }
        status = stop ?? Self.status(of: steps)
        if stop == .timedOut, let timeout = plan.timeout {
            error = "the task took longer than its timeout of \(Timespan(timeout))"
        }
        let isCollected = { (node: String) in ends[node]?.status == .succeeded }
        artifacts = isCollected(TaskPlan.artifactsNode) ? plan.artifactDirectory : nil
        workspace = isCollected(TaskPlan.workspaceNode) ? plan.workspaceDirectory : nil
        if let failure = plan.collectionFailure(ends, output) {
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
    fileprivate init(_ id: String, _ end: TaskNodeEnd, _ printed: TaskOutput.Node?) {
        self.init(id: id, status: end.status)
        // A build whose time ran out or that was stopped has no command that ended by itself.
        exitCode = end.status == .succeeded ? 0 : end.status == .failed ? end.error?.step?.exitCode : nil
        error = end.error?.message ?? end.reason
        started = end.started
        duration = end.duration
        attempts = end.attempts
        output = printed?.output ?? BoundedOutput()
        errors = printed?.errors ?? BoundedOutput()
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
        guard let collector, error.step?.exitCode != nil, let printed, Self.lacksProgram(printed) else {
            return error.message
        }
        return "the image \(collector.familiar) has no cp; name another that has one"
    }

    /// Whether a command wasn't begun as there is no such program: runc prints that in its place.
    private static func lacksProgram(_ printed: TaskOutput.Node) -> Bool {
        [printed.errors, printed.output].contains { stream in
            let text = stream.text
            return text.contains("unable to start container process")
                && (text.contains("executable file not found") || text.contains("no such file or directory"))
        }
    }
}
