package import CaissonArchive
import CaissonBuildModel
import CaissonJSON

/// Bundles of builds: `.dockerbuild` files, which `docker buildx history export` writes and Docker Desktop takes.
///
/// A bundle is an OCI layout in a tar that gzip packed. Each build is a manifest: its config is the record, its layers
/// are the trace, what the steps told, why it failed, and attestations. Several builds are in an index in between. Ours
/// have a layer more, of which others take no notice: the dossier as we keep it.
package enum DockerBundle {
    /// How many bytes a dossier may have as a layer, so that a reader can hold it.
    static let longestDossier: Int64 = 32 << 20

    /// Writes a bundle.
    ///
    /// Most that can fail does so before the first byte; a sink that got a part only, as something failed meanwhile,
    /// must not keep it. So write to a new file, and give it its name at the end.
    ///
    /// - Parameters:
    ///   - builds: At least one; the order is kept.
    ///   - compression: gzip, as all readers know; others are for pipes of one's own.
    ///   - sink: Takes the bytes, some mebibyte at once; such as `DescriptorSink.write`.
    /// - Throws: `BundleError`, `ArchiveError` of the sink, and what the logs throw.
    package static func write(
        _ builds: [BundledBuild],
        compression: Compression = .gzip,
        to sink: @escaping TarWriter.Sink
    ) throws {
        guard !builds.isEmpty else { throw BundleError(.invalid, "a bundle needs a build") }
        var blobs: [BundleBlob] = []
        var manifests: [BundleBlob] = []
        for build in builds {
            let (manifest, parts) = try blobsOf(build, isNamed: builds.count > 1)
            manifests.append(manifest)
            blobs += parts + [manifest]
        }
        if manifests.count > 1 {
            let index = BundleBlob(BundleMediaType.index, bytes: list(manifests).goBytes(indented: true))
            blobs.append(index)
            manifests = [index]
        }
        try writeTar(blobs, index: list(manifests).goBytes(indented: false), compression, sink)
    }

    /// The manifest of a build, and the blobs that it names.
    private static func blobsOf(_ build: BundledBuild, isNamed: Bool) throws -> (BundleBlob, [BundleBlob]) {
        let record = HistoryRecord(build)
        let parts = HistoryRecord.Blobs(
            log: try BundleBlob(BundleMediaType.status) { try StatusBlob.write(build, to: $0) },
            trace: try BundleBlob(BundleMediaType.trace) { try SpanStubs.write(build.dossier, to: $0) },
            failure: record.failure,
            documents: build.documents.map { BundleBlob($0.type, annotations: $0.annotations, bytes: $0.bytes) }
        )
        let dossier = try BundleBlob(BundleMediaType.dossier) { try build.dossier.write(to: $0) }
        guard dossier.size <= longestDossier else {
            let build = "build \(build.dossier.record.id)"
            throw BundleError(.limitExceeded, "\(build) has more to tell than the \(longestDossier) bytes of a bundle")
        }
        let config = record.blob(parts)
        let layers = [parts.trace, parts.log] + [parts.failure].compactMap { $0 } + parts.documents + [dossier]
        let manifest = JSON.object([
            ("schemaVersion", .integer(2)), ("mediaType", .string(BundleMediaType.manifest)),
            ("config", config.descriptor), ("layers", .array(layers.map(\.descriptor))),
        ])
        let reference = isNamed ? [BundleMediaType.reference: build.dossier.record.id.description] : [:]
        let bytes = manifest.goBytes(indented: true)
        return (BundleBlob(BundleMediaType.manifest, annotations: reference, bytes: bytes), layers + [config])
    }

    private static func list(_ manifests: [BundleBlob]) -> JSON {
        .object([
            ("schemaVersion", .integer(2)), ("mediaType", .string(BundleMediaType.index)),
            ("manifests", .array(manifests.map(\.descriptor))),
        ])
    }

    /// Writes the tar in the order in which containerd's exporter does: the blobs by name, then what tells of them.
    private static func writeTar(
        _ blobs: [BundleBlob],
        index: [UInt8],
        _ compression: Compression,
        _ sink: @escaping TarWriter.Sink
    ) throws {
        var tar = try TarWriter.open(compression: compression, sink: sink)
        for directory in ["blobs/", "blobs/sha256/"] {
            try tar.add(TarEntry(path: Array(directory.utf8), kind: .directory, permissions: 0o755))
        }
        var written: Set<String> = []
        for blob in blobs.sorted(by: { $0.digest.hex < $1.digest.hex }) {
            if written.insert(blob.digest.hex).inserted { try blob.write(to: &tar) }
        }
        for (name, bytes) in [("index.json", index), ("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))] {
            try tar.add(TarEntry(path: Array(name.utf8), kind: .file(size: Int64(bytes.count)), permissions: 0o644))
            try bytes.withUnsafeBytes { try tar.write($0) }
        }
        try tar.finish()
    }
}
