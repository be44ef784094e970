package import CaissonPrivateEngine
import CaissonBuildKit
package import CaissonBuildModel
import CaissonHTTPClient
import CaissonRegistry

/// One engine that builds: dockerd, buildkitd or podman, reached by its address.
///
/// ```
/// build ─▶ connect ─▶ what can it do? ─▶ plan the outputs ─▶ open the files ─▶ BuildKit ─▶ what follows (save, push, load)
/// ```
/// An engine has no connection of its own between builds but one that is lent to it for several, so it may be kept, and
/// builds may run side by side.
package struct Engine: BuildEngine {
    /// What speaks at the address.
    enum Driver: Sendable {
        /// Docker's API: dockerd, or podman, as the first answer tells.
        case dockerd(DockerdConnection)
        case buildkitd(BuildkitdConnection)
    }

    let driver: Driver
    /// The address, e.g.
    ///
    /// `unix:///var/run/docker.sock`.
    package let address: String
    let options: EngineOptions
    /// What several builds use; nil where each connects by itself.
    var shared: SharedConnection?

    /// Runs one build to its end; see `BuildEngine`.
    package func build(
        _ request: BuildRequest,
        events: any BuildEventSink,
        batch: BatchPlace?
    ) async throws -> BuildResult {
        try await BuildScope.build(.init(request, on: address, options, events: events, batch: batch)) { scope in
            // Several platforms may take several builds.
            guard request.platforms.count > 1 || !request.platformBuildArgs.isEmpty else {
                return try await EngineBuild(self, request, scope).run()
            }
            let node = Builder.Node(name: address, engine: self)
            return try await PlatformBuild(nodes: [node], request: request, scope: scope).run()
        }
    }
}

/// What a build needs of its surroundings, given by the program it runs in.
public struct EngineOptions: Sendable {
    /// The environment: where docker's configuration is, and how dockerd is reached for `--load`.
    public var environment: [String: String]
    /// The user's home directory.
    public var home: String
    /// Whether dockerd is to build with what it had before BuildKit: `--classic`.
    public var usesClassicBuilder = false

    /// Makes options; without an environment no registry logins are found.
    public init(environment: [String: String] = [:], home: String = "/") {
        self.environment = environment
        self.home = home
    }

    /// The program that supervises a private engine; nil for the `caisson` found on `PATH`.
    package var supervisor: SupervisorCommand?

    var credentials: CredentialStore { CredentialStore(variables: environment, home: home) }
}
