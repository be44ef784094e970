package import CaissonBuildModel

/// Gives images that were pushed by their digests the tags that they are to have: what `publish: together` does at the end.
///
/// - Throws: `BuildError`; see `RegistryClient.publish`.
package func publish(_ publications: [Publication], _ options: RegistryOptions) async throws {
    var options = options
    for publication in publications { options.insecure.formUnion(publication.insecureRegistries) }
    do {
        try await withRegistryClient(options) { try await $0.publish(publications) }
    } catch let error as RegistryError {
        throw BuildError(error)
    }
}

extension RegistryClient {
    /// Puts manifests that a registry has by their digests under tags, each in the tag's own repository.
    ///
    /// All manifests are got before the first tag is set, so that what is missing or forbidden to read leaves all tags as they
    /// were. A registry has no way to set several tags at once: if one can't be set after others were, the error names those.
    package func publish(_ publications: [Publication]) async throws {
        var due: [(tag: ImageReference, manifest: Manifest)] = []
        for publication in publications {
            var manifests: [Repository: Manifest] = [:]
            for tag in publication.tags {
                let repository = Repository(tag)
                let source = ImageReference(domain: tag.domain, path: tag.path, digest: publication.digest)
                let known = manifests[repository]
                let manifest = if let known { known } else { try await self.manifest(source) }
                manifests[repository] = manifest
                due.append((tag, manifest))
            }
        }
        for (place, item) in due.enumerated() {
            do {
                try await push(item.manifest, to: Repository(item.tag), tag: item.tag.tag)
            } catch let error as RegistryError {
                guard place > 0 else { throw error }
                let done = due[..<place].map(\.tag.familiar).joined(separator: ", ")
                throw RegistryError(error.code, "\(message: error.wording); these tags are set already: \(done)")
            }
        }
    }
}
