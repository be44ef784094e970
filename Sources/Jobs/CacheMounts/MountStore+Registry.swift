package import CaissonBuildModel
import CaissonSystem
import CaissonText

/// The form in a registry: a manifest with its two blobs, the configuration and the layer.
extension MountStore {
    /// The bytes of a mount's manifest, to be pushed once its blobs are there.
    package func manifest(of mount: StoredMount) throws(CacheMountError) -> [UInt8] {
        let name = "blobs/sha256/\(mount.manifest.hex)"
        guard let bytes = try folder.read(name, limit: MountManifest.limit), ContentDigest(of: bytes) == mount.manifest
        else { throw .damaged(folder.path(name), "it is missing, or isn't what its name says") }
        return bytes
    }

    /// The file with a mount's layer; a push checks its digest when it is sent.
    package func layerPath(of mount: StoredMount) -> String { folder.blob(mount.layer) }

    /// Puts a mount into the store that somebody else saved.
    ///
    /// The layer isn't read when the store has it already.
    ///
    /// - Parameters:
    ///   - manifest: The manifest's bytes.
    ///   - unpacked: The most bytes that the mount has, unpacked.
    ///   - readLayer: Reads the blob of that digest and size, and gives its bytes to the function in its last argument.
    /// - Throws: `CacheMountError` for a manifest or a layer that no save has made, and what `readLayer` throws.
    package func receive(
        manifest: [UInt8],
        unpacked: ByteSize = ByteSize(bytes: .max),
        _ options: Options,
        readLayer: (ContentDigest, Int64, (UnsafeRawBufferPointer) throws -> Void) async throws -> Void
    ) async throws -> Outcome {
        let mount = try Self.parsed(manifest)
        if let limit = options.limit, mount.size > limit.bytes {
            throw CacheMountError(
                .limitExceeded,
                "the mount \(mount.mount.id.quoted) has \(mount.size) bytes, more than \(limit.bytes) that are allowed"
            )
        }
        return try await changing(options) { known in
            let isThere = known.contains { $0.layer == mount.layer && $0.content == mount.content }
            if !isThere {
                let blob = try NewBlob(in: folder, limit: mount.layerSize)
                try await readLayer(mount.layer, mount.layerSize) { try blob.write($0) }
                try Self.check(blob.descriptor, of: mount, named: mount.layer.description, limit: unpacked)
                try blob.keep()
            }
            try NewBlob.keep(manifest, in: folder)
            return [mount]
        }
    }
}
