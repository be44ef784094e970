package import CaissonBuildModel

/// A worker of an engine: where steps run.
package struct Worker: Sendable, Hashable {
    /// The worker's id.
    package var id: String
    /// What it says of itself, such as `org.mobyproject.buildkit.worker.snapshotter`.
    package var labels: [String: String]
    /// The platforms it runs, its own first.
    package var platforms: [Platform]
    /// The rules by which it removes parts of its cache, in the order in which they are applied.
    package var policies: [GarbagePolicy] = []
    /// The version of its BuildKit; empty where the engine is too old to tell.
    package var version = ""

    /// Makes a worker.
    package init(id: String, labels: [String: String], platforms: [Platform]) {
        self.id = id
        self.labels = labels
        self.platforms = platforms
    }
}

/// A rule by which an engine keeps its cache small (moby/buildkit api/types/worker.proto).
package struct GarbagePolicy: Sendable, Hashable {
    /// Whether the rule is about everything, including what is shared or internal.
    package var isForAll: Bool
    /// What the rule is about, such as `type==source.local`; empty for all kinds.
    package var filters: [String]
    /// How long such content is kept at least, in seconds; 0 for any age.
    package var keepSeconds: Int64
    /// The bytes that are always kept.
    package var reservedBytes: Int64
    /// The bytes that the cache may have at most; 0 for any.
    package var maximumBytes: Int64
    /// The bytes of disk that have to stay free; 0 for none.
    package var freeBytes: Int64
}

extension Worker {
    init(_ wire: WireWorkerRecord) {
        id = wire.id
        labels = wire.labels
        let all = wire.platforms.map { Platform(os: $0.os, architecture: $0.architecture, variant: $0.variant) }
        // Some engines name their own platform twice.
        platforms = all.enumerated().filter { all.firstIndex(of: $1) == $0 }.map(\.1)
        policies = wire.gcpolicy.map(GarbagePolicy.init)
        version = wire.buildkitVersion.version
    }
}

extension GarbagePolicy {
    init(_ wire: WireGCPolicy) {
        isForAll = wire.all
        filters = wire.filters
        // The wire has a Go time.Duration, which counts nanoseconds.
        keepSeconds = wire.keepDuration / 1_000_000_000
        reservedBytes = wire.reservedSpace
        maximumBytes = wire.maxUsedSpace
        freeBytes = wire.minFreeSpace
    }
}
