/// A build that was looked at on this machine: what it names is there, and what it means is filled in.
public struct PreparedBuild: Sendable, Hashable {
    /// The build, with its context and Dockerfile as they were found; ready for an engine.
    public let request: BuildRequest
    /// What its user should know before it runs: what was given and nothing uses.
    public let notices: [FieldMessage]

    /// Says that a build was looked at.
    package init(_ request: BuildRequest, notices: [FieldMessage] = []) {
        self.request = request
        self.notices = notices
    }
}

/// What a build may find on the machine that asks for it.
public struct Surroundings: Sendable, Hashable {
    /// The environment, where secrets, agents and logins may be.
    public var environment: [String: String]
    /// The user's home directory.
    public var home: String
    /// The descriptor of standard input; nil where there is none to build from.
    public var standardInput: Int32?

    /// Makes surroundings; without a home directory the environment's is taken.
    public init(environment: [String: String] = [:], home: String? = nil, standardInput: Int32? = nil) {
        self.environment = environment
        self.home = home ?? environment["HOME"] ?? "/"
        self.standardInput = standardInput
    }
}
