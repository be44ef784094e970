package import CaissonBuildModel
import CaissonHTTPClient

/// A repository of a registry.
package struct Repository: Sendable, Hashable {
    /// The registry's host and port as references name it, `docker.io` for Docker Hub.
    package var host: String
    /// The repository's path in it.
    package var path: String

    /// Makes a repository of its parts.
    package init(host: String, path: String) {
        self.host = host
        self.path = path
    }

    /// The repository that a reference points into.
    package init(_ reference: ImageReference) {
        self.init(host: reference.domain, path: reference.path)
    }

    /// A reference to content of this repository by its digest.
    package func reference(_ digest: ContentDigest) -> ImageReference {
        ImageReference(domain: host, path: path, digest: digest.description)
    }
}

extension Repository: CustomStringConvertible {
    /// `HOST/PATH`.
    package var description: String { "\(host)/\(path)" }
}

/// A call to a registry: one request, and which answers are accepted.
struct RegistryCall: Sendable {
    /// The permission that a call needs.
    enum Access: Sendable {
        case pull, push, delete

        var actions: String {
            switch self {
            case .pull: "pull"
            case .push: "pull,push"
            case .delete: "delete,pull,push"
            }
        }
    }

    /// The method.
    var method: String
    /// The repository.
    var repository: Repository
    /// The path after the repository's, such as `manifests/latest`.
    var path: String
    /// What the call is about, in words for messages.
    var subject: String
    /// The permission that it needs.
    var access = Access.pull
    /// The query.
    var query: [(String, String)] = []
    /// The other repository that must be readable, for mounts.
    var alsoReads: String?
    /// Header fields.
    var headers = HTTPHeaders()
    /// The body.
    var body = HTTPRequestBody.none
    /// The statuses that count as success.
    var accepted: Set<Int> = [200]
    /// Whether it may be sent again when it isn't known whether the first request was carried out.
    var isRepeatable = true
    /// The location that a registry gave us for this call, used instead of the path.
    var location: Location?

    init(_ method: String, _ repository: Repository, _ path: String, subject: String) {
        self.method = method
        self.repository = repository
        self.path = path
        self.subject = subject
    }

    /// The scopes that a token for the call needs, sorted.
    var scopes: [String] {
        var scopes = ["repository:\(repository.path):\(access.actions)"]
        if let alsoReads { scopes.append("repository:\(alsoReads):pull") }
        return scopes.sorted()
    }

    /// The path and query at a registry's address.
    func target(at base: RegistryBase) -> String {
        let query = query.map { "\($0.0)=\(Location.escaped($0.1))" }.joined(separator: "&")
        return "\(base.prefix)/v2/\(repository.path)/\(path)" + (query.isEmpty ? "" : "?\(query)")
    }
}
