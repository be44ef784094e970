import CaissonText
package import CaissonJSON
package import CaissonBuildModel

/// Everything that a registry has of an image: its index, manifests, configurations and attestations.
package struct ImageDetails: Sendable {
    /// One image of it.
    package struct Image: Sendable {
        /// The platform that it is for.
        package var platform: String
        /// Its manifest.
        package var manifest: Manifest
        /// Its configuration.
        package var config: JSON
        /// The attestations about it.
        package var attestations: [Manifest]
    }

    /// What the reference names.
    package var root: Manifest
    /// Its images, sorted by platform.
    package var images: [Image]

    /// The most manifests that are read.
    private static let limit = 1000

    /// Loads everything except for the content of attestations.
    package static func load(
        _ reference: ImageReference,
        root: Manifest,
        _ client: RegistryClient
    ) async throws
        -> ImageDetails
    {
        var loader = Loader(client: client, repository: Repository(reference))
        try await loader.visit(root, root.descriptor, depth: 0)
        return ImageDetails(root: root, images: try await loader.images())
    }

    private struct Loader {
        let client: RegistryClient
        let repository: Repository
        var found: [String: Manifest] = [:]
        var attestations: [String: [Manifest]] = [:]
        var count = 0

        mutating func visit(_ manifest: Manifest, _ descriptor: ContentDescriptor, depth: Int) async throws {
            count += 1
            guard depth < 8, count <= ImageDetails.limit else {
                throw RegistryError(
                    .malformed,
                    "\(repository) has more than \(ImageDetails.limit) manifests in one index"
                )
            }
            if manifest.isIndex {
                for child in manifest.manifests {
                    guard MediaType.isIndex(child.mediaType) || MediaType.isManifest(child.mediaType) else { continue }
                    try await visit(
                        try await client.manifest(repository.reference(child.digest)),
                        child,
                        depth: depth + 1
                    )
                }
                return
            }
            guard MediaType.isManifest(manifest.descriptor.mediaType) else { return }
            let names = ["com.docker.reference.digest", "vnd.docker.reference.digest"]
            if let subject = names.lazy.compactMap({ descriptor.annotations[$0] }).first {
                attestations[subject, default: []].append(manifest)
                return
            }
            let platform: ImagePlatform
            if let told = descriptor.platform {
                platform = told
            } else {
                platform = ImagePlatform(try await config(of: manifest)) ?? ImagePlatform(os: "", architecture: "")
            }
            found[platform.normalised.description] = manifest
        }

        func config(of manifest: Manifest) async throws -> JSON {
            guard let config = manifest.config else { return .null }
            let bytes = try await client.blob(config, in: repository)
            guard let json = try? JSON(parsing: bytes) else {
                throw RegistryError(.malformed, "the configuration \(config.digest) of \(repository) is not JSON")
            }
            return json
        }

        func images() async throws -> [Image] {
            var images: [Image] = []
            for (platform, manifest) in found.sorted(by: { JSON.precedes($0.key, $1.key) }) {
                let about = attestations[manifest.descriptor.digest.description] ?? []
                let config = try await config(of: manifest)
                images.append(Image(platform: platform, manifest: manifest, config: config, attestations: about))
            }
            return images
        }
    }
}

extension ImageDetails.Image {
    /// The predicates of the attestations about this image whose type begins with a text.
    package func predicates(_ type: String, _ client: RegistryClient, _ repository: Repository) async throws -> [JSON] {
        var found: [JSON] = []
        for layer in attestations.flatMap(\.layers) {
            guard layer.annotations["in-toto.io/predicate-type"]?.hasPrefix(type) ?? false,
                layer.mediaType.hasPrefix("application/vnd.in-toto")
            else { continue }
            let bytes = try await client.blob(layer, in: repository, limit: 40 << 20)
            var statement = try? JSON(parsing: bytes)
            if layer.mediaType.hasSuffix("+dsse"), let payload = statement?["payload"]?.string {
                statement = Base64.decode(payload).flatMap { try? JSON(parsing: $0) }
            }
            guard let statement else {
                throw RegistryError(.malformed, "the attestation \(layer.digest) of \(repository) is not JSON")
            }
            found.append(statement["predicate"] ?? .null)
        }
        return found
    }

    /// The type of SBOMs in SPDX.
    package static let spdx = "https://spdx.dev/Document"
    /// How the types of provenance predicates begin.
    package static let provenance = "https://slsa.dev/provenance/"
}
