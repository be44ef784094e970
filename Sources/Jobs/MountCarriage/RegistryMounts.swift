import CaissonBuildModel
import CaissonCacheMounts
import CaissonRegistry
import CaissonSystem
import CaissonText
import Glibc

/// Cache mounts in a registry: an index under a tag, whose manifests are the mounts.
///
/// The last one who writes the index wins, as a registry has no locks: a save of others' mounts at the same moment may be
/// lost from the index, but no index names a mount that isn't whole.
struct RegistryMounts {
    /// A mount, with the descriptor that the index has of it.
    struct Entry {
        var mount: StoredMount
        var descriptor: ContentDescriptor
        var manifest: [UInt8]
    }

    private let name: ImageReference
    private let client: RegistryClient
    private var repository: Repository { Repository(name) }
    private static let most = 1000

    init(_ name: ImageReference, _ client: RegistryClient) {
        self.name = name
        self.client = client
    }

    /// The mounts of the index.
    ///
    /// - Throws: `RegistryError` where there is none; `CacheMountError` where something else has the name.
    func list() async throws -> [Entry] {
        let index = try await client.manifest(name)
        guard index.isIndex, index.manifests.allSatisfy({ $0.artifactType == MountManifest.artifactType }) else {
            throw CacheMountError(
                .notStore,
                "\(name.familiar) is something else than cache mounts, such as an image; name another tag"
            )
        }
        guard index.manifests.count <= Self.most else {
            throw CacheMountError(.limitExceeded, "\(name.familiar) has more than \(Self.most) cache mounts")
        }
        var entries: [Entry] = []
        for descriptor in index.manifests { entries.append(try await entry(descriptor)) }
        return entries
    }

    private func entry(_ descriptor: ContentDescriptor) async throws -> Entry {
        guard descriptor.digest.algorithm == .sha256, descriptor.size <= MountManifest.limit else {
            throw CacheMountError(.damaged, "\(name.familiar) has a cache mount with no digest of sha256, or too large")
        }
        let manifest = try await client.manifest(repository.reference(descriptor.digest))
        do throws(ParseError) {
            var mount = try MountManifest.parse(manifest.bytes)
            if let seconds = descriptor.annotations[MountManifest.used].flatMap({ Int64($0) }) {
                mount.used = Timestamp(seconds: seconds)
            }
            return Entry(mount: mount, descriptor: descriptor, manifest: manifest.bytes)
        } catch {
            throw CacheMountError(.damaged, "\(name.familiar) has a cache mount that can't be read: \(error)")
        }
    }

    /// Puts mounts of the index into a store; their layers are checked.
    func get(_ mounts: [StoredMount], of index: [Entry], into store: MountStore) async throws {
        let options = MountStore.Options(platform: "")
        for entry in index where mounts.contains(where: { $0.manifest == entry.mount.manifest }) {
            _ = try await store.receive(manifest: entry.manifest, options) { digest, size, take in
                let layer = ContentDescriptor(mediaType: MountManifest.layerType, digest: digest, size: size)
                try await client.readBlob(layer, in: repository) { bytes in try bytes.withUnsafeBytes(take) }
            }
        }
    }

    /// Adds mounts that a store has just saved: first what they consist of, then the index.
    ///
    /// A mount whose content is there already isn't pushed again.
    func add(
        _ saved: MountStore.Outcome,
        of store: MountStore,
        _ options: MountStore.Options
    ) async throws -> MountStore.Outcome {
        guard name.digest == nil else {
            throw BuildError(.usage, "cache mounts are saved under a tag, and \(name.familiar) names a digest")
        }
        let before = try await known()
        var outcome = MountStore.Outcome()
        for (place, mount) in saved.mounts.enumerated() {
            if var old = before.first(where: { $0.isSame(as: mount) && $0.content == mount.content }) {
                old.used = mount.used
                outcome.unchanged.insert(place)
                outcome.mounts.append(old)
            } else {
                try await push(mount, of: store)
                outcome.mounts.append(mount)
            }
        }
        // Others may have saved meanwhile.
        let all = try await known().filter { old in !outcome.mounts.contains(where: old.isSame) } + outcome.mounts
        let (kept, removed) = MountStore.trimmed(all, keeping: outcome.mounts, to: options.limit)
        outcome.removed = removed
        let tag = ImageReference(domain: name.domain, path: name.path, tag: name.tag ?? "latest")
        try await client.pushIndex(of: kept.map(Self.descriptor), to: [tag])
        return outcome
    }

    /// The mounts of the index; none where there is no index yet.
    private func known() async throws -> [StoredMount] {
        guard try await client.resolve(name) != nil else { return [] }
        return try await list().map(\.mount)
    }

    private static func descriptor(_ mount: StoredMount) -> ContentDescriptor {
        var descriptor = ContentDescriptor(
            mediaType: MountManifest.mediaType,
            digest: mount.manifest,
            size: mount.manifestSize
        )
        descriptor.artifactType = MountManifest.artifactType
        descriptor.annotations = [MountManifest.used: String(mount.used.seconds)]
        return descriptor
    }

    private func push(_ mount: StoredMount, of store: MountStore) async throws {
        let config = ContentDescriptor(mediaType: MountManifest.configType, of: MountManifest.config)
        try await client.push(BlobSource(MountManifest.config), as: config, to: repository)
        let layer = ContentDescriptor(mediaType: MountManifest.layerType, digest: mount.layer, size: mount.layerSize)
        let path = store.layerPath(of: mount)
        var failure: Int32 = 0
        guard let file = SharedDescriptor.open(path.cPath, under: AT_FDCWD, O_RDONLY | O_NOFOLLOW, failure: &failure)
        else {
            throw CacheMountError(.system, "can't read \(path.quoted): \(Errno(failure))")
        }
        let source = BlobSource(size: mount.layerSize) { offset, count throws(RegistryError) in
            try Self.bytes(of: file, from: offset, count, path)
        }
        try await client.push(source, as: layer, to: repository)
        try await client.push(
            try Manifest(try store.manifest(of: mount), mediaType: MountManifest.mediaType),
            to: repository
        )
    }

    private static func bytes(
        of file: SharedDescriptor,
        from offset: Int64,
        _ count: Int,
        _ path: String
    ) throws(RegistryError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = bytes.withUnsafeMutableBytes { pread(file.raw, $0.baseAddress, count, off_t(offset)) }
        guard got >= 0 else { throw RegistryError(.system, "can't read \(path.quoted): \(Errno.last)") }
        bytes.removeLast(count - got)
        return bytes
    }
}
