import CaissonArchive
import CaissonBuildModel
package import CaissonSystem
import CaissonText
import Glibc

extension MountStore {
    /// Saves mounts from the result of a build of `MountScript.saving`, exported as a tar.
    ///
    /// A mount whose content the store has already isn't written again.
    ///
    /// - Parameters:
    ///   - mounts: The mounts of the script, in the same order.
    ///   - export: The tar: a file, or a pipe that it comes through.
    /// - Throws: `CacheMountError`, or `ArchiveError` for a tar that is none; the store is then as it was.
    package func save(
        _ mounts: [CarriedMount],
        from export: BorrowedDescriptor,
        _ options: Options
    ) async throws -> Outcome {
        try await changing(options) { known in
            var saved: [Int: StoredMount] = [:]
            try ExportReader(export, count: mounts.count).forEach { place, source in
                let left = Self.left(of: options.limit, saved.values)
                let old = known.first { $0.isOf(mounts[place], options.platform) }
                if let new = try save(mounts[place], source, replacing: old, options, limit: left) {
                    saved[place] = new
                }
            }
            return mounts.indices.compactMap { saved[$0] }
        }
    }

    private func save(
        _ mount: CarriedMount,
        _ source: @escaping TarReader.Source,
        replacing old: StoredMount?,
        _ options: Options,
        limit: Int64
    ) throws -> StoredMount? {
        var tar = try TarReader.open(source: source)
        let spool = try MountSpool(reading: &tar, spool: NamelessSpool(in: path))
        let content = spool.content()
        guard content.entries > 0 else {
            if options.leavesOutEmpty { return nil }
            throw CacheMountError(.notFound, "the cache mount \(mount.id.quoted) has nothing in it; nothing was saved")
        }
        if let old, old.content == content, (try? folder.openBlob(old.layer, size: old.layerSize)) != nil {
            return old
        }
        let blob = try NewBlob(in: folder, limit: limit)
        try writing {
            try spool.writeLayer($0)
        } to: { bytes throws(CacheMountError) in
            try blob.write(bytes)
        }
        let layer = (digest: blob.digest, size: blob.size)
        try blob.keep()
        let created = Timestamp(seconds: options.now.seconds)
        let manifest = MountManifest.bytes(
            mount,
            platform: options.platform,
            content: content,
            created: created,
            layer: layer
        )
        try NewBlob.keep(manifest, in: folder)
        return try Self.parsed(manifest)
    }

    /// Writes to a blob; an error of the blob's comes out as itself, and not in the words of the archive's library.
    private func writing(
        _ body: (@escaping TarWriter.Sink) throws -> Void,
        to write: @escaping (UnsafeRawBufferPointer) throws(CacheMountError) -> Void
    ) throws {
        final class Box { var failure: CacheMountError? }
        let box = Box()
        do {
            try body { bytes throws(ArchiveError) in
                do throws(CacheMountError) {
                    try write(bytes)
                } catch {
                    box.failure = error
                    throw ArchiveError(.system, error.message)
                }
            }
        } catch {
            throw box.failure ?? error
        }
    }

    static func parsed(_ manifest: [UInt8]) throws(CacheMountError) -> StoredMount {
        do throws(ParseError) {
            return try MountManifest.parse(manifest)
        } catch {
            throw CacheMountError(.invalid, error.description)
        }
    }

    /// How many bytes a limit leaves for the next mount beside those that were saved just now.
    static func left(of limit: ByteSize?, _ saved: some Collection<StoredMount>) -> Int64 {
        guard let limit else { return .max }
        return max(limit.bytes - min(saved.map(\.size).clampedSum, limit.bytes), 0)
    }

    /// Puts mounts into the store in place of those that they replace: the blobs are written by `body`, under the
    /// lock.
    func changing(
        _ options: Options,
        _ body: ([StoredMount]) async throws -> [StoredMount]
    ) async throws -> Outcome {
        try await folder.locked(patience: options.patience) {
            try folder.create()
            let known = try StoreIndex.read(folder)
            folder.sweep(keeping: known)
            do {
                try NewBlob.keep(MountManifest.config, in: folder)
                return try replace(known, with: try await body(known), options)
            } catch {
                // What fails after the new index is in place must not cost the blobs that it names.
                if let left = try? StoreIndex.read(folder) { folder.sweep(keeping: left) }
                throw error
            }
        }
    }

    private func replace(_ known: [StoredMount], with new: [StoredMount], _ options: Options) throws -> Outcome {
        let total = new.map(\.size).clampedSum
        if let limit = options.limit, total > limit.bytes {
            throw CacheMountError(
                .limitExceeded,
                "the mounts take \(total) bytes, more than the \(limit.bytes) that \(path.quoted) may have; "
                    + "nothing was changed; save fewer of them, or allow more"
            )
        }
        var outcome = Outcome()
        outcome.mounts = new.map { mount in
            var mount = mount
            mount.used = Timestamp(seconds: options.now.seconds)
            return mount
        }
        outcome.unchanged = Set(new.indices.filter { place in known.contains { $0.manifest == new[place].manifest } })
        let others = known.filter { old in !outcome.mounts.contains(where: old.isSame) }
        let (kept, removed) = Self.trimmed(others + outcome.mounts, keeping: outcome.mounts, to: options.limit)
        outcome.removed = removed
        try StoreIndex.write(kept, folder)
        folder.sweep(keeping: kept)
        return outcome
    }
}
