import CaissonBuildModel

extension StepNetwork {
    /// By how much the last end would be earlier without the own time of one step, for each where it would.
    ///
    /// The longest way through the network without a step's time is the longer of two: the longest through the step,
    /// less its time, and the longest past it. A way past the step of a rank leaves a step of a lower rank for one of a
    /// higher: each such link is a span of ranks, and the longest way over it is known from both sides. So all steps
    /// together take hardly longer than one.
    var savings: [CriticalPath.Saving] {
        let rests = Rests(nodes)
        let past = waysPast(rests)
        return nodes.indices
            .compactMap { rank in
                let node = nodes[rank]
                let through = node.end + rests.afterSteps[rank] - node.own
                let time = span - max(through, past[rank])
                return time > .zero ? CriticalPath.Saving(step: node.number, time: time) : nil
            }
            .sorted { ($1.time, $0.step) < ($0.time, $1.step) }
    }

    /// How long the longest way is that doesn't go through the step, by rank.
    private func waysPast(_ rests: Rests) -> [Duration] {
        var ways: [Duration] = []
        for rank in nodes.indices {
            let before = rank > 0 ? nodes[rank - 1].end + rests.afterMarks[rank] : .zero
            ways.append(max(before, rests.ofStartsAfter[rank]))
        }
        // The longest first: a rank that has a length needs no shorter one, so each is written once.
        var next = Array(0...nodes.count)
        func free(_ rank: Int) -> Int {
            var found = rank
            while next[found] != found {
                next[found] = next[next[found]]
                found = next[found]
            }
            return found
        }
        for bridge in bridges(rests) {
            var rank = free(bridge.ranks.lowerBound)
            while rank < bridge.ranks.upperBound {
                ways[rank] = max(ways[rank], bridge.length)
                next[rank] = rank + 1
                rank = free(rank)
            }
        }
        return ways
    }

    /// A link that skips ranks, and how long the longest way over it is.
    private struct Bridge {
        var ranks: Range<Int>
        var length: Duration
    }

    private func bridges(_ rests: Rests) -> [Bridge] {
        var bridges: [Bridge] = []
        for (rank, node) in nodes.enumerated() {
            for before in node.follows.map({ [$0] }) ?? node.inputs where before + 1 < rank {
                let length = nodes[before].end + node.wait + node.own + rests.afterSteps[rank]
                bridges.append(Bridge(ranks: (before + 1)..<rank, length: length))
            }
        }
        return bridges.sorted { $0.length > $1.length }
    }
}

/// How long the longest ways to the end are, from each place.
private struct Rests {
    /// From the end of the step of a rank.
    var afterSteps: [Duration]
    /// From the moment at which the steps up to a rank had all ended.
    var afterMarks: [Duration]
    /// From the beginning of any step of a higher rank that waits for none.
    var ofStartsAfter: [Duration]

    init(_ nodes: [StepNetwork.Node]) {
        afterSteps = Array(repeating: .zero, count: nodes.count)
        afterMarks = afterSteps
        ofStartsAfter = afterSteps
        var starts = Duration.zero
        for rank in nodes.indices.reversed() {
            afterSteps[rank] = max(afterSteps[rank], afterMarks[rank])
            if rank > 0 { afterMarks[rank - 1] = max(afterMarks[rank - 1], afterMarks[rank]) }
            let node = nodes[rank]
            let whole = node.wait + node.own + afterSteps[rank]
            for input in node.inputs { afterSteps[input] = max(afterSteps[input], whole) }
            if let mark = node.follows { afterMarks[mark] = max(afterMarks[mark], whole) }
            ofStartsAfter[rank] = starts
            if node.blocker == nil { starts = max(starts, whole) }
        }
    }
}
