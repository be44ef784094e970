package import CaissonBuildModel
package import CaissonHTTPClient
import Glibc

/// What a registry client is told about its surroundings.
package struct RegistryOptions: Sendable {
    /// Where credentials come from.
    package var credentials: CredentialStore
    /// The environment's proxies.
    package var proxies: ProxySettings
    /// The registries that may be used without TLS, or with certificates that aren't trusted; `*` for all.
    package var insecure: Set<String> = []
    /// The mirrors of registries that are asked first, by the registry's host: `host[:port]` or a URL.
    package var mirrors: [String: [String]] = [:]
    /// The folders that have a folder of certificates for each registry, in docker's layout.
    package var certificateFolders: [String] = []
    /// How often things are tried again.
    package var retry = RetryPolicy()
    /// How long name lookup, connect and TLS handshake may take.
    package var connectLimit: Duration = .seconds(10)
    /// How long a registry may be silent.
    package var silenceLimit: Duration = .seconds(60)
    /// Called with a message about what is tried again, and why.
    package var notice: @Sendable (FieldMessage) -> Void = { _ in }

    /// Makes options for a user, who is known by environment variables and a home directory.
    package init(variables: [String: String], home: String) {
        credentials = CredentialStore(variables: variables, home: home)
        proxies = ProxySettings(variables: variables)
        // The places where docker's daemon looks, and where a daemon looks that runs for one user.
        let own = variables["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home + "/.config"
        certificateFolders = (geteuid() == 0 ? [] : [own + "/docker/certs.d"]) + ["/etc/docker/certs.d"]
    }

    /// Whether a registry may be used without TLS: because the options say so, or because it runs on this machine.
    func isInsecure(_ host: String) -> Bool {
        insecure.contains("*") || insecure.contains(host) || Self.isLoopback(host)
    }

    /// Whether a `host[:port]` is this machine.
    static func isLoopback(_ host: String) -> Bool {
        let name = Authority(host)?.host ?? host
        return name == "localhost" || name.hasSuffix(".localhost") || name == "::1" || IPv4(name)?.isLoopback == true
    }
}

/// A host and a port.
struct Authority: Sendable, Hashable {
    var host: String
    var port: UInt16?

    /// Reads `host[:port]` or `[v6address][:port]`.
    init?(_ text: String) {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            port = rest.isEmpty ? nil : UInt16(rest.dropFirst())
            guard rest.isEmpty || port != nil else { return nil }
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, !first.isEmpty else { return nil }
        host = first.lowercased()
        port = parts.count == 2 ? UInt16(parts[1]) : nil
        guard parts.count == 1 || port != nil else { return nil }
    }
}
