package import CaissonBuildModel

/// What people read of a task's builds, in words of the task: each of them is a step, and its RUN the step's command.
package struct TaskNames: Sendable {
    private let mark: String
    private let titles: [String: String]
    private let timeouts: [String: Duration]

    /// Makes the words for the builds of a task's plan.
    package init(of plan: TaskPlan) {
        mark = plan.dockerfile.mark
        let nodes = plan.plan.nodes
        titles = Dictionary(nodes.enumerated().map { ($1.name, plan.title(of: $0)) }) { first, _ in first }
        timeouts = nodes.reduce(into: [:]) { $0[$1.name] = $1.policy.timeout }
    }

    /// An event of a node's build by itself with the command in place of the Dockerfile's line.
    package func told(_ event: BuildEvent, of node: String) -> BuildEvent {
        guard case .status(var status) = event.kind, status.vertexes.contains(where: { $0.name.contains(mark) }) else {
            return event
        }
        for index in status.vertexes.indices { rename(&status.vertexes[index].name, node) }
        var event = event
        event.kind = .status(status)
        return event
    }

    /// `[step 3/3] RUN --mount=… ["make"]` as `[step 3/3] make`.
    private func rename(_ name: inout String, _ node: String) {
        guard let title = titles[node], let start = name.range(of: mark) else { return }
        name = name[..<start.lowerBound] + title
    }

    /// An error of a node's build as one of the step.
    package func told(_ error: BuildError, of node: String) -> BuildError {
        var error = error
        if var step = error.step {
            rename(&step.name, node)
            error.step = step
            if let exitCode = step.exitCode {
                return BuildError(error.code, "the command exited with status \(exitCode)", step: step)
            }
        }
        guard error.code == .deadlineExceeded, let timeout = timeouts[node] else { return error }
        return BuildError(error.code, "the step took longer than its timeout of \(Timespan(timeout))", step: error.step)
    }
}

extension String {
    /// Where a text is found first; `range(of:)` is Foundation's.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            formIndex(after: &start)
        }
        return nil
    }
}
