import BuildKit
public import BuildModel
import HTTPClient
import Registry

/// One engine that builds: dockerd or buildkitd, reached by its address.
///
/// ```
/// build ─▶ connect ─▶ what can it do? ─▶ plan the outputs ─▶ open the files ─▶ BuildKit ─▶ what follows (save, push, load)
/// ```
/// An engine has no connection of its own between builds, so it may be kept, and builds may run side by side.
public struct Engine: BuildEngine {
    /// What speaks at the address.
    enum Driver: Sendable {
        case dockerd(DockerdConnection)
        case buildkitd(BuildkitdConnection)
    }

    let driver: Driver
    /// The address, e.g.
    ///
    /// `unix:///var/run/docker.sock`.
    public let address: String
    let options: EngineOptions

    /// Runs one build to its end; see `BuildEngine`.
    public func build(_ request: BuildRequest, events: any BuildEventSink) async throws -> BuildResult {
        let secrets: SecretStore
        do {
            secrets = try await SecretStore(request, environment: options.environment)
        } catch {
            throw fail(error, StepTracker(events), request)
        }
        // Nobody downstream sees what the mask knows, whatever the engine or we say.
        let masking = secrets.mask.map { MaskingSink($0, next: events) }
        let steps = StepTracker(masking ?? events)
        do {
            let build = EngineBuild(
                engine: self,
                request: request,
                events: steps,
                secrets: secrets,
                masking: masking
            )
            let result = try await build.run()
            steps.receive(.finished(.succeeded(result)))
            return secrets.mask?.apply(result) ?? result
        } catch {
            let failure = fail(error, steps, request)
            throw secrets.mask?.apply(failure) ?? failure
        }
    }

    /// Tells of the end of a build by an error, and what the error means.
    private func fail(_ error: any Error, _ steps: StepTracker, _ request: BuildRequest) -> BuildError {
        let failure = BuildError.of(error, steps: steps) { DockerfileText.read(request) }
        steps.receive(.finished(failure.code == .cancelled ? .cancelled : .failed(failure.message)))
        return failure
    }
}

/// What a build needs of its surroundings, given by the program it runs in.
public struct EngineOptions: Sendable {
    /// The next bytes of standard input, none at its end; nil where there is no standard input to build from.
    public var standardInput: (@Sendable () async throws -> [UInt8])?
    /// The environment: where docker's configuration is, and how dockerd is reached for `--load`.
    public var environment: [String: String]
    /// The user's home directory.
    public var home: String

    /// Makes options; without an environment no registry logins are found.
    public init(
        environment: [String: String] = [:],
        home: String = "/",
        standardInput: (@Sendable () async throws -> [UInt8])? = nil
    ) {
        self.environment = environment
        self.home = home
        self.standardInput = standardInput
    }

    /// The program that supervises a private engine; nil for the `caisson` found on `PATH`.
    package var supervisor: SupervisorCommand?

    var credentials: CredentialStore { CredentialStore(variables: environment, home: home) }
}
