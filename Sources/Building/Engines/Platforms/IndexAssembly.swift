import CaissonBuildKit
import CaissonBuildModel
import CaissonHTTPClient
import CaissonRegistry

/// Makes one index of the images that several builds have made, in each registry that is pushed to.
struct IndexAssembly: Sendable {
    let outputs: PlatformOutputs
    let options: EngineOptions
    let events: StepTracker

    /// Pushes what the engines couldn't push themselves, then the index under every name.
    func merge(_ images: [PlatformImage], into result: inout BuildResult) async throws {
        guard let first = outputs.repositories.first else { return }
        var registry = RegistryOptions(variables: options.environment, home: options.home)
        registry.insecure.formUnion(outputs.insecureRegistries)
        registry.notice = { [events] in events.receive(.notice($0)) }
        let index = try await withRegistryClient(registry) { client in
            var sources: [ImageSource] = []
            for image in images {
                let digest = try await pushed(image, client)
                sources.append(try IndexAssembly.source(first, digest))
            }
            return try await push(sources, client)
        }
        result.digest = index
        result.imageID = index
        result.exporterResponse["containerimage.digest"] = index
        result.exporterResponse["image.name"] = outputs.names.map(\.description).joined(separator: ",")
    }

    /// The digest of a part's image, which is in all repositories then.
    private func pushed(_ image: PlatformImage, _ client: RegistryClient) async throws -> String {
        if image.features.pushesByDigest {
            if let digest = image.result.digest { return digest }
            throw BuildError(
                .engine,
                "\(image.features.name) at \(image.node.name) doesn't tell the digest of what it pushed for \(image.part.label)"
            )
        }
        guard case .dockerd(let dockerd) = image.node.engine.driver, let id = image.result.imageID else {
            throw BuildError(.engine, "the engine at \(image.node.name) made no image for \(image.part.label)")
        }
        return try await LocalStep.run("[\(image.part.label)] pushing the image by its digest", events) { step in
            try await withHTTPClient { http in
                let images = DockerdImages(endpoint: dockerd.endpoint, client: http)
                return try await images.withArchive([id]) { body in
                    try await upload(try await ImageTar.read(body), client, step, image)
                }
            }
        }
    }

    private func upload(
        _ archive: ImageTar,
        _ client: RegistryClient,
        _ step: LocalStep,
        _ part: PlatformImage
    ) async throws -> String {
        guard let image = archive.images.first else {
            throw BuildError(.engine, "the archive of \(part.node.name) holds no image for \(part.part.label)")
        }
        var options = ImagePushOptions()
        options.annotations = outputs.manifestAnnotations
        options.pushed = { blob, _ in step.count(blob.digest.description, blob.size) }
        var digest = ""
        for repository in outputs.repositories {
            digest = try await client.push(image, to: Repository(repository), options).digest.description
        }
        return digest
    }

    private func push(_ sources: [ImageSource], _ client: RegistryClient) async throws -> String {
        var combination = ImageCombination(sources: sources)
        combination.annotations = try outputs.indexAnnotations
        let made = try await combination.make(client)
        for notice in made.notices { events.receive(.notice(FieldMessage(notice))) }
        for name in outputs.names {
            try await LocalStep.run("pushing the index \(name.description)", events) { _ in
                try await client.push(made.manifest, to: Repository(name), tag: name.tag)
            }
        }
        return made.manifest.descriptor.digest.description
    }

    private static func source(_ repository: ImageReference, _ digest: String) throws(BuildError) -> ImageSource {
        do {
            return try ImageSource(parsing: "\(repository.domain)/\(repository.path)@\(digest)")
        } catch {
            throw BuildError(.engine, "the engine's digest \(digest) can't be understood: \(error)")
        }
    }
}

extension PlatformOutputs {
    /// The annotations of each image's manifest.
    var manifestAnnotations: [String: String] {
        var found: [String: String] = [:]
        for (key, value) in imageAttributes.values {
            for prefix in ["annotation.", "annotation-manifest."] where key.hasPrefix(prefix) {
                found[String(key.dropFirst(prefix.count))] = value
            }
        }
        return found
    }

    /// The annotations of the index and of what it lists, which no single part can have.
    var indexAnnotations: [ImageAnnotation] {
        get throws(BuildError) {
            var found: [ImageAnnotation] = []
            for (key, value) in imageAttributes.values.sorted(by: { $0.key < $1.key }) {
                guard let type = PlatformOutputs.indexType(key) else { continue }
                let name = key.dropFirst("annotation-\(type).".count)
                do {
                    found += try ImageAnnotation.list(parsing: "\(type):\(name)=\(value)")
                } catch {
                    throw BuildError(.usage, "\(error)")
                }
            }
            return found
        }
    }

    /// Whether an attribute is about the index or its descriptors: `index` or `manifest-descriptor`.
    static func indexType(_ key: String) -> String? {
        ["index", "manifest-descriptor"].first { key.hasPrefix("annotation-\($0).") }
    }
}
