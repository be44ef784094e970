import CaissonText

/// What is to be removed of an engine's build cache, in BuildKit's terms (moby/buildkit client/prune.go).
///
/// What is in use always stays.
public struct CachePrune: Sendable, Hashable {
    /// Whether what is shared with images, and what is BuildKit's own, goes as well.
    public var includesAll = false
    /// What is meant, in the language of containerd's filters; a record is meant when one of them holds, or there is none.
    public var filters: [String] = []
    /// What was used within this time stays.
    public var keepDuration = Duration.zero
    /// Nothing is removed below so many bytes of cache.
    public var reservedBytes: Int64 = 0
    /// So many bytes of cache stay at most; 0 for any number.
    ///
    /// Needs BuildKit 0.17.
    public var maximumBytes: Int64 = 0
    /// So many bytes of the disk are to be free after; 0 for any number.
    ///
    /// Needs BuildKit 0.17.
    public var freeBytes: Int64 = 0

    /// Makes an order to remove what nobody uses and nothing else shares.
    public init(filters: [String] = []) { self.filters = filters }

    /// Filters that mean just these records; none of an id that BuildKit can't have given.
    package static func filters(ids: [String]) -> [String] {
        ids.filter { !$0.isEmpty && $0.utf8.allSatisfy { $0.isAlphanumeric } }.map { "id==\($0)" }
    }

    /// Whether only BuildKit 0.17 and newer understand it; older ones would remove more than was asked for.
    package var needsSpaceLimits: Bool { maximumBytes > 0 || freeBytes > 0 }
}

/// What was seen to leave an engine's cache.
public struct CacheRemoval: Sendable, Hashable {
    /// When, by this machine's clock.
    public var time: Timestamp
    /// The engine's address, such as `unix:///var/run/docker.sock`.
    public var engine: String
    /// What removed it: `caisson cache prune`, or a policy's name.
    public var cause: String
    /// What the removed records say of themselves, such as `mount / from exec /bin/sh -c make`; of many the first ones.
    public var descriptions: [String] = []
    /// How many records went.
    public var count = 0
    /// How many bytes.
    public var size: Int64 = 0

    /// Makes a removal of nothing yet.
    public init(from engine: String, by cause: String, at time: Timestamp) {
        self.engine = engine
        self.cause = cause
        self.time = time
    }
}
