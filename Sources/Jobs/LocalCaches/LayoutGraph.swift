import CaissonBuildModel
import CaissonJSON
import CaissonText

/// Which blobs name which, from the index down.
///
///     index.json ─▶ entry ─▶ manifest ─▶ config, layers
///                        └▶ index ─▶ manifest ─▶ …
///
/// What may name others is read whole and checked against its digest; layers and configurations aren't read. What
/// hostile folders could do with it is bounded: bytes a manifest and all together, levels, blobs, and names in all.
struct LayoutGraph: Sendable {
    /// What bounds the reading.
    struct Limits: Sendable {
        /// Bytes of one manifest: BuildKit reads caches' up to 1 MiB (`readBlob` of `cache/remotecache/import.go`),
        /// containerd others up to 8 MiB.
        var manifestBytes = 8 << 20
        /// Bytes of all manifests together.
        var allBytes = 512 << 20
        /// Levels of manifests below the index.
        var depth = 8
        /// Blobs that are named.
        var nodes = 1 << 20
        /// Names in all: each blob once for each that names it.
        var edges = 4 << 20
    }

    /// What is known of a blob's content.
    enum State: Sendable, Hashable {
        /// It isn't read, or it is as its digest says.
        case fine
        /// Its content isn't what its digest says, or it is no manifest where one should be.
        case damaged
        /// It can't be read, so what it names isn't known.
        case unreadable(String)
    }

    /// A blob that is named.
    struct Node: Sendable {
        let digest: BlobDigest
        var mediaType: String
        /// The length by the descriptor that was seen first.
        var declaredSize: Int64?
        var state = State.fine
        /// What it names, by index, without doubles.
        var children: [Int] = []
        /// Whether it is, or names, a configuration of a cache.
        var isCacheManifest = false
        /// Whether it names manifests rather than layers.
        var isIndex = false
        /// The file's; nil where there is none.
        var facts: BlobFacts?
        /// Whether something other than a regular file has its name.
        var isStrange = false
    }

    var nodes: [Node] = []
    var positions: [BlobDigest: Int] = [:]
    /// The node of each entry of the index; nil where its digest is none that names a file here.
    var roots: [Int?] = []
    /// What Docker's `manifest.json` names beside them.
    var others: [Int] = []
    /// Why not all that is named is known; empty where it is.
    var problems: [String] = []

    /// All that can be reached from a node, itself included, in no particular order.
    ///
    /// - Parameters:
    ///   - marks: A number for each node, kept from call to call: those that have `mark` were reached.
    ///   - budget: How many names may be looked at; where that isn't enough it is negative afterwards.
    func reach(from root: Int, marks: inout [Int], mark: Int, budget: inout Int) -> [Int] {
        guard marks[root] != mark else { return [] }
        marks[root] = mark
        var found = [root]
        var next = 0
        while next < found.count, budget >= 0 {
            budget -= nodes[found[next]].children.count
            for child in nodes[found[next]].children where marks[child] != mark {
                marks[child] = mark
                found.append(child)
            }
            next += 1
        }
        return found
    }
}

/// What a manifest says of a blob.
struct Descriptor: Sendable {
    let digest: BlobDigest
    let mediaType: String
    let size: Int64?

    /// The digest of a descriptor that has one of a kind that isn't known here, so that what it names isn't either.
    static func foreignDigest(_ value: JSON?) -> String? {
        guard let text = value?["digest"]?.string, let (algorithm, _) = text.cut(at: ":"), !algorithm.isEmpty,
            ContentDigest.Algorithm(rawValue: algorithm) == nil
        else { return nil }
        return text
    }

    init?(_ value: JSON?) {
        guard let digest = value?["digest"]?.string.flatMap(BlobDigest.init(parsing:)) else { return nil }
        self.digest = digest
        mediaType = value?["mediaType"]?.string ?? ""
        size = value?["size"]?.integer
    }

    /// The configuration of a cache (`CacheConfigMediaTypeV0` of BuildKit's `cache/remotecache/v1/types`).
    var isCacheConfiguration: Bool { mediaType == "application/vnd.buildkit.cacheconfig.v0" }

    /// Whether it is a manifest or an index by its type.
    var isManifest: Bool { Self.isManifest(mediaType) }

    /// Whether a type is one of manifests or indexes.
    static func isManifest(_ mediaType: String) -> Bool { manifestTypes.contains(mediaType) }

    /// Whether it is, by its type, nothing that names blobs: a cache of the older form lists layers where manifests
    /// are.
    var isLeaf: Bool { Self.leafPrefixes.contains { mediaType.hasPrefix($0) } }

    private static let manifestTypes: Set<String> = [
        "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.artifact.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
    ]

    private static let leafPrefixes = [
        "application/vnd.oci.image.layer.", "application/vnd.oci.image.config.", "application/vnd.docker.image.rootfs.",
        "application/vnd.docker.container.image.", "application/vnd.buildkit.cacheconfig.",
    ]
}
