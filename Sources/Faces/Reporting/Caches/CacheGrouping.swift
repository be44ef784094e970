/// By what records of build caches are added up.
package enum CacheGrouping: String, CaseIterable, Sendable {
    /// By what they hold.
    case type
    /// By how long ago they were used.
    case age
    /// By whether images have the same layers.
    case sharing
    /// By node.
    case node
    /// By the build that made them, as far as that is known.
    case build
    /// Cache mounts by their ids.
    case mount
}
