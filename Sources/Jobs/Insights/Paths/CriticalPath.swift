package import CaissonBuildModel

/// The chain of steps that decided how long a build took.
///
/// It is followed backwards from the step that ended last, each time to what the step waited for last:
///
///     step ◀─ wait ─ the input that ended last ◀─ wait ─ its input that ended last ◀─ … the start of the first step
///
/// The waits and what the steps took beyond what they waited for make up the whole time between them, without a rest.
/// All times are the engine's, but for the end of steps that were broken off with the build.
package struct CriticalPath: Sendable, Hashable {
    /// Why a step of the chain follows the one before it.
    package enum Link: Sendable, Hashable {
        /// It is the first of the chain: it waited for no step that had ended.
        case start
        /// The step of that number is an input of it.
        case input(Int)
        /// No input of it is known, and the step of that number ended last before it began.
        case follows(Int)
    }

    /// A step of the chain.
    package struct Element: Sendable, Hashable {
        /// The step's number.
        package var step: Int
        /// How long it ran.
        package var duration: Duration
        /// The part of that which came after the end of what it waited for; less than all where clocks jumped, or where
        /// it had begun before its input ended.
        package var decisive: Duration
        /// What it waited for.
        package var link: Link
        /// How long it still didn't begin after that: the engine's queue, its limit of steps at once, a pull.
        package var wait: Duration
        /// The number of a step that may have been in its way; nil where there is none.
        ///
        /// It isn't an input of it, and it ended during such a wait, just before its end.
        package var occupant: Int?
        /// The decisive part as a share of the whole time, from 0 to 1.
        package var share: Double
        /// The wait as a share of the whole time, from 0 to 1.
        package var waitShare: Double
    }

    /// By how much the build would have been shorter without the time of one step.
    package struct Saving: Sendable, Hashable {
        /// The step's number.
        package var step: Int
        /// The time; more than zero.
        package var time: Duration
    }

    /// The chain, in the order of time; empty where no step has times.
    package var elements: [Element] = []
    /// From the start of the first step to the end of the last.
    package var span = Duration.zero
    /// How much longer the whole build ran, connecting and preparing; nil where that isn't known.
    ///
    /// It is told of two clocks, the engine's and this machine's; never negative.
    package var outside: Duration?
    /// What could be saved, the most first; steps that aren't in it would save nothing by themselves.
    ///
    /// It is reckoned from the schedule: every step keeps its waits, and its time beyond what it waited for.
    package var savings: [Saving] = []

    /// How much of the whole time the chain's steps took.
    package var running: Duration { elements.reduce(.zero) { $0 + $1.decisive } }
    /// How much of it was waiting between them.
    package var waiting: Duration { elements.reduce(.zero) { $0 + $1.wait } }

    /// Finds the chain, in a time that grows with the steps and inputs, whatever they are.
    package init(_ dossier: BuildDossier) {
        let network = StepNetwork(dossier)
        span = network.span
        outside = dossier.record.duration.map { max(.zero, $0 - network.span) }
        savings = network.savings
        var rank = network.nodes.indices.last
        while let current = rank {
            elements.append(network.element(current))
            rank = network.nodes[current].blocker
        }
        elements.reverse()
    }
}

extension StepNetwork {
    /// What ended longer before a step began isn't taken to have been in its way.
    private static let justBefore = Duration.milliseconds(100)
    /// Shorter waits are the engine's own work.
    private static let shortestWait = Duration.milliseconds(10)
    /// How many steps that ended at about the same time are looked at.
    private static let mostOccupants = 16

    fileprivate func element(_ rank: Int) -> CriticalPath.Element {
        let node = nodes[rank]
        let link: CriticalPath.Link =
            switch node.blocker {
            case nil: .start
            case let blocker? where node.inputs.isEmpty: .follows(nodes[blocker].number)
            case let blocker?: .input(nodes[blocker].number)
            }
        return CriticalPath.Element(
            step: node.number,
            duration: node.end - node.start,
            decisive: node.own,
            link: link,
            wait: node.wait,
            occupant: occupant(before: rank).map { nodes[$0].number },
            share: span > .zero ? node.own / span : 0,
            waitShare: span > .zero ? node.wait / span : 0
        )
    }

    private func occupant(before rank: Int) -> Int? {
        let node = nodes[rank]
        guard node.wait >= Self.shortestWait, !node.inputs.isEmpty, var last = lastEnded(by: node.start, before: rank)
        else { return nil }
        let ready = node.start - node.wait
        for _ in 0..<Self.mostOccupants {
            let end = nodes[last].end
            guard end > ready, node.start - end <= Self.justBefore else { return nil }
            if !node.inputs.contains(last) { return last }
            guard last > 0 else { return nil }
            last -= 1
        }
        return nil
    }
}
