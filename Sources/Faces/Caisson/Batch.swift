public import CaissonBuildModel
public import CaissonEngines
public import CaissonOrchestrator
import CaissonPreparation
import Synchronization

/// Prepares a build and runs it, and tells how far it is; see `build(_:on:options:standardInput:events:)`.
///
/// - Parameter progress: Called each time that something happens; must not block for long.
public func build(
    _ request: BuildRequest,
    on selection: EngineSelection = EngineSelection(),
    options: EngineOptions = .ofThisProcess,
    progress: @escaping @Sendable (BuildProgress) -> Void
) async throws -> BuildResult {
    try await build(request, on: selection, options: options, events: ProgressSink(progress))
}

/// Prepares the builds of a plan and runs them on one builder, side by side as far as none has to wait for another.
///
/// - Parameters:
///   - plan: The builds.
///   - selection: The engine or builder that is meant, if any.
///   - options: The surroundings, the environment above all.
///   - limits: How much runs at a time, and what goes for builds that don't say otherwise.
///   - progress: Told how far each build is, by its name; must not block for long.
/// - Returns: What became of each build, and the error to end with.
/// - Throws: `BuildError` where a build names what isn't there, or there is no engine.
public func buildBatch(
    _ plan: BuildPlan,
    on selection: EngineSelection = EngineSelection(),
    options: EngineOptions = .ofThisProcess,
    limits: SchedulerLimits = SchedulerLimits(),
    progress: @escaping @Sendable (_ name: String, BuildProgress) -> Void = { _, _ in }
) async throws -> PlanReport {
    let surroundings = Surroundings(environment: options.environment, home: options.home)
    var prepared = plan
    for place in prepared.nodes.indices {
        prepared.nodes[place].request = try prepare(prepared.nodes[place].request, in: surroundings).request
    }
    let ready = prepared
    let sinks = Dictionary(
        ready.nodes.map { node in (node.name, ProgressSink { progress(node.name, $0) }) }
    ) { first, _ in first }
    let observer = PlanObserver { name, news in
        if case .event(let event) = news { sinks[name]?.receive(event) }
    }
    return try await withBuilder(selection, options: options) { builder in
        try await builder.connected(for: ready.nodes.map(\.request)) { builder in
            var runner = PlanRunner(on: builder, limits: limits)
            runner.observer = observer
            return await runner.run(ready, events: SilentEvents())
        }
    }
}

/// Prepares nothing, but runs a queue of builds on one builder for as long as a body runs; see `BuildQueue`.
///
/// - Parameters:
///   - selection: The engine or builder that is meant, if any.
///   - options: The surroundings, the environment above all.
///   - limits: How much runs at a time, and what goes for builds that don't say otherwise.
public func withBuildQueue<Result: Sendable>(
    on selection: EngineSelection,
    options: EngineOptions = .ofThisProcess,
    limits: SchedulerLimits = SchedulerLimits(),
    _ body: (BuildQueue) async throws -> Result
) async throws -> Result {
    try await withBuilder(selection, options: options) { builder in
        // What will be built isn't known: a build that has to know the engine's platforms connects by itself.
        try await builder.connected(for: []) { builder in
            try await CaissonOrchestrator.withBuildQueue(on: builder, limits: limits, body)
        }
    }
}

/// For work whose progress is told otherwise.
private struct SilentEvents: BuildEventSink {
    func receive(_ event: BuildEvent) {}
}
