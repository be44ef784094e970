package import CaissonBuildModel

/// What is asked of an engine to carry its cache mounts.
package struct MountEngine: Sendable {
    /// The engine as it is named in messages.
    package var name: String
    /// Whether the records of cache mounts tell their ids.
    package var tellsIDs: Bool
    /// Runs a build to its end.
    package var build: @Sendable (BuildRequest) async throws -> Void
    /// The records of the build cache.
    package var records: @Sendable () async throws -> [CacheRecord]
    /// Removes records.
    package var prune: @Sendable (CachePrune) async throws -> Void

    /// Takes what speaks to the engine.
    package init(
        name: String,
        tellsIDs: Bool,
        build: @escaping @Sendable (BuildRequest) async throws -> Void,
        records: @escaping @Sendable () async throws -> [CacheRecord],
        prune: @escaping @Sendable (CachePrune) async throws -> Void
    ) {
        self.name = name
        self.tellsIDs = tellsIDs
        self.build = build
        self.records = records
        self.prune = prune
    }
}
