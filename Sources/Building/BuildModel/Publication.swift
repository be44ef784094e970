/// An image that was pushed without a tag, and the tags that it is to get: what `publish: together` sets at the end.
public struct Publication: Sendable, Hashable {
    /// The node of the plan that made it.
    public var node: String
    /// The digest of its manifest or index.
    public var digest: String
    /// What it is to be called; the repository of each of them has it already.
    public var tags: [ImageReference]
    /// The registries, as `host[:port]`, that may be spoken to without TLS; `*` for all.
    public var insecureRegistries: Set<String>

    /// Makes a publication.
    public init(node: String, digest: String, tags: [ImageReference], insecureRegistries: Set<String> = []) {
        self.node = node
        self.digest = digest
        self.tags = tags
        self.insecureRegistries = insecureRegistries
    }
}
