/// Which engine speaks at an address, as far as one can say before talking to it.
public enum EngineKind: String, Sendable, Hashable, Codable {
    /// Docker's daemon, with BuildKit behind `/grpc`.
    case dockerd
    /// BuildKit's own daemon.
    case buildkitd
    /// Podman's service, which builds from a tar.
    case podman
    /// To be found out by talking to it.
    case unknown
}
