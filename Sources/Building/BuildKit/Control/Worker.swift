package import CaissonBuildModel

/// A worker of an engine: where steps run.
package struct Worker: Sendable, Hashable {
    /// The worker's id.
    package var id: String
    /// What it says of itself, e.g.
    ///
    /// `org.mobyproject.buildkit.worker.snapshotter`.
    package var labels: [String: String]
    /// The platforms it runs, its own first.
    package var platforms: [Platform]
    /// What is thrown away of its cache when, the rules applied one after the other.
    package var policies: [GarbagePolicy] = []
    /// Its BuildKit's version; empty where it is too old to say.
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
    /// Whether it is about everything, also what is shared or internal.
    package var isForAll: Bool
    /// What it is about, such as `type==source.local`; nothing for all kinds.
    package var filters: [String]
    /// How long what it is about is kept at least, in seconds; 0 for no matter how long.
    package var keepSeconds: Int64
    /// The bytes that are always kept.
    package var reservedBytes: Int64
    /// The bytes that the cache may have at most; 0 for any.
    package var maximumBytes: Int64
    /// The bytes of disk that are to stay free; 0 for none.
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
        // On the wire it is Go's time.Duration, in nanoseconds.
        keepSeconds = wire.keepDuration / 1_000_000_000
        reservedBytes = wire.reservedSpace
        maximumBytes = wire.maxUsedSpace
        freeBytes = wire.minFreeSpace
    }
}
