/// The media types of what registries keep.
package enum MediaType {
    /// An index of the OCI.
    package static let ociIndex = "application/vnd.oci.image.index.v1+json"
    /// A manifest of the OCI.
    package static let ociManifest = "application/vnd.oci.image.manifest.v1+json"
    /// An image's configuration by the OCI.
    package static let ociConfig = "application/vnd.oci.image.config.v1+json"
    /// A layer of the OCI without compression; `+gzip` or `+zstd` is appended for compressed ones.
    package static let ociLayer = "application/vnd.oci.image.layer.v1.tar"
    /// A list of Docker's.
    package static let dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
    /// A manifest of Docker's.
    package static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
    /// An image's configuration by Docker.
    package static let dockerConfig = "application/vnd.docker.container.image.v1+json"
    /// A layer of Docker's, compressed by gzip.
    package static let dockerLayer = "application/vnd.docker.image.rootfs.diff.tar.gzip"
    /// The two forms of Docker's first schema, which is no longer supported.
    static let schema1 = [
        "application/vnd.docker.distribution.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
    ]

    /// Whether it is an index or list of manifests.
    package static func isIndex(_ type: String) -> Bool { type == ociIndex || type == dockerList }
    /// Whether it is an image's manifest.
    package static func isManifest(_ type: String) -> Bool { type == ociManifest || type == dockerManifest }

    /// The types that a request for a manifest accepts.
    static let accepted = [dockerManifest, dockerList, ociManifest, ociIndex, "*/*"].joined(separator: ", ")
}
