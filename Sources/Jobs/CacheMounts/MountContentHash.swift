import CaissonArchive
package import CaissonBuildModel

/// The digest over what a mount holds, entry by entry in the order of a layer.
///
/// It covers names, kinds, permissions, owners, sizes, the times of regular files and their content. It leaves out the
/// times of folders and links and the owners of symbolic links: tars of busybox don't keep these, and a mount that was
/// carried and not used must count as unchanged.
struct MountContentHash: ~Copyable {
    private let hasher = DigestHasher()

    /// Takes an entry, with the digest of its content when it is a regular file.
    mutating func add(_ entry: TarEntry, content: ContentDigest?) {
        var record: [UInt8] = []
        Self.append(entry.path, to: &record)
        switch entry.kind {
        case .file(let size):
            Self.append(numbers: [0, Int64(entry.permissions), entry.userID, entry.groupID], to: &record)
            Self.append(numbers: [size, entry.modificationTime], to: &record)
            Self.append(Array((content?.hex ?? "").utf8), to: &record)
        case .directory:
            Self.append(numbers: [1, Int64(entry.permissions), entry.userID, entry.groupID], to: &record)
        case .symbolicLink(let target):
            Self.append(numbers: [2], to: &record)
            Self.append(target, to: &record)
        case .hardLink(let target):
            Self.append(numbers: [3], to: &record)
            Self.append(target, to: &record)
        case .fifo:
            Self.append(numbers: [4, Int64(entry.permissions), entry.userID, entry.groupID], to: &record)
        case .characterDevice(let major, let minor), .blockDevice(let major, let minor):
            var kind: Int64 = 5
            if case .blockDevice = entry.kind { kind = 6 }
            Self.append(numbers: [kind, Int64(entry.permissions), entry.userID, entry.groupID], to: &record)
            Self.append(numbers: [Int64(clamping: major), Int64(clamping: minor)], to: &record)
        }
        hasher.update(record)
    }

    /// The digest of all entries that were taken.
    func value() -> ContentDigest { hasher.finish() }

    private static func append(_ bytes: [UInt8], to record: inout [UInt8]) {
        append(numbers: [Int64(bytes.count)], to: &record)
        record += bytes
    }

    private static func append(numbers: [Int64], to record: inout [UInt8]) {
        for number in numbers {
            withUnsafeBytes(of: number.littleEndian) { record.append(contentsOf: $0) }
        }
    }
}

/// What is known of a mount's content.
package struct MountContent: Sendable, Hashable {
    /// The digest over names, kinds, permissions, owners, times and contents.
    package var digest: ContentDigest
    /// The number of entries: files, links, folders and devices, the mount's own folder not counted.
    package var entries: Int
    /// The sum of the regular files' sizes in bytes, files with several names counted once.
    package var size: Int64
}
