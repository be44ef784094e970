package import CaissonBuildModel

/// Shows steps of a task under their commands: what BuildKit calls them is a Dockerfile's line that nobody wrote.
package struct TaskEvents: BuildEventSink {
    private let next: any BuildEventSink
    private let output: TaskOutput?
    private let mark: String
    /// What the nodes are called, and what they do.
    private let names: [String]
    /// The place in the task's plan of the first node that it hears of.
    private var first = 0

    /// Makes a sink for the events of a task's whole plan.
    ///
    /// - Parameters:
    ///   - next: Told of them with the steps' own names.
    ///   - output: Collects what the steps print; nil where nobody wants it.
    package init(of plan: TaskPlan, to next: any BuildEventSink, output: TaskOutput? = nil) {
        self.next = next
        self.output = output
        mark = plan.dockerfile.mark
        names = plan.plan.nodes.enumerated().map { "[\($1.name)] \(plan.title(of: $0))" }
    }

    /// The same sink for the events of a plan that has only what comes behind the task's first nodes.
    package func dropping(_ count: Int) -> TaskEvents {
        var events = self
        events.first = first + count
        return events
    }

    /// Takes an event of the plan.
    package func receive(_ event: BuildEvent) {
        guard case .status(var status) = event.kind else { return next.receive(event) }
        var event = event
        if first > 0 {
            status.moveParts(by: first)
            event.kind = .status(status)
        }
        output?.receive(event)
        for index in status.vertexes.indices where status.vertexes[index].name.contains(mark) {
            let digits = status.vertexes[index].digest.prefix { $0 != "/" }
            guard let place = Int(digits), names.indices.contains(place) else { continue }
            status.vertexes[index].name = names[place]
        }
        event.kind = .status(status)
        next.receive(event)
    }
}

extension SolveStatus {
    /// Counts the builds that the keys are of from a later one on; see `part`.
    fileprivate mutating func moveParts(by count: Int) {
        func moved(_ key: String) -> String {
            guard let slash = key.firstIndex(of: "/"), let place = Int(key[..<slash]) else { return key }
            return "\(place + count)\(key[slash...])"
        }
        for index in vertexes.indices {
            vertexes[index].digest = moved(vertexes[index].digest)
            vertexes[index].inputs = vertexes[index].inputs.map(moved)
            if let group = vertexes[index].group { vertexes[index].group?.id = moved(group.id) }
        }
        for index in statuses.indices { statuses[index].vertex = moved(statuses[index].vertex) }
        for index in logs.indices { logs[index].vertex = moved(logs[index].vertex) }
        for index in warnings.indices { warnings[index].vertex = moved(warnings[index].vertex) }
    }
}
