package import CaissonBuildModel

/// Shows steps of a task under their commands: what BuildKit calls them is a Dockerfile's line that nobody wrote.
package struct TaskEvents: BuildEventSink {
    private let next: any BuildEventSink
    private let output: TaskOutput?
    private let mark: String
    /// What the nodes are called, and what they do.
    private let names: [String]

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

    /// Takes an event of the whole plan.
    package func receive(_ event: BuildEvent) {
        output?.receive(event)
        guard case .status(var status) = event.kind, status.vertexes.contains(where: { $0.name.contains(mark) }) else {
            return next.receive(event)
        }
        for index in status.vertexes.indices where status.vertexes[index].name.contains(mark) {
            let digits = status.vertexes[index].digest.prefix { $0 != "/" }
            guard let place = Int(digits), names.indices.contains(place) else { continue }
            status.vertexes[index].name = names[place]
        }
        var event = event
        event.kind = .status(status)
        next.receive(event)
    }
}
