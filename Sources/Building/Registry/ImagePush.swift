package import CaissonBuildModel

/// How an image is pushed, and what is added to its description.
package struct ImagePushOptions: Sendable {
    /// Annotations of the manifest.
    package var annotations: [String: String] = [:]
    /// Annotations of the manifest's descriptor in an index.
    package var descriptorAnnotations: [String: String] = [:]
    /// A repository of the same registry that may have the layers already.
    package var origin: Repository?
    /// The tag to push under in addition to the digest; nil for the digest alone.
    package var tag: String?
    /// Whether the media types are the OCI's instead of Docker's.
    package var usesOCITypes = true
    /// Called for each blob that has arrived.
    package var pushed: @Sendable (ContentDescriptor, BlobOutcome) -> Void = { _, _ in }

    /// The options by default: by digest, with OCI types.
    package init() {}
}

extension RegistryClient {
    /// Pushes one image: those of its blobs that aren't there, and then its manifest by digest.
    ///
    /// The same image gives the same manifest. The descriptor has the platform, because an index needs it.
    package func push(
        _ image: ImageTar.Image,
        to repository: Repository,
        _ options: ImagePushOptions = ImagePushOptions()
    ) async throws -> ContentDescriptor {
        let type = options.usesOCITypes ? MediaType.ociConfig : MediaType.dockerConfig
        let config = ContentDescriptor(mediaType: type, of: image.config)
        var blobs = image.layers.map { ($0.descriptor, $0.source) } + [(config, BlobSource(image.config))]
        var seen: Set<ContentDigest> = []
        blobs.removeAll { !seen.insert($0.0.digest).inserted }
        try await inParallel(blobs) { descriptor, source in
            let outcome = try await self.push(source, as: descriptor, to: repository, mountingFrom: options.origin)
            options.pushed(descriptor, outcome)
        }
        let manifest: Manifest
        do {
            manifest = try Manifest(
                config: config,
                layers: image.layers.map(\.descriptor),
                annotations: options.annotations
            )
        } catch {
            throw RegistryError(.invalid, "the manifest for \(repository) can't be: \(error.problem)")
        }
        try await push(manifest, to: repository, tag: options.tag)
        var descriptor = manifest.descriptor
        descriptor.platform = image.platform.normalised
        descriptor.annotations = options.descriptorAnnotations
        return descriptor
    }

    /// Pushes an index of manifests under each reference; for one without a tag, by digest alone.
    ///
    /// Manifests that lie in another repository than the reference's are copied there first, if `origin` names it.
    @discardableResult
    package func pushIndex(
        of manifests: [ContentDescriptor],
        to references: [ImageReference],
        annotations: [String: String] = [:],
        from origin: Repository? = nil
    ) async throws -> ContentDescriptor {
        let isDocker =
            annotations.isEmpty
            && manifests.allSatisfy { $0.mediaType == MediaType.dockerManifest && $0.annotations.isEmpty }
        let index: Manifest
        do {
            let type = isDocker ? MediaType.dockerList : MediaType.ociIndex
            index = try Manifest(index: manifests, mediaType: type, annotations: annotations)
        } catch {
            throw RegistryError(.invalid, "the index can't be: \(error.problem)")
        }
        for reference in references {
            let repository = Repository(reference)
            if let origin { for manifest in manifests { try await copy(manifest, from: origin, to: repository) } }
            try await push(index, to: repository, tag: reference.tag)
        }
        return index.descriptor
    }
}
