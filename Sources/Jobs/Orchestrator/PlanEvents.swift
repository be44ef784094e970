import CaissonBuildModel
import Synchronization

/// The events of the builds of a plan as those of one build: names before steps, one beginning and one end.
final class PlanEvents: Sendable {
    private let next: any BuildEventSink
    /// Whether there is more than one build, so that steps need names.
    private let isShared: Bool
    private let id = BuildID()
    /// Who hears of each build by itself.
    let observer: PlanObserver?
    private let state = Mutex(State())

    private struct State {
        var sequence = 0
        var hasEngine = false
    }

    init(_ next: any BuildEventSink, isShared: Bool, observer: PlanObserver? = nil) {
        self.next = next
        self.observer = observer
        self.isShared = isShared
    }

    /// The sink of one build; `control` hears all that happens in it.
    func sink(of node: BuildPlan.Node, at place: Int, _ control: AttemptControl? = nil) -> NodeEvents {
        NodeEvents(plan: self, control: control, node: node.name, name: isShared ? node.name : "", place: place)
    }

    /// Tells of something that happened in the plan.
    func tell(_ kind: BuildEvent.Kind, at time: Timestamp) {
        // The lock is held while it is told, as sinks are called by one task at a time.
        state.withLock { state in
            if case .attempt(let attempt) = kind, attempt.number == 1 {
                guard !state.hasEngine else { return }
                state.hasEngine = true
            }
            next.receive(BuildEvent(build: id, sequence: state.sequence, time: time, kind: kind))
            state.sequence += 1
        }
    }

    /// The events of one build.
    struct NodeEvents: BuildEventSink {
        let plan: PlanEvents
        let control: AttemptControl?
        let node: String
        /// The name before its steps; empty where it is alone.
        let name: String
        let place: Int

        func receive(_ event: BuildEvent) {
            control?.hear(event.kind)
            plan.observer?.hear(node, .event(event))
            tell(event.kind, at: event.time)
        }

        /// Tells of something that happened to the build.
        func tell(_ kind: BuildEvent.Kind, at time: Timestamp = .now) {
            switch kind {
            case .started, .finished: break
            case .status(let status): plan.tell(.status(status.part(place, name: named)), at: time)
            case .notice(let message) where !name.isEmpty:
                var named = FieldMessage("\(name): \(message: message)")
                named.isOfLoss = message.isOfLoss
                plan.tell(.notice(named), at: time)
            case .attempt(var attempt) where !name.isEmpty && attempt.number > 1:
                attempt.what = "\(name): \(attempt.what)"
                plan.tell(.attempt(attempt), at: time)
            case .notice, .attempt, .context, .artifact: plan.tell(kind, at: time)
            }
        }

        /// `[app 2/5] RUN make`, as docker buildx bake has it.
        private func named(_ step: String) -> String {
            guard !name.isEmpty else { return step }
            return step.hasPrefix("[") ? "[\(name) \(step.dropFirst())" : "[\(name)] \(step)"
        }
    }
}
