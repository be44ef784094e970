import CaissonBuildModel
package import CaissonSystem
import Glibc

extension Discovery {
    /// The places where engines listen when nobody says otherwise, in the order in which they are looked at.
    package var defaultEndpoints: [EngineEndpoint] {
        var runtime = environment.variable("XDG_RUNTIME_DIR")
        if runtime == nil, environment.userID != 0 { runtime = "/run/user/\(environment.userID)" }
        var places: [(String, EngineKind, String)] = [
            ("/run/buildkit/buildkitd.sock", .buildkitd, "buildkitd's socket")
        ]
        if let runtime {
            places.append((runtime + "/buildkit/buildkitd.sock", .buildkitd, "rootless buildkitd's socket"))
        }
        places.append(("/var/run/docker.sock", .dockerd, "dockerd's socket"))
        places.append(("/run/docker.sock", .dockerd, "dockerd's socket"))
        if let runtime {
            places.append((runtime + "/docker.sock", .dockerd, "rootless dockerd's socket"))
            places.append((runtime + "/podman/podman.sock", .podman, "rootless podman's socket"))
        }
        places.append(("/run/podman/podman.sock", .podman, "podman's socket"))
        return places.filter { $0.0.hasPrefix("/") && $0.0.utf8.count <= UnixSocket.longestPath }.map {
            EngineEndpoint(address: "unix://" + $0.0, kind: $0.1, origin: FieldMessage($0.2))
        }
    }

    /// Each known engine with what is at its address now: what a list of builders shows.
    ///
    /// Addresses that aren't Unix sockets are not dialled and have no state.
    package func survey() -> [(endpoint: EngineEndpoint, state: SocketState?)] {
        var endpoints: [EngineEndpoint] = []
        if let choice = try? named(Selection()), case .endpoint(let endpoint) = choice { endpoints.append(endpoint) }
        let contexts = DockerContexts(environment: environment)
        for context in contexts.all() {
            if let endpoint = try? contexts.endpoint(named: context.name, origin: "") { endpoints.append(endpoint) }
        }
        endpoints += defaultEndpoints
        var seen: Set<String> = []
        return endpoints.compactMap { endpoint in
            guard seen.insert(Self.identity(endpoint)).inserted else { return nil }
            let state = endpoint.socketPath.map { environment.probe($0) }
            let isDefault = defaultEndpoints.contains(endpoint)
            return isDefault && state == .missing ? nil : (endpoint, state)
        }
    }

    /// /var/run is a link to /run on every system that has both.
    private static func identity(_ endpoint: EngineEndpoint) -> String {
        guard let path = endpoint.socketPath, path.hasPrefix("/var/run/") else { return endpoint.address }
        return "unix://" + path.dropFirst("/var".count)
    }

    /// A socket that somebody named must be there, be ours to use and be listened on.
    func require(_ endpoint: EngineEndpoint) throws(EngineError) {
        guard let path = endpoint.socketPath else { return }
        let from: FieldMessage = "(from \(message: endpoint.origin))"
        switch environment.probe(path) {
        case .live:
            return
        case .missing:
            throw EngineError(
                .unreachable,
                "there is no socket \(path) \(message: from); start the engine or name another address"
            )
        case .notSocket:
            throw EngineError(.unreachable, "\(path) \(message: from) is not a socket; name the engine's socket")
        case .dead:
            throw EngineError(
                .unreachable,
                "nobody listens on \(path) \(message: from): the engine isn't running; start it"
            )
        case .denied(let group):
            throw denied(path, group: group)
        case .failed(let code):
            throw EngineError(
                .unreachable,
                "\(path) \(message: from) can't be connected to: \(String(cString: strerror(code)))"
            )
        }
    }

    func lookAtDefaults() throws(EngineError) -> Result {
        var notices: [String] = []
        var refused: EngineError?
        var seen: Set<String> = []
        for endpoint in defaultEndpoints where seen.insert(Self.identity(endpoint)).inserted {
            guard let path = endpoint.socketPath else { continue }
            switch environment.probe(path) {
            case .missing:
                // Kept out of `seen`: where /var/run is no link, /run is another place.
                seen.remove(Self.identity(endpoint))
            case .live:
                if let refused { notices.append(refused.message) }
                return Result(choice: .endpoint(endpoint), notices: notices)
            case .denied where endpoint.kind == .podman:
                // Root's own, as usual where users have theirs: nothing that anybody misses.
                continue
            case .denied(let group):
                refused = refused ?? denied(path, group: group)
            case .dead:
                notices.append("passed over \(path): nobody listens on it")
            case .notSocket:
                notices.append("passed over \(path): it is not a socket")
            case .failed(let code):
                notices.append("passed over \(path): \(String(cString: strerror(code)))")
            }
        }
        if let refused { throw refused }
        return Result(choice: .privateEngine, notices: notices)
    }

    private func denied(_ path: String, group: String?) -> EngineError {
        var message = "you may not use the socket \(path)"
        if let group, group != "root" {
            message += "; join the group “\(group)” (sudo usermod -aG \(group) \"$USER\", then log in again)"
        } else {
            message += " of root's; run as root, or ask for a group that may use it"
        }
        return EngineError(.permission, message)
    }
}
