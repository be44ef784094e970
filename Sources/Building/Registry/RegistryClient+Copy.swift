import CaissonBuildModel
import FoundationEssentials
import CaissonHTTPClient
import Synchronization

extension RegistryClient {
    /// Copies a manifest or index, and everything that it lists, to another repository; what is there isn't sent again.
    package func copy(
        _ descriptor: ContentDescriptor,
        from origin: Repository,
        to repository: Repository
    ) async throws {
        guard origin != repository else { return }
        if try await resolve(repository.reference(descriptor.digest)) != nil { return }
        try await copy(descriptor, from: origin, to: repository, depth: 0)
    }

    private func copy(
        _ descriptor: ContentDescriptor,
        from origin: Repository,
        to repository: Repository,
        depth: Int
    ) async throws {
        guard depth < 8 else { throw RegistryError(.malformed, "an index of \(origin) is nested too deep") }
        let manifest = try await manifest(origin.reference(descriptor.digest))
        for child in manifest.manifests {
            try await copy(child, from: origin, to: repository, depth: depth + 1)
        }
        var seen: Set<ContentDigest> = []
        let blobs = (manifest.layers + [manifest.config].compactMap { $0 }).filter { blob in
            // Foreign layers stay where their URLs say.
            !(blob.mediaType.contains("foreign") || blob.mediaType.contains("nondistributable"))
                && seen.insert(blob.digest).inserted
        }
        try await inParallel(blobs) { blob in try await self.copyBlob(blob, from: origin, to: repository) }
        try await push(manifest, to: repository)
    }

    private func copyBlob(_ blob: ContentDescriptor, from origin: Repository, to repository: Repository) async throws {
        if try await blobSize(blob.digest, in: repository) != nil { return }
        if try await mount(blob.digest, from: origin, to: repository) { return }
        let spool = try await spool(blob, from: origin)
        try await push(BlobSource(spool), as: blob, to: repository)
    }

    /// Reads a blob into memory or a temporary file.
    func spool(_ blob: ContentDescriptor, from repository: Repository) async throws -> Spool {
        let writer = SpoolWriter(folder: Self.temporaryFolder)
        try await readBlob(blob, in: repository) { bytes in try writer.write(bytes) }
        return writer.finish()
    }

    /// Runs a closure for each of several items, four at a time.
    func inParallel<Item: Sendable>(
        _ items: [Item],
        _ body: @escaping @Sendable (Item) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, item) in items.enumerated() {
                if index >= 4 { try await group.next() }
                group.addTask { try await body(item) }
            }
            try await group.waitForAll()
        }
    }

    /// Where large content is kept for a short time.
    static var temporaryFolder: String {
        let named = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
        return named.isEmpty ? "/var/tmp" : named
    }
}
