package import CaissonEngineDiscovery
import CaissonPrivateEngine
package import CaissonBuildModel
import CaissonHTTPClient

/// Which engine is meant, where it isn't left to the environment.
public struct EngineSelection: Sendable, Hashable {
    /// An address: `unix:///path` or `tcp://host:port`.
    public var address: String?
    /// A name: `private`, `default`, or a docker context's.
    public var builder: String?

    /// Makes a selection; nothing given leaves the choice to the environment.
    public init(address: String? = nil, builder: String? = nil) {
        self.address = address
        self.builder = builder
    }
}

/// Finds the engine, or starts the private one, and lends it to `body`.
///
/// The order is that of `withBuilder`, which knows builders of several nodes, too.
///
/// - Parameters:
///   - selection: The engine that is meant, if any.
///   - options: The surroundings, the environment above all.
///   - notice: Told what was passed over on the way.
///   - body: Uses the engine; a private engine stays alive as long as it runs.
/// - Throws: `BuildError` where none is found, reached or started; what `body` throws.
package func withEngine<Result: Sendable>(
    _ selection: EngineSelection = EngineSelection(),
    options: EngineOptions,
    notice: @Sendable (FieldMessage) -> Void = { _ in },
    _ body: (Engine) async throws -> Result
) async throws -> Result {
    do {
        let environment = DiscoveryEnvironment.ofThisProcess(variables: options.environment)
        let found = try Discovery(environment: environment)
            .choose(Discovery.Selection(address: selection.address, builder: selection.builder))
        found.notices.map(FieldMessage.init(_:)).forEach(notice)
        switch found.choice {
        case .endpoint(let endpoint):
            return try await withTunnel(endpoint, variables: options.environment) { reached in
                try await body(try await Engine(reached, options, address: endpoint.address))
            }
        case .privateEngine:
            let own = PrivateEngine(
                PrivateEngine.Options(
                    variables: options.environment,
                    home: options.home,
                    supervisor: options.supervisor
                )
            )
            return try await own.withEngine { access in
                access.notices.map(FieldMessage.init(_:)).forEach(notice)
                return try await body(try await Engine(access.endpoint, options))
            }
        }
    } catch let error as EngineError {
        throw BuildError(error)
    } catch let error as HTTPClientError {
        throw BuildError(.engine, error.message)
    }
}

extension Engine {
    /// The engine at an endpoint; where its kind isn't known it is asked.
    ///
    /// `address` is how people know it, where it is reached over a socket of ours.
    init(_ found: EngineEndpoint, _ options: EngineOptions, address: String? = nil) async throws {
        let endpoint = try Endpoint(found)
        switch found.kind {
        case .unknown: driver = try await Engine.driver(endpoint)
        case .buildkitd: driver = .buildkitd(BuildkitdConnection(endpoint: endpoint))
        default: driver = .dockerd(DockerdConnection(endpoint: endpoint))
        }
        self.address = address ?? found.address
        self.options = options
    }

    /// Finds out who is there: dockerd speaks HTTP/1.1, buildkitd HTTP/2 alone.
    private static func driver(_ endpoint: Endpoint) async throws -> Driver {
        let stream = try await dial(endpoint)
        do {
            let reply = try await stream.ping(timeout: .seconds(10))
            let first = reply.isReusable ? FirstAnswer(stream, reply) : nil
            if first == nil { stream.close() }
            return .dockerd(DockerdConnection(endpoint: endpoint, first: first))
        } catch {
            stream.close()
            guard (error as? HTTPClientError)?.code == .notHTTP else { throw error }
            return .buildkitd(BuildkitdConnection(endpoint: endpoint))
        }
    }
}

extension Discovery {
    /// The dockerd that `docker` itself would speak to: there `--load` puts images.
    static func docker(_ environment: [String: String]) throws(BuildError) -> EngineEndpoint {
        do {
            return try Discovery(environment: .ofThisProcess(variables: environment)).docker()
        } catch {
            throw BuildError(error)
        }
    }
}

extension BuildError {
    /// What a failure to find or start an engine means for the exit status.
    package init(_ error: EngineError) {
        switch error.code {
        case .badAddress, .configuration: self.init(.usage, error.wording)
        case .deadlineExceeded: self.init(.deadlineExceeded, error.wording)
        default: self.init(.engine, error.wording)
        }
    }
}
