/// A normalised image reference: registry, repository, and a tag or digest or both.
public struct ImageReference: Sendable, Hashable {
    /// The registry's host and port, `docker.io` where none was named.
    public var domain: String
    /// The repository's path in it, such as `library/debian`.
    public var path: String
    /// The tag; nil where only a digest was given.
    public var tag: String?
    /// The digest, such as `sha256:…`.
    public var digest: String?

    /// Makes a reference of normalised parts.
    public init(domain: String, path: String, tag: String? = nil, digest: String? = nil) {
        self.domain = domain
        self.path = path
        self.tag = tag
        self.digest = digest
    }
}
