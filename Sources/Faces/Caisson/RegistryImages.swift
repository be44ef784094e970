import CaissonEngines
public import CaissonBuildModel
import CaissonRegistry

/// A manifest or an index as a registry has it.
public struct RegistryManifest: Sendable, Hashable {
    /// The digest of its bytes, such as `sha256:…`.
    public var digest: String
    /// Its media type.
    public var mediaType: String
    /// Its bytes, which are JSON.
    public var bytes: [UInt8]
}

/// Reads the manifest or index of an image from its registry, with the logins of docker's configuration.
///
/// - Parameters:
///   - image: The image's name.
///   - surroundings: The environment, where docker's configuration and the proxies are found.
/// - Throws: `BuildError` where the registry can't be reached, refuses, or has no such image.
public func inspectImage(
    _ image: ImageReference,
    surroundings: EngineOptions = .ofThisProcess
) async throws -> RegistryManifest {
    try await withRegistry(surroundings) { client in
        let manifest = try await client.manifest(image)
        return RegistryManifest(manifest)
    }
}

/// Makes an index of images that are in registries already, and gives it a name, as `caisson image create` does.
///
/// - Parameters:
///   - tag: The name of the new index.
///   - sources: The images and indexes to take in, in the order of the index.
///   - surroundings: The environment, where docker's configuration and the proxies are found.
/// - Returns: The index that was pushed.
/// - Throws: `BuildError` where a registry can't be reached or refuses, or a source isn't there.
public func createIndex(
    _ tag: ImageReference,
    from sources: [ImageReference],
    surroundings: EngineOptions = .ofThisProcess
) async throws -> RegistryManifest {
    let target = Repository(tag)
    return try await withRegistry(surroundings) { client in
        let combination = ImageCombination(sources: try sources.map { try ImageSource(parsing: $0.description) })
        let result = try await combination.make(client)
        for part in result.parts { try await client.copy(part.descriptor, from: part.origin, to: target) }
        try await client.push(result.manifest, to: target, tag: tag.tag)
        return RegistryManifest(result.manifest)
    }
}

private func withRegistry<Value: Sendable>(
    _ surroundings: EngineOptions,
    _ body: (RegistryClient) async throws -> Value
) async throws -> Value {
    let options = RegistryOptions(variables: surroundings.environment, home: surroundings.home)
    do {
        return try await withRegistryClient(options, body)
    } catch let error as RegistryError {
        throw BuildError(error)
    } catch let error as ParseError {
        throw BuildError(error)
    }
}

extension RegistryManifest {
    init(_ manifest: Manifest) {
        digest = manifest.descriptor.digest.description
        mediaType = manifest.descriptor.mediaType
        bytes = manifest.bytes
    }
}
