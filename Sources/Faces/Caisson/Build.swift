public import CaissonBuildModel
public import CaissonEngines
import CaissonPreparation

/// Prepares a build and runs it on the builder that is meant, as the command does.
///
/// What the build names on this machine is looked at before an engine is found or started; see `prepare(_:in:)`. To run
/// several builds on one engine, prepare each and give its request to the engine of `withBuilder`.
///
/// - Parameters:
///   - request: The build.
///   - selection: The engine or builder that is meant, if any.
///   - options: The surroundings, the environment above all.
///   - standardInput: The descriptor that a context or a Dockerfile is read from where the build says so.
///   - events: Told of everything that happens from then on.
/// - Throws: `BuildError`, with the code that decides the exit status.
public func build(
    _ request: BuildRequest,
    on selection: EngineSelection = EngineSelection(),
    options: EngineOptions = .ofThisProcess,
    standardInput: Int32? = nil,
    events: any BuildEventSink
) async throws -> BuildResult {
    let surroundings = Surroundings(
        environment: options.environment,
        home: options.home,
        standardInput: standardInput
    )
    let prepared = try prepare(request, in: surroundings)
    return try await withBuilder(selection, options: options) { builder in
        try await builder.build(prepared.request, events: events)
    }
}
