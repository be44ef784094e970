package import BuildModel

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
}

extension Worker {
    init(_ wire: WireWorkerRecord) {
        id = wire.id
        labels = wire.labels
        platforms = wire.platforms.map { Platform(os: $0.os, architecture: $0.architecture, variant: $0.variant) }
    }
}
