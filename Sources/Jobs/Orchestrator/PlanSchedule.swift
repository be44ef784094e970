import CaissonBuildModel

/// Which node begins when: the order and the conditions of a plan, as a value that is told what ends.
///
/// ```
/// base ended well ─▶ what waited for it alone begins
/// base failed     ─▶ what needs it to end well is skipped, and so is what needs that; `always` begins
/// stop            ─▶ what waits is cancelled, except what begins in whatever way others end, and what needs that
/// ```
struct PlanSchedule: Sendable {
    /// How a node ended.
    enum Ending: Sendable {
        case well, failed, skipped, cancelled

        /// What a node says that needed the other to end well.
        func reason(_ name: String) -> String {
            switch self {
            case .well, .failed: "not built, as \(name) failed"
            case .skipped: "not built, as \(name) wasn't built"
            case .cancelled: "not built, as \(name) was stopped"
            }
        }
    }

    /// What follows from an end.
    struct Turn: Sendable {
        /// The nodes that begin now.
        var begun: [String] = []
        /// The nodes that don't begin any more, with the reasons.
        var skipped: [(name: String, reason: String)] = []
        /// The nodes that don't begin any more as the whole is stopped.
        var cancelled: [String] = []
    }

    private struct Use: Sendable {
        var user: String
        var isAlways: Bool
    }

    private let order: [String]
    /// Who waits for a node, by its name.
    private var uses: [String: [Use]] = [:]
    /// How many of its dependencies haven't ended, by the name of a node that wasn't begun.
    private var open: [String: Int] = [:]
    /// The nodes that begin although others failed.
    private let outlasting: Set<String>

    /// Reads a plan that has been checked.
    init(_ plan: BuildPlan) {
        order = plan.nodes.map(\.name)
        var outlasting: [String] = []
        for node in plan.nodes {
            open[node.name] = node.dependencies.count
            for dependency in node.dependencies {
                let isAlways = dependency.condition == .always
                uses[dependency.node, default: []].append(Use(user: node.name, isAlways: isAlways))
                if isAlways { outlasting.append(node.name) }
            }
        }
        var known = Set(outlasting)
        while let name = outlasting.popLast() {
            for use in uses[name] ?? [] where known.insert(use.user).inserted { outlasting.append(use.user) }
        }
        self.outlasting = known
    }

    /// The nodes that wait for nothing.
    mutating func begin() -> Turn {
        let begun = order.filter { open[$0] == 0 }
        for name in begun { open[name] = nil }
        return Turn(begun: begun)
    }

    /// Notes how a node ended.
    mutating func end(_ name: String, _ ending: Ending) -> Turn {
        var turn = Turn()
        var ended = [(name, ending)]
        while let (name, ending) = ended.popLast() {
            for use in uses[name] ?? [] where !meet(use, name, ending, &turn) { ended.append((use.user, .skipped)) }
        }
        return turn
    }

    /// Notes for a node that waits that one of its dependencies has ended; false where it is skipped because of that.
    private mutating func meet(_ use: Use, _ name: String, _ ending: Ending, _ turn: inout Turn) -> Bool {
        guard let count = open[use.user] else { return true }
        guard use.isAlways || ending == .well else {
            open[use.user] = nil
            turn.skipped.append((use.user, ending.reason(name)))
            return false
        }
        open[use.user] = count > 1 ? count - 1 : nil
        if count == 1 { turn.begun.append(use.user) }
        return true
    }

    /// Notes that what isn't begun is to stay so, as another failed.
    mutating func stop() -> Turn {
        var turn = Turn()
        turn.cancelled = order.filter { open[$0] != nil && !outlasting.contains($0) }
        for name in turn.cancelled { open[name] = nil }
        for name in turn.cancelled {
            let next = end(name, .cancelled)
            turn.begun += next.begun
            turn.skipped += next.skipped
        }
        return turn
    }
}
