import CaissonBuildContext
import CaissonRemedies
import CaissonSecrets
package import CaissonBuildModel

/// What every build has around it, on one engine or several: its id, its secrets, who is told of it, and its end.
///
/// ```
/// driver ─▶ StepTracker ─▶ BuildOutlet: mask ─▶ number and date ─▶ the caller's sink
///                          results, errors and answers: mask ─▶ the caller
/// ```
/// Here alone a build starts and ends, and nothing leaves it by another way.
package struct BuildScope: Sendable {
    /// What a scope is made for.
    package struct Call: Sendable {
        var request: BuildRequest
        /// The engine or builder, by the name that people know.
        var engine: String
        var options: EngineOptions
        var events: any BuildEventSink
        /// Which target of a batch it is, and what it and the others have of each other; nil for a build by itself.
        var batch: BatchPlace?

        /// Makes a call.
        package init(
            _ request: BuildRequest,
            on engine: String,
            _ options: EngineOptions,
            events: any BuildEventSink,
            batch: BatchPlace? = nil
        ) {
            self.batch = batch
            self.request = request
            self.engine = engine
            self.options = options
            self.events = events
        }
    }

    /// The build's reference on its engine.
    package internal(set) var ref: String
    /// Who is told; nobody downstream sees what the mask knows.
    var events: StepTracker
    let secrets: SecretStore
    /// The SSH agents that steps may use.
    let agents: SSHAgents
    /// Its place in a batch; nil for a build by itself.
    var batch: BatchPlace?
    private let outlet: BuildOutlet

    /// Whether a step printed or named a secret, so that the engine has seen it in what it keeps of a build.
    var hasMasked: Bool { outlet.hasMasked }

    /// Tells of something that happened.
    package func tell(_ kind: BuildEvent.Kind) { events.receive(kind) }

    /// Runs a build; its beginning and end are told, and its errors are the user's.
    package static func build(
        _ call: Call,
        _ body: (BuildScope) async throws -> BuildResult
    ) async throws -> BuildResult {
        let outcome = try await run(call) { scope in
            let result = try await SSHAgents.with(
                call.request,
                environment: call.options.environment,
                home: call.options.home
            ) { agents in try await body(BuildScope(scope, agents)) }
            for artifact in call.request.artifacts(of: result) { scope.tell(.artifact(artifact)) }
            return .succeeded(result)
        }
        guard case .succeeded(let result) = outcome else { throw BuildError(.engine, "the build had no result") }
        return result
    }

    /// Asks a question; it is told of as a build is.
    package static func ask(
        _ call: Call,
        _ body: (BuildScope) async throws -> BuildAnswer
    ) async throws -> BuildAnswer {
        let outcome = try await run(call) { .answered(try await body($0)) }
        guard case .answered(let answer) = outcome else { throw BuildError(.engine, "the question had no answer") }
        return answer
    }

    private static func run(
        _ call: Call,
        _ body: (BuildScope) async throws -> BuildOutcome
    ) async throws -> BuildOutcome {
        let id = call.request.id ?? BuildID()
        let secrets = await Result { try await SecretStore(call.request, environment: call.options.environment) }
        let outlet = BuildOutlet(id, try? secrets.get().outgoing, call.events)
        outlet.begin(BuildStart(engine: call.engine))
        let steps = StepTracker(outlet.tell)
        do {
            let scope = BuildScope(id.description, steps, try secrets.get(), outlet, call.batch)
            return outlet.end(try await body(scope))
        } catch {
            let failure = BuildError.of(error, steps: steps) { ResolvedDockerfile(call.request)?.excerptSource }
            let fullDisk = failure.step.flatMap { steps.fullDisk(of: $0.vertex) }
            throw outlet.fail(outlet.masked(failure).withRemedy(for: call.request, fullDisk: fullDisk))
        }
    }

    private init(
        _ ref: String,
        _ events: StepTracker,
        _ secrets: SecretStore,
        _ outlet: BuildOutlet,
        _ batch: BatchPlace?
    ) {
        self.batch = batch
        self.ref = ref
        self.events = events
        self.secrets = secrets
        self.outlet = outlet
        agents = SSHAgents()
    }

    private init(_ scope: BuildScope, _ agents: SSHAgents) {
        ref = scope.ref
        events = scope.events
        secrets = scope.secrets
        outlet = scope.outlet
        batch = scope.batch
        self.agents = agents
    }
}

extension Result where Failure == any Error {
    /// What work gives or throws.
    fileprivate init(_ work: () async throws -> Success) async {
        do {
            self = .success(try await work())
        } catch {
            self = .failure(error)
        }
    }
}
