/// Where the files of a build stand in version control, as buildx tells the engine for the provenance (docker/buildx
/// build/git.go).
public struct SourceRevision: Sendable, Hashable {
    /// The repository's address, without a password.
    public var source: String?
    /// The commit; `-dirty` at its end where the work tree was to be looked at and had changes.
    public var commit: String?
    /// The context's directory below the work tree's root; `.` for the root.
    public var context: String?
    /// The directory of the Dockerfile below the work tree's root.
    public var dockerfile: String?

    /// Makes an empty one.
    public init() {}

    /// The attributes of the front end.
    package var attributes: [String: String] {
        var attributes: [String: String] = [:]
        attributes["vcs:source"] = source
        attributes["vcs:revision"] = commit
        attributes["vcs:localdir:context"] = context
        attributes["vcs:localdir:dockerfile"] = dockerfile
        return attributes
    }
}
