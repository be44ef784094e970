import CaissonBuildModel
import FoundationEssentials
import CaissonRegistry

/// The registry logins of a build, which an engine without sessions gets all at once with the request.
struct RegistryLogins: Sendable {
    /// A login in docker's spelling.
    struct Login: Encodable, Sendable {
        var username: String?
        var password: String?
        var identitytoken: String?

        init(_ credentials: Credentials) {
            if credentials.isIdentityToken {
                identitytoken = credentials.secret
            } else {
                username = credentials.username
                password = credentials.secret
            }
        }
    }

    /// The logins by registry.
    private var logins: [String: Login] = [:]

    /// The logins that a build may need.
    ///
    /// - Parameter dockerfile: Its text where it is here: registries that it can't name aren't asked for.
    init(_ store: CredentialStore, dockerfile: SourceInfo?) async throws {
        for registry in RegistryLogins.needed(try store.registries(), in: dockerfile) {
            guard let found = try await store.credentials(for: registry) else { continue }
            logins[registry == "docker.io" ? RegistryHost.hubKey : registry] = Login(found)
        }
    }

    /// Those of the registries that a Dockerfile's base images may come from.
    static func needed(_ registries: [String], in dockerfile: SourceInfo?) -> [String] {
        guard let dockerfile else { return registries }
        let lines = String(decoding: dockerfile.data, as: UTF8.self).lowercased().split(whereSeparator: \.isNewline)
        // Where an image's name is a variable, its registry may be any.
        let isVariable = lines.contains { line in
            line.contains("$") && (line.drop(while: \.isWhitespace).hasPrefix("from") || line.contains("from="))
        }
        guard !isVariable else { return registries }
        return registries.filter { host in host == "docker.io" || lines.contains { $0.contains(host) } }
    }

    /// The header that carries them; nil where there are none.
    var header: (name: String, value: String)? {
        guard !logins.isEmpty, let json = try? JSONEncoder().encode(logins) else { return nil }
        // URL-safe, as both engines take it.
        let value = String(json.base64EncodedString().map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
        return ("X-Registry-Config", value)
    }
}
