package import CaissonBuildModel
import CaissonSystem
import CaissonText

/// A folder with saved cache mounts: an image layout of the OCI with one artifact for each mount and platform.
///
/// A save or a trim writes blobs first and the index last, so one that is killed leaves the store as it was; what it
/// had written is removed by the next. Who writes has the lock; readers need none.
package struct MountStore: Sendable {
    let folder: StoreFolder

    /// Names a folder, which need not be there before something is saved.
    package init(path: String) { folder = StoreFolder(path: path) }

    /// The folder.
    package var path: String { folder.path }

    /// How mounts are saved.
    package struct Options: Sendable {
        /// The platform that the mounts are of, such as `linux/amd64`.
        package var platform: String
        /// The most bytes that the store has: the mounts that were used least recently go, but never one that is being
        /// saved; nil for any number.
        package var limit: ByteSize?
        /// The time to note.
        package var now: Timestamp
        /// Whether a mount with nothing in it is left out; else it is an error, as an engine makes such a mount of every id
        /// that it doesn't know.
        package var leavesOutEmpty = false
        /// How long to wait for another program that writes to the store.
        package var patience = Duration.seconds(60)

        /// Makes options without a limit.
        package init(platform: String, limit: ByteSize? = nil, now: Timestamp = .now) {
            self.platform = platform
            self.limit = limit
            self.now = now
        }
    }

    /// What became of a save or a trim.
    package struct Outcome: Sendable, Hashable {
        /// The mounts that were saved, in the order in which they were given.
        package var mounts: [StoredMount] = []
        /// Those of them whose content the store had already, by their places.
        package var unchanged: Set<Int> = []
        /// The mounts that were removed because of the limit.
        package var removed: [StoredMount] = []

        /// Nothing yet.
        package init() {}
    }

    /// The mounts in the store.
    ///
    /// - Throws: `CacheMountError` when there is no store, or a file in it is damaged.
    package func list() throws(CacheMountError) -> [StoredMount] {
        try folder.check()
        return try StoreIndex.read(folder)
    }

    /// Notes that mounts were used, so that a trim takes others first.
    package func markUsed(_ mounts: [StoredMount], now: Timestamp = .now) async throws {
        try folder.check()
        try await folder.locked(patience: .seconds(10)) {
            let known = try list().map { mount in
                var mount = mount
                if mounts.contains(where: { $0.manifest == mount.manifest }) {
                    mount.used = max(mount.used, Timestamp(seconds: now.seconds))
                }
                return mount
            }
            try StoreIndex.write(known, folder)
        }
    }

    /// Removes the mounts that were used least recently until the others have no more than so many bytes.
    package func trim(to limit: ByteSize, patience: Duration = .seconds(60)) async throws -> [StoredMount] {
        try folder.check()
        return try await folder.locked(patience: patience) {
            let (kept, removed) = Self.trimmed(try list(), keeping: [], to: limit)
            if !removed.isEmpty { try StoreIndex.write(kept, folder) }
            folder.sweep(keeping: kept)
            return removed
        }
    }

    /// Parts mounts in those that stay and those that go, as they were used least recently.
    ///
    /// - Parameters:
    ///   - fixed: Those that stay whatever they take.
    ///   - limit: The most bytes of those that stay; nil for any number.
    package static func trimmed(
        _ mounts: [StoredMount],
        keeping fixed: [StoredMount],
        to limit: ByteSize?
    ) -> (kept: [StoredMount], removed: [StoredMount]) {
        guard let limit else { return (mounts, []) }
        let isFixed = { (mount: StoredMount) in fixed.contains { $0.manifest == mount.manifest } }
        var left = mounts.map(\.size).clampedSum
        var removed: [StoredMount] = []
        for mount in mounts.filter({ !isFixed($0) }).sorted(by: { $0.used < $1.used }) where left > limit.bytes {
            left -= mount.size
            removed.append(mount)
        }
        return (mounts.filter { !removed.contains($0) }, removed)
    }
}
