public import CaissonBuildModel
import Synchronization

/// What builds have to pass before they work, beside the scheduler: the places that all processes of a machine share.
public struct PlanGate: Sendable {
    /// Gives a place back.
    public typealias Leave = @Sendable () -> Void

    /// Waits for a place, and tells meanwhile why; throws where the task is cancelled, or the node can't have one.
    public var enter: @Sendable (BuildPlan.Node, _ waits: @escaping @Sendable (String) -> Void) async throws -> Leave

    /// Makes a gate.
    public init(
        enter:
            @escaping @Sendable (BuildPlan.Node, _ waits: @escaping @Sendable (String) -> Void) async throws -> Leave
    ) {
        self.enter = enter
    }
}

/// An attempt's place behind a gate: taken while it works, given back while it waits for others of its plan.
final class GatePlace: Sendable {
    private enum State {
        case outside
        case inside(PlanGate.Leave)
        /// It has ended, and takes no place any more.
        case over
    }

    private let gate: PlanGate?
    private let node: BuildPlan.Node
    private let waits: @Sendable (String) -> Void
    private let state = Mutex(State.outside)

    init(_ gate: PlanGate?, _ node: BuildPlan.Node, waits: @escaping @Sendable (String) -> Void) {
        self.gate = gate
        self.node = node
        self.waits = waits
    }

    /// Waits for a place, where it has none.
    func take() async throws {
        guard let gate, state.withLock({ if case .outside = $0 { true } else { false } }) else { return }
        let leave = try await gate.enter(node, waits)
        // Of two parts of a build that go on at once, one place is enough.
        let isTaken = state.withLock { state in
            guard case .outside = state else { return false }
            state = .inside(leave)
            return true
        }
        if !isTaken { leave() }
    }

    /// Gives its place to others for a while.
    func giveWay() { leave(for: .outside) }

    /// Gives it back for good.
    func end() { leave(for: .over) }

    private func leave(for next: State) {
        let leave: PlanGate.Leave? = state.withLock { state in
            defer { if case .over = state {} else { state = next } }
            guard case .inside(let leave) = state else { return nil }
            return leave
        }
        leave?()
    }
}
