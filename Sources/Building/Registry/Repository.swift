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

    /// The repository that a reference is into.
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

/// What is wanted of a registry: one request, and what its answer may be.
struct RegistryCall: Sendable {
    /// What must be allowed for it.
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
    /// What it is about, in words for messages.
    var subject: String
    /// What must be allowed.
    var access = Access.pull
    /// The query.
    var query: [(String, String)] = []
    /// The repository beside this one that must be readable, for mounts.
    var alsoReads: String?
    /// Header fields.
    var headers = HTTPHeaders()
    /// The body.
    var body = HTTPRequestBody.none
    /// The statuses that are no failure.
    var accepted: Set<Int> = [200]
    /// Whether it may be sent again when nobody knows whether it was done.
    var isRepeatable = true
    /// Where to, when a registry said so, instead of the path.
    var location: Location?

    init(_ method: String, _ repository: Repository, _ path: String, subject: String) {
        self.method = method
        self.repository = repository
        self.path = path
        self.subject = subject
    }

    /// What a token has to be for, sorted.
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
