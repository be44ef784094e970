import CaissonBuildModel
import CaissonOrchestrator
import Synchronization

/// Measures what the scheduler costs builds that run: how long a place stays empty between two of them, and how late a reader
/// of events hears that a step began.
struct QueueBench {
    /// So many builds run to their ends; the others stay in the queue meanwhile, and are cancelled then.
    private static let runs = 400

    private let engine = InstantEngine()
    private let clock = ContinuousClock()

    func run(queued count: Int) async throws -> [(what: String, times: [Duration])] {
        var limits = SchedulerLimits()
        limits.queueSize = nil
        limits.maxConcurrentBuilds = 4
        return await withBuildQueue(on: engine, limits: limits) { queue in
            async let heard = delays(in: queue.events(bound: 1_000_000))
            var ids: [BuildID] = []
            for number in 0..<count {
                guard let id = try? queue.submit(BuildRequest(context: .empty), as: "build \(number)") else { continue }
                ids.append(id)
            }
            var status: [Duration] = []
            for id in ids.prefix(Self.runs) {
                _ = try? await queue.result(of: id)
                let begun = clock.now
                _ = try? queue.status(of: ids[ids.count - 1])
                status.append(begun.duration(to: clock.now))
            }
            for id in ids.dropFirst(Self.runs) { try? queue.cancel(id) }
            let steps = await heard
            return [("place empty", engine.gaps), ("step start heard", steps), ("status asked", status)]
        }
    }

    /// How long after the engine told of it each beginning of a step is heard.
    private func delays(in events: BuildQueueEvents) async -> [Duration] {
        var times: [Duration] = []
        for await event in events {
            guard case .stepStarted(_, let step) = event, let told = engine.told(step) else { continue }
            times.append(told.duration(to: clock.now))
            if times.count == Self.runs { break }
        }
        return times
    }
}

/// An engine whose builds have one step and end at once; it notes when.
private final class InstantEngine: BuildEngine {
    private struct State {
        var builds = 0
        var ends: [ContinuousClock.Instant] = []
        var gaps: [Duration] = []
        var steps: [String: ContinuousClock.Instant] = [:]
    }

    let identity = EngineIdentity(name: "instant", address: "")
    private let state = Mutex(State())

    /// How long it took from the end of a build until another took its place.
    var gaps: [Duration] { state.withLock { $0.gaps } }

    func told(_ step: String) -> ContinuousClock.Instant? { state.withLock { $0.steps[step] } }

    func facts(within limit: Duration) async throws -> EngineFacts { EngineFacts(identity: identity, platforms: []) }

    func build(_ request: BuildRequest, events: any BuildEventSink, batch: BatchPlace?) async throws -> BuildResult {
        let name = state.withLock { state in
            if !state.ends.isEmpty { state.gaps.append(state.ends.removeFirst().duration(to: .now)) }
            state.builds += 1
            return "step \(state.builds)"
        }
        var vertex = Vertex(digest: name)
        vertex.name = name
        vertex.started = .now
        let update = BuildEvent.Kind.status(SolveStatus(vertexes: [vertex]))
        state.withLock { $0.steps[name] = .now }
        events.receive(BuildEvent(build: request.id ?? BuildID(), sequence: 0, time: .now, kind: update))
        state.withLock { $0.ends.append(.now) }
        return BuildResult(ref: name)
    }

    func ask(
        _ question: BuildQuestion,
        about request: BuildRequest,
        events: any BuildEventSink
    ) async throws -> BuildAnswer {
        throw BuildError(.unsupported, "nothing is asked here")
    }
}
