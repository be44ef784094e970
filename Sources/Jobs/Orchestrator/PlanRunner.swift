public import CaissonBuildModel
import Glibc

/// Runs the builds of a plan side by side; the first that fails ends the others.
public struct PlanRunner: Sendable {
    private let engine: any BuildEngine

    /// Makes a runner for an engine.
    public init(on engine: any BuildEngine) {
        self.engine = engine
    }

    /// What became of each node, by its name.
    public typealias Outcomes = [String: BuildOutcome]

    /// Runs a plan to its end.
    ///
    /// - Parameter events: Told of all builds as of one.
    /// - Returns: How each node ended; those that were stopped because another failed are cancelled.
    /// - Throws: `BuildError` of the node that failed first, with its name before it.
    public func run(_ plan: BuildPlan, events: any BuildEventSink) async throws -> Outcomes {
        let combined = PlanEvents(events, isShared: plan.nodes.count > 1)
        combined.tell(.started(BuildStart(engine: engine.identity.name)), at: .now)
        let links = BuildLinks(dependents: plan.dependents)
        do {
            let outcomes = try await run(plan, links, combined)
            combined.tell(.finished(Self.outcome(of: outcomes)), at: .now)
            return outcomes
        } catch {
            let isCancelled = (error as? BuildError)?.code == .cancelled || error is CancellationError
            let failure = error as? BuildError ?? BuildError(.engine, "\(error)")
            combined.tell(.finished(isCancelled ? .cancelled : .failed(failure)), at: .now)
            throw error
        }
    }

    private func run(_ plan: BuildPlan, _ links: BuildLinks, _ events: PlanEvents) async throws -> Outcomes {
        let isNamed = plan.nodes.count > 1
        return try await withThrowingTaskGroup(of: (String, BuildOutcome).self) { group in
            for (place, node) in plan.nodes.enumerated() {
                let sink = events.sink(of: node, at: place)
                group.addTask { try await run(node, links, sink, isNamed: isNamed) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private func outcome(
        of node: BuildPlan.Node,
        _ links: BuildLinks,
        _ events: any BuildEventSink
    ) async throws -> BuildOutcome {
        defer { links.end(node.name) }
        if let question = node.question {
            return .answered(try await engine.ask(question, about: node.request, events: events))
        }
        let place = BatchPlace(node.name, in: links)
        return .succeeded(try await engine.build(node.request, events: events, batch: place))
    }

    /// Runs one node; where there are several, its error has its name.
    private func run(
        _ node: BuildPlan.Node,
        _ links: BuildLinks,
        _ events: any BuildEventSink,
        isNamed: Bool
    ) async throws -> (String, BuildOutcome) {
        do {
            return (node.name, try await outcome(of: node, links, events))
        } catch {
            // Cancelled along with the others, it isn't the cause.
            if Task.isCancelled { throw CancellationError() }
            guard isNamed, var failure = error as? BuildError, failure.code != .cancelled else { throw error }
            failure.wording = "\(node.name): \(message: failure.wording)"
            throw failure
        }
    }

    /// How the plan ended as a whole: its only build's result, or a result without an image.
    private static func outcome(of outcomes: Outcomes) -> BuildOutcome {
        if outcomes.count == 1, let only = outcomes.values.first { return only }
        return .succeeded(BuildResult(ref: ""))
    }
}

extension Timestamp {
    fileprivate static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(truncatingIfNeeded: time.tv_nsec))
    }
}
