import CaissonBuildKit

/// A rule by which an engine keeps its cache small; it applies its rules one after the other.
package struct CachePolicy: Sendable, Hashable, Encodable {
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

    private enum CodingKeys: String, CodingKey {
        case isForAll = "all"
        case filters
        case keepSeconds
        case reservedBytes
        case maximumBytes
        case freeBytes
    }

    init(_ policy: GarbagePolicy) {
        isForAll = policy.isForAll
        filters = policy.filters
        keepSeconds = policy.keepSeconds
        reservedBytes = policy.reservedBytes
        maximumBytes = policy.maximumBytes
        freeBytes = policy.freeBytes
    }

    /// The rule in one line, such as `type==source.local, unused for 48h, above 9.1 GB`.
    package var text: String {
        var words = filters.isEmpty ? [isForAll ? "everything" : "unshared"] : filters
        if keepSeconds > 0 { words.append("unused for \(keepSeconds / 3600)h") }
        if reservedBytes > 0 { words.append("above \(Self.gigabytes(reservedBytes))") }
        if maximumBytes > 0 { words.append("at most \(Self.gigabytes(maximumBytes))") }
        if freeBytes > 0 { words.append("when less than \(Self.gigabytes(freeBytes)) is free") }
        return words.joined(separator: ", ")
    }

    private static func gigabytes(_ bytes: Int64) -> String {
        let tenths = bytes / 100_000_000
        return "\(tenths / 10).\(tenths % 10) GB"
    }
}
