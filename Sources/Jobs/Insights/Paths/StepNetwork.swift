import CaissonBuildModel

/// The steps of a build that have times, in the order in which they ended, with what each of them waited for.
///
/// A step waits for its inputs. For one without any, such as an exporter or a base image, of which BuildKit tells none
/// (`inBuilderContext` of `solver/llbsolver/solver.go`), all that had ended when it began stands in.
///
/// All times are told from the start of the first step. The order by end, start and place is total, and a step is only
/// taken to wait for those before it in that order: so nothing here goes round in circles, whatever the inputs say.
struct StepNetwork {
    /// What a step's time is made of: its end is that of what it waited for, plus `wait`, plus `own`.
    struct Node {
        /// The step's place in the dossier.
        var place: Int
        /// Its number.
        var number: Int
        /// When it began.
        var start: Duration
        /// When it ended; never before it began.
        var end: Duration
        /// The ranks of its inputs, each of them less than its own.
        var inputs: [Int] = []
        /// The rank of the step that ended last before it began; nil where inputs are known or no step had ended.
        var follows: Int?
        /// The rank of the step that it waited for last; nil where there is none.
        var blocker: Int?
        /// How long it then still didn't begin.
        var wait = Duration.zero
        /// How long it ran after what it waited for had ended.
        var own = Duration.zero
    }

    /// By rank.
    private(set) var nodes: [Node] = []

    /// From the start of the first step to the end of the last.
    var span: Duration { nodes.last?.end ?? .zero }

    init(_ dossier: BuildDossier) {
        nodes = Self.timed(dossier)
        var ranks: [Int: Int] = [:]
        for rank in nodes.indices where ranks[nodes[rank].number] == nil { ranks[nodes[rank].number] = rank }
        for rank in nodes.indices {
            let inputs = dossier.steps[nodes[rank].place].inputs.compactMap { ranks[$0] }.filter { $0 < rank }
            link(rank, to: inputs)
        }
    }

    private mutating func link(_ rank: Int, to inputs: [Int]) {
        var node = nodes[rank]
        node.inputs = inputs
        node.follows = inputs.isEmpty ? lastEnded(by: node.start, before: rank) : nil
        node.blocker = inputs.max() ?? node.follows
        let ready = node.blocker.map { nodes[$0].end } ?? .zero
        node.wait = max(.zero, node.start - ready)
        node.own = node.end - max(node.start, ready)
        nodes[rank] = node
    }

    /// The rank of the last step that had ended at a time; only steps before `rank` are looked at.
    func lastEnded(by time: Duration, before rank: Int) -> Int? {
        var (low, high) = (0, rank)
        while low < high {
            let middle = low + (high - low) / 2
            if nodes[middle].end <= time { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }

    /// The steps that began and ended, or were broken off with the build, in the order of the ranks.
    private static func timed(_ dossier: BuildDossier) -> [Node] {
        let starts = dossier.steps.compactMap { ends(of: $0, in: dossier) == nil ? nil : $0.started }
        guard let origin = starts.min() else { return [] }
        return dossier.steps.enumerated()
            .compactMap { place, step -> Node? in
                guard let started = step.started, let ended = ends(of: step, in: dossier) else { return nil }
                let start = offset(of: started, since: origin)
                let end = max(start, offset(of: ended, since: origin))
                return Node(place: place, number: step.number, start: start, end: end)
            }
            .sorted { ($0.end, $0.start, $0.place) < ($1.end, $1.start, $1.place) }
    }

    /// When a step ended; as in `BuildDossier.duration(of:)` the build's end counts for one that was broken off.
    private static func ends(of step: StepRecord, in dossier: BuildDossier) -> Timestamp? {
        step.started == nil ? nil : step.completed ?? (dossier.record.status.isFinal ? dossier.record.ended : nil)
    }

    /// The time between two points of time to the nanosecond; never more than some 31,000 years.
    private static func offset(of time: Timestamp, since origin: Timestamp) -> Duration {
        let limit: Int64 = 1_000_000_000_000
        let (seconds, isOver) = time.seconds.subtractingReportingOverflow(origin.seconds)
        guard !isOver else { return .seconds(time.seconds < origin.seconds ? 0 : limit) }
        let nanoseconds = Int64(time.nanoseconds) - Int64(origin.nanoseconds)
        return max(.zero, .seconds(min(max(-limit, seconds), limit)) + .nanoseconds(nanoseconds))
    }
}
