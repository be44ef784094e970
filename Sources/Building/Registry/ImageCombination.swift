import CaissonText
import CaissonJSON
package import CaissonBuildModel

/// A source of a new image: a reference, a digest whose repository is found out later, or a descriptor.
package struct ImageSource: Sendable, Hashable {
    /// Where it is, once that is known.
    package var reference: ImageReference?
    /// What was said of it.
    package var descriptor: ContentDescriptor?

    /// Reads a reference, a digest or a descriptor in JSON.
    package init(parsing text: String) throws(ParseError) {
        let text = text.trimmed
        if text.hasPrefix("{") {
            let json: JSON
            do {
                json = try JSON(parsing: Array(text.utf8))
            } catch {
                throw ParseError("descriptor", text, "it is not JSON: \(error)")
            }
            guard json["schemaVersion"] == nil else {
                throw ParseError("descriptor", text, "it is a whole manifest; give its reference or descriptor")
            }
            descriptor = try ContentDescriptor(json, needsSize: false)
        } else if ["sha256:", "sha384:", "sha512:"].contains(where: text.hasPrefix) {
            descriptor = ContentDescriptor(mediaType: "", digest: try ContentDigest(parsing: text), size: 0)
        } else {
            reference = try ImageReference(parsing: text)
        }
    }
}

/// The annotations for parts of a new image, as `--annotation` gives them.
package struct ImageAnnotation: Sendable, Hashable {
    /// Which part it is for.
    package enum Part: String, Sendable, Hashable {
        /// The index.
        case index
        /// A manifest's descriptor in the index.
        case manifestDescriptor = "manifest-descriptor"
    }

    /// The part.
    package var part: Part
    /// The platform whose descriptor gets it; nil for all.
    package var platform: Platform?
    /// The key.
    package var key: String
    /// The value.
    package var value: String

    private static let form = "[index|manifest-descriptor[PLATFORM][,…]:]KEY=VALUE"

    /// Reads `[TYPE[PLATFORM],…:]KEY=VALUE`: one annotation for each type; the index gets it if there is no type.
    package static func list(parsing text: String) throws(ParseError) -> [ImageAnnotation] {
        func wrong(_ problem: String) -> ParseError { ParseError("annotation", text, problem, expected: form) }
        guard let (head, value) = text.cut(at: "=") else { throw wrong("it has no value") }
        guard let (types, key) = head.cut(at: ":") else {
            guard !head.isEmpty else { throw wrong("its key is empty") }
            return [ImageAnnotation(part: .index, platform: nil, key: head, value: value)]
        }
        guard !key.isEmpty else { throw wrong("its key is empty") }
        var list: [ImageAnnotation] = []
        for type in types.pieces(at: ",") {
            var (name, platform) = (type, Platform?.none)
            if let (head, rest) = type.cut(at: "["), rest.hasSuffix("]") {
                name = head
                platform = try Platform(parsing: String(rest.dropLast()))
            }
            guard let part = Part(rawValue: name) else { throw wrong(problem(ofType: name)) }
            guard part == .manifestDescriptor || platform == nil else { throw wrong("the index has no platform") }
            list.append(ImageAnnotation(part: part, platform: platform, key: key, value: value))
        }
        return list
    }

    private static func problem(ofType name: String) -> String {
        switch name {
        case "manifest":
            "a manifest's own annotations can't be changed without changing the image; use manifest-descriptor"
        case "index-descriptor": "a new image has no descriptor of its index"
        default: "the type \(name.quoted) is unknown"
        }
    }
}

/// Makes one image of several, with the same bytes as `docker buildx imagetools create`.
package struct ImageCombination: Sendable {
    /// What the image is made of; each source must have its reference.
    package var sources: [ImageSource]
    /// The annotations to add.
    package var annotations: [ImageAnnotation] = []
    /// The platforms that the image is to have; empty for all.
    package var platforms: [Platform] = []
    /// Whether a single manifest is put into an index.
    package var prefersIndex = true

    /// Makes a combination.
    package init(sources: [ImageSource]) { self.sources = sources }

    /// The new image.
    package struct Result: Sendable {
        /// The new index, or the one manifest.
        package var manifest: Manifest
        /// What must be in the repository before the manifest, each with the repository where it is now.
        package var parts: [(descriptor: ContentDescriptor, origin: Repository)]
        /// What the person should know.
        package var notices: [String]
    }

    private struct Part: Sendable {
        var manifest: Manifest
        var descriptor: ContentDescriptor
        var origin: Repository
    }

    /// Gets what is needed of the sources, and makes the new manifest; nothing is changed in any registry.
    package func make(_ client: RegistryClient) async throws -> Result {
        var parts: [Part] = []
        for source in sources { parts.append(try await part(source, client)) }
        let isSingle = parts.count == 1 && annotations.isEmpty
        if isSingle, let part = parts.first, part.manifest.isIndex || !prefersIndex {
            return try filtered(part.manifest, ["": part.origin], single: part)
        }
        var descriptors: [ContentDescriptor] = []
        var origins: [String: Repository] = [:]
        for part in parts {
            for descriptor in part.manifest.isIndex ? part.manifest.manifests : [part.descriptor] {
                Self.add(descriptor, to: &descriptors)
                origins[descriptor.digest.description] = part.origin
            }
        }
        let isDocker = descriptors.allSatisfy { $0.mediaType.hasPrefix("application/vnd.docker.") }
        var notices: [String] = []
        var ofIndex: [String: String] = [:]
        if isDocker, !annotations.isEmpty {
            notices = ["Docker's manifest lists have no annotations: they are left out"]
        } else {
            ofIndex = annotate(&descriptors)
        }
        let index = try Self.checked { () throws(ParseError) in
            let type = isDocker ? MediaType.dockerList : MediaType.ociIndex
            return try Manifest(index: descriptors, mediaType: type, annotations: ofIndex)
        }
        var result = try filtered(index, origins, single: nil)
        result.notices = notices
        return result
    }

    private func annotate(_ descriptors: inout [ContentDescriptor]) -> [String: String] {
        var ofIndex: [String: String] = [:]
        for annotation in annotations {
            guard annotation.part == .manifestDescriptor else {
                ofIndex[annotation.key] = annotation.value
                continue
            }
            let wanted = annotation.platform.map { ImagePlatform($0).description }
            for place in descriptors.indices {
                guard wanted == nil || wanted == descriptors[place].platform?.description else { continue }
                descriptors[place].annotations[annotation.key] = annotation.value
            }
        }
        return ofIndex
    }

    private func part(_ source: ImageSource, _ client: RegistryClient) async throws -> Part {
        guard let reference = source.reference else { throw RegistryError(.invalid, "a source has no repository") }
        let manifest = try await client.manifest(reference)
        var descriptor = manifest.descriptor
        if let told = source.descriptor {
            guard told.size == 0 || told.size == descriptor.size else {
                throw RegistryError(
                    .invalid,
                    "the descriptor of \(told.digest) has the size \(told.size), and the registry's \(descriptor.size)"
                )
            }
            if !told.mediaType.isEmpty { descriptor.mediaType = told.mediaType }
            descriptor.annotations = told.annotations
            descriptor.platform = told.platform
        }
        if !manifest.isIndex, MediaType.isManifest(manifest.descriptor.mediaType) {
            descriptor.platform = try await platform(descriptor.platform, of: manifest, reference, client)
        }
        return Part(manifest: manifest, descriptor: descriptor, origin: Repository(reference))
    }

    /// The platform that was given, completed from the image's configuration.
    private func platform(
        _ told: ImagePlatform?,
        of manifest: Manifest,
        _ reference: ImageReference,
        _ client: RegistryClient
    ) async throws -> ImagePlatform? {
        var platform = told ?? ImagePlatform(os: "", architecture: "")
        guard platform.os.isEmpty || platform.architecture.isEmpty, let config = manifest.config else {
            return platform
        }
        let bytes = try await client.blob(config, in: Repository(reference))
        guard let json = try? JSON(parsing: bytes), let own = ImagePlatform(json)?.normalised else {
            throw RegistryError(.malformed, "the configuration of \(reference.familiar) is not JSON")
        }
        if platform.architecture.isEmpty {
            platform.architecture = own.architecture
            if platform.variant.isEmpty { platform.variant = own.variant }
        }
        if platform.os.isEmpty { platform.os = own.os }
        return platform
    }

    /// Adds a descriptor; if one with the same digest is there, adds what the new one says beyond that.
    private static func add(_ descriptor: ContentDescriptor, to descriptors: inout [ContentDescriptor]) {
        guard let place = descriptors.firstIndex(where: { $0.digest == descriptor.digest }) else {
            descriptors.append(descriptor)
            return
        }
        if descriptors[place].mediaType.isEmpty { descriptors[place].mediaType = descriptor.mediaType }
        if let platform = descriptor.platform { descriptors[place].platform = platform }
        descriptors[place].annotations.merge(descriptor.annotations) { $1 }
    }
}

extension ImageCombination {
    /// Keeps the manifests of the wanted platforms, and the attestations about these.
    private func filtered(_ manifest: Manifest, _ origins: [String: Repository], single: Part?) throws -> Result {
        func matches(_ platform: ImagePlatform?) -> Bool {
            guard let platform, !platforms.isEmpty else { return true }
            return platforms.contains { platform.matches(ImagePlatform($0)) }
        }
        if !manifest.isIndex, let single {
            guard matches(single.descriptor.platform) else {
                let own = single.descriptor.platform?.description ?? "unknown"
                throw RegistryError(.invalid, "the image is for \(own), which is none of the platforms asked for")
            }
            return Result(manifest: manifest, parts: [(single.descriptor, single.origin)], notices: [])
        }
        let kept = manifest.manifests.filter { descriptor in
            let subject = Self.subject(of: descriptor, in: manifest.manifests)
            return matches(descriptor.platform) || (subject.map { matches($0.platform) } ?? false)
        }
        guard !kept.isEmpty else {
            let names = platforms.map(\.description).joined(separator: ", ")
            throw RegistryError(.invalid, "none of the sources has an image for \(names)")
        }
        let parts = kept.compactMap { descriptor in
            (origins[descriptor.digest.description] ?? origins[""]).map { (descriptor: descriptor, origin: $0) }
        }
        guard kept.count < manifest.manifests.count else {
            return Result(manifest: manifest, parts: parts, notices: [])
        }
        let json = Self.rewritten(manifest.json, kept)
        let smaller = try Self.checked { () throws(ParseError) in
            try Manifest(json.goBytes(indented: true), mediaType: manifest.descriptor.mediaType)
        }
        return Result(manifest: smaller, parts: parts, notices: [])
    }

    /// The manifest that an attestation in an index is about.
    private static func subject(
        of descriptor: ContentDescriptor,
        in manifests: [ContentDescriptor]
    ) -> ContentDescriptor? {
        guard descriptor.annotations["vnd.docker.reference.type"] == "attestation-manifest",
            let subject = descriptor.annotations["vnd.docker.reference.digest"]
        else { return nil }
        return manifests.first { $0.digest.description == subject }
    }

    /// The index with other manifests, and with its fields in the order in which Go writes them.
    private static func rewritten(_ json: JSON, _ manifests: [ContentDescriptor]) -> JSON {
        var members = [JSONMember("schemaVersion", json["schemaVersion"] ?? .number("2"))]
        for name in ["mediaType", "artifactType"] {
            if let text = json[name]?.string, !text.isEmpty { members.append(JSONMember(name, .string(text))) }
        }
        members.append(JSONMember("manifests", .array(manifests.map(\.json))))
        if let subject = json["subject"].flatMap({ try? ContentDescriptor($0) }) {
            members.append(JSONMember("subject", subject.json))
        }
        if let texts = json["annotations"]?.texts, !texts.isEmpty {
            members.append(JSONMember("annotations", JSON(texts)))
        }
        return .object(members)
    }

    private static func checked(_ body: () throws(ParseError) -> Manifest) throws(RegistryError) -> Manifest {
        do {
            return try body()
        } catch {
            throw RegistryError(.invalid, "the new image can't be: \(error.problem)")
        }
    }
}
