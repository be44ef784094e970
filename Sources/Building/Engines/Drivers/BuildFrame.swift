import CaissonBuildContext
import CaissonSecrets
import CaissonBuildModel

/// What every build has around it, on one engine or several: its secrets, who is told of it, and its end.
struct BuildFrame: Sendable {
    /// Who is told; nobody downstream sees what the mask knows.
    var events: StepTracker
    let secrets: SecretStore
    let masking: MaskingSink?
    /// The SSH agents that steps may use.
    let agents: SSHAgents

    /// Runs a build; its end is told, and its errors are the user's.
    static func run(
        _ request: BuildRequest,
        _ options: EngineOptions,
        _ events: any BuildEventSink,
        _ body: (BuildFrame) async throws -> BuildResult
    ) async throws -> BuildResult {
        let secrets: SecretStore
        do {
            secrets = try await SecretStore(request, environment: options.environment)
        } catch {
            throw fail(error, StepTracker(events), request)
        }
        let masking = secrets.mask.map { MaskingSink($0, next: events) }
        let steps = StepTracker(masking ?? events)
        do {
            let result = try await SSHAgents.with(request, environment: options.environment, home: options.home) { agents in
                try await body(BuildFrame(events: steps, secrets: secrets, masking: masking, agents: agents))
            }
            steps.receive(.finished(.succeeded(result)))
            return secrets.mask?.apply(result) ?? result
        } catch {
            let failure = fail(error, steps, request)
            throw secrets.mask?.apply(failure) ?? failure
        }
    }

    /// Tells of the end of a build by an error, and what the error means.
    private static func fail(_ error: any Error, _ steps: StepTracker, _ request: BuildRequest) -> BuildError {
        let failure = BuildError.of(error, steps: steps) { ResolvedDockerfile(request)?.excerptSource }
        steps.receive(.finished(failure.code == .cancelled ? .cancelled : .failed(failure.message)))
        return failure
    }
}

extension EngineBuild {
    /// A build in a frame.
    init(_ engine: Engine, _ request: BuildRequest, _ frame: BuildFrame) {
        self.init(
            engine: engine,
            request: request,
            events: frame.events,
            secrets: frame.secrets,
            masking: frame.masking,
            agents: frame.agents
        )
    }
}
