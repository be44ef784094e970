package import CaissonBuildModel
import CaissonText
import Glibc

/// What the file system says of a blob's file.
package struct BlobFacts: Sendable, Hashable {
    /// The length in bytes.
    package var size: Int64
    /// The bytes that it takes on the disk (`st_blocks` by 512), which for a sparse or compressed file are fewer.
    package var allocated: Int64
    /// When it was last written: containerd sets the time of the commit (`plugins/content/local/writer.go`, `Commit`),
    /// and a later export of the same bytes leaves it as it is.
    package var written: Timestamp
    /// How many names the file has; with more than one, removing this one frees nothing.
    package var links: UInt32

    /// Makes facts.
    package init(size: Int64, allocated: Int64, written: Timestamp, links: UInt32 = 1) {
        self.size = size
        self.allocated = allocated
        self.written = written
        self.links = links
    }

    init(_ status: stat) {
        size = Int64(status.st_size)
        allocated = Int64(status.st_blocks).multipliedReportingOverflow(by: 512).partialValue
        written = Timestamp(status.st_mtim)
        links = UInt32(clamping: status.st_nlink)
    }
}

/// A number of blobs and their bytes; sums that would be too large stay at the largest number.
package struct BlobTotals: Sendable, Hashable {
    /// How many.
    package private(set) var count = 0
    /// Their lengths in bytes.
    package private(set) var bytes: Int64 = 0
    /// The bytes that they take on the disk.
    package private(set) var allocated: Int64 = 0
    /// The bytes on the disk that are free once they are gone: those of files without another name (a hard link).
    package private(set) var freeable: Int64 = 0

    /// No blobs.
    package init() {}

    /// Counts one more.
    package mutating func add(_ facts: BlobFacts) {
        count += 1
        bytes = bytes.clampedAdding(facts.size)
        allocated = allocated.clampedAdding(facts.allocated)
        if facts.links <= 1 { freeable = freeable.clampedAdding(facts.allocated) }
    }

    /// Counts others, too.
    package mutating func add(_ others: BlobTotals) {
        count = count.clampedAdding(others.count)
        bytes = bytes.clampedAdding(others.bytes)
        allocated = allocated.clampedAdding(others.allocated)
        freeable = freeable.clampedAdding(others.freeable)
    }
}

extension Timestamp {
    init(_ time: timespec) {
        self.init(seconds: Int64(time.tv_sec), nanoseconds: Int32(clamping: time.tv_nsec))
    }

    /// The moment that is a span before this one, or the first that there is; a negative span counts as none.
    func before(_ span: Duration) -> Timestamp {
        let (whole, attoseconds) = max(span, .zero).components
        let left = Int64(nanoseconds) - attoseconds / 1_000_000_000
        let (difference, isOver) = seconds.subtractingReportingOverflow(whole.clampedAdding(left < 0 ? 1 : 0))
        guard !isOver else { return Timestamp(seconds: .min) }
        return Timestamp(seconds: difference, nanoseconds: Int32(clamping: left < 0 ? left + 1_000_000_000 : left))
    }
}

/// Which file an index was and when it was written: what tells whether it is still the same.
struct FileStamp: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let written: Timestamp

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        written = Timestamp(status.st_mtim)
    }
}
