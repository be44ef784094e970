package import CaissonSystem

/// What came of a plan.
package struct LocalCacheOutcome: Sendable {
    /// A thing that stayed because the system refused.
    package struct Failure: Sendable, Hashable {
        /// The name below the folder, such as `blobs/sha256/…`.
        package let name: String
        /// The system's reason.
        package let reason: Errno
    }

    /// The entries that are gone from the index.
    package internal(set) var dropped: [LocalCachePlan.Dropped] = []
    /// The blobs that are gone.
    package internal(set) var removed = BlobTotals()
    /// How many names in `ingest` are gone.
    package internal(set) var removedIngest = 0
    /// How many things were gone already.
    package internal(set) var vanished = 0
    /// How many things were other ones than when the plan was made, and stayed.
    package internal(set) var changed = 0
    /// How many things stayed because the system refused.
    package private(set) var failureCount = 0
    /// The first of them, at most 100.
    package private(set) var failures: [Failure] = []
    /// How often the plan had to be made anew because the index had changed meanwhile; then what went is by the new
    /// plan.
    package internal(set) var replans = 0

    mutating func note(_ removal: LayoutFolder.Removal, _ name: @autoclosure () -> String) -> Bool {
        switch removal {
        case .removed: return true
        case .vanished: vanished += 1
        case .changed: changed += 1
        case .failed(let reason):
            failureCount += 1
            if failures.count < 100 { failures.append(Failure(name: name(), reason: reason)) }
        }
        return false
    }
}

/// Something that was just done.
package enum LocalCacheStep: Sendable, Hashable {
    /// The new index is written beside the old one.
    case indexWritten
    /// The new index has its name.
    case indexReplaced
    /// A blob is gone.
    case blobRemoved(BlobDigest)
    /// A name in `ingest` is gone.
    case ingestRemoved(String)
}
