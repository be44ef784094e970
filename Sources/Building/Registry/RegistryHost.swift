/// The names that one registry goes by in configuration files.
package struct RegistryHost: Sendable, Hashable {
    /// The key under which docker keeps Docker Hub's credentials.
    package static let hubKey = "https://index.docker.io/v1/"

    /// What a helper is asked for.
    package var serverAddress: String
    /// The host and port alone, `docker.io` for Docker Hub under each of its names.
    package var host: String

    /// Reads `docker.io`, `host:port`, `https://host/v2/` and the like.
    package init(_ name: String) {
        let bare = Self.hostname(of: name)
        if Self.hubHosts.contains(bare) {
            host = "docker.io"
            serverAddress = Self.hubKey
        } else {
            host = bare
            serverAddress = bare
        }
    }

    /// The keys to look for, the exact one first.
    package var keys: [String] {
        host == "docker.io" ? [Self.hubKey] + Self.hubHosts : [host]
    }

    private static let hubHosts = ["index.docker.io", "docker.io", "registry-1.docker.io"]

    /// The host and port of a key, without scheme and path, in lower case.
    package static func hostname(of key: String) -> String {
        var rest = Substring(key)
        for scheme in ["https://", "http://"] where rest.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
        }
        return rest.prefix { $0 != "/" }.lowercased()
    }
}
