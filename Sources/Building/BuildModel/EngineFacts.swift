/// Which engine it is.
public struct EngineIdentity: Sendable, Hashable {
    /// How people know it: a builder's name, else the address.
    public var name: String
    /// Where it is; of several nodes all places.
    public var address: String
    /// Which program it is; `unknown` before it was asked, and for a builder of different ones.
    public var kind: EngineKind
    /// Its own version; empty before it was asked and where it doesn't say.
    public var version: String

    /// Makes an identity.
    public init(name: String, address: String, kind: EngineKind = .unknown, version: String = "") {
        self.name = name
        self.address = address
        self.kind = kind
        self.version = version
    }
}

/// What an engine says of itself.
public struct EngineFacts: Sendable, Hashable {
    /// Which engine it is.
    public var identity: EngineIdentity
    /// The platforms that it builds for, its own one first.
    public var platforms: [Platform]
    /// How many builds it takes at once; nil where it doesn't say.
    public var capacity: Int?

    /// Makes facts.
    public init(identity: EngineIdentity, platforms: [Platform], capacity: Int? = nil) {
        self.identity = identity
        self.platforms = platforms
        self.capacity = capacity
    }
}

/// Whether an engine can be given a build.
public enum EngineHealth: Sendable, Hashable {
    /// It answered in time.
    case well(EngineFacts)
    /// It didn't, or what answered is no engine.
    case ill(BuildError)
}
