import CaissonJSON
import CaissonBuildModel
import CaissonListings
import CaissonSystem
import FoundationEssentials
import CaissonRegistry
import CaissonReporting
import CaissonText
import Glibc

// The only wiring of `caisson image` to registries.

extension ImageCommand.Inspect {
    func run() async throws {
        let reference = try ImageReference(parsing: name)
        let template = format.isEmpty || format == "json" ? nil : try GoTemplate(parsing: format)
        try template?.requireFields(among: ["Name", "Manifest", "Image", "Provenance", "SBOM"])
        let bytes = try await translatingRegistryErrors {
            try await withRegistryClient(registry.options()) { client in
                try await output(reference, template, client)
            }
        }
        do {
            try BorrowedDescriptor.standardOutput.write(bytes)
        } catch {
            throw BuildError(.output, "can't write to standard output: \(error)")
        }
    }

    private func output(
        _ reference: ImageReference,
        _ template: GoTemplate?,
        _ client: RegistryClient
    ) async throws
        -> [UInt8]
    {
        let root = try await client.manifest(reference)
        if raw { return root.bytes }
        let isPlain = format.isEmpty || format.filter { $0 != " " } == "{{.Manifest}}"
        if isPlain { return Array(ImageText.summary(root, reference).utf8) }
        let details = try await ImageDetails.load(reference, root: root, client)
        var document = details.document(name: name)
        guard let template else { return Array((document.goText() + "\n").utf8) }
        document = try await details.adding(template.fields, to: document, Repository(reference), client)
        return Array(try template.render(document).utf8)
    }
}

extension ImageDetails {
    /// The document with the attestations that are asked for.
    fileprivate func adding(
        _ fields: Set<String>,
        to document: JSON,
        _ repository: Repository,
        _ client: RegistryClient
    ) async throws -> JSON {
        var members = document.members ?? []
        if fields.contains("Provenance") {
            var found: [String: JSON] = [:]
            for image in images {
                let predicates = try await image.predicates(ImageDetails.Image.provenance, client, repository)
                found[image.platform] = predicates.last.map { .object([JSONMember("SLSA", $0.sortedKeys)]) }
            }
            members.append(JSONMember("Provenance", byPlatform { found[$0.platform] }))
        }
        if fields.contains("SBOM") {
            var found: [String: JSON] = [:]
            for image in images {
                let all = try await image.predicates(ImageDetails.Image.spdx, client, repository).map(\.sortedKeys)
                guard let first = all.first else { continue }
                let more = all.count > 1 ? [JSONMember("AdditionalSPDXs", .array(Array(all.dropFirst())))] : []
                found[image.platform] = .object([JSONMember("SPDX", first)] + more)
            }
            members.append(JSONMember("SBOM", byPlatform { found[$0.platform] }))
        }
        return .object(members)
    }
}

extension ImageCommand.Create {
    func run() async throws {
        let request = try ImageCreation(self)
        try await translatingRegistryErrors {
            try await withRegistryClient(registry.options()) { client in try await perform(request, client) }
        }
    }

    private func perform(_ request: ImageCreation, _ client: RegistryClient) async throws {
        let result = try await request.combination.make(client)
        for notice in result.notices { client.options.notice(FieldMessage(notice)) }
        guard !dryRun else { return try BorrowedDescriptor.standardOutput.writeResult(result.manifest.text + "\n") }
        for (repository, tags) in request.tagsByRepository {
            for part in result.parts {
                say("copying \(part.descriptor.digest) from \(part.origin) to \(repository)")
                try await client.copy(part.descriptor, from: part.origin, to: repository)
            }
            for tag in tags {
                say("pushing \(result.manifest.descriptor.digest) to \(tag)")
                try await client.push(result.manifest, to: repository, tag: tag.tag)
            }
        }
        guard let metadataFile else { return }
        let metadata = JSON.object([
            JSONMember("containerimage.descriptor", result.manifest.descriptor.json),
            JSONMember(
                "image.name",
                .string(request.tagsByRepository.map(\.0.description).sorted().joined(separator: ","))
            ),
        ])
        try ResultFiles.replace(metadataFile, with: metadata.goBytes(indented: true))
    }

    private func say(_ text: String) {
        guard progress != "none", progress != "quiet" else { return }
        let line =
            progress == "rawjson" ? JSON.object([JSONMember("message", .string(text))]).goText(indented: false) : text
        BorrowedDescriptor.standardError.writeIgnoringErrors(line + "\n")
    }
}

extension Manifest {
    /// The bytes as a text.
    fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSON {
    /// The same with the members of each object sorted by name, as Go writes what it has no type for.
    fileprivate var sortedKeys: JSON {
        switch self {
        case .array(let values): .array(values.map(\.sortedKeys))
        case .object(let members):
            .object(
                members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
                    .map { JSONMember($0.name, $0.value.sortedKeys) }
            )
        default: self
        }
    }
}

private func translatingRegistryErrors<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
        return try await body()
    } catch let error as RegistryError {
        throw BuildError(error)
    }
}

/// What `caisson image create` is asked for, checked before any registry is asked for anything.
struct ImageCreation {
    /// What the image is made of.
    var combination: ImageCombination
    /// The references to give it, by repository in the order of the flags.
    var tagsByRepository: [(Repository, [ImageReference])] = []

    init(_ flags: ImageCommand.Create) throws {
        var tags: [ImageReference] = []
        for text in flags.tags {
            let tag = try ImageReference(parsing: text)
            guard tag.digest == nil else { throw ParseError("tag", text, "a new image can't be given a digest") }
            tags.append(tag)
        }
        var texts: [String] = []
        if flags.append, let first = flags.tags.first { texts.append(first) }
        for file in flags.files { texts.append(try Self.read(file)) }
        texts += flags.sources
        combination = ImageCombination(sources: try Self.sources(texts, tags))
        combination.annotations = try flags.annotations.filter { !$0.isEmpty }.flatMap(ImageAnnotation.list)
        combination.platforms = try flags.platforms.flatMap(Platform.list)
        combination.prefersIndex = flags.preferIndex
        for tag in tags {
            let repository = Repository(tag)
            if let place = tagsByRepository.firstIndex(where: { $0.0 == repository }) {
                tagsByRepository[place].1.append(tag)
            } else {
                tagsByRepository.append((repository, [tag]))
            }
        }
    }

    /// The sources with their references; a digest alone is looked for where everything else is.
    private static func sources(_ texts: [String], _ tags: [ImageReference]) throws -> [ImageSource] {
        var sources: [ImageSource] = []
        for text in texts { sources.append(try ImageSource(parsing: text)) }
        let repositories = Set((tags + sources.compactMap(\.reference)).map { Repository($0) })
        for place in sources.indices where sources[place].reference == nil {
            guard let digest = sources[place].descriptor?.digest else { continue }
            guard let repository = repositories.first, repositories.count == 1 else {
                let problem =
                    repositories.isEmpty
                    ? "nothing says in which repository it is: give a tag or another source with one"
                    : "it can be in any of the repositories named: write it as REPOSITORY@\(digest)"
                throw ParseError("source", texts[place], problem)
            }
            sources[place].reference = repository.reference(digest)
        }
        return sources
    }

    private static func read(_ path: String) throws(BuildError) -> String {
        do {
            return String(decoding: try BoundedFile.read(path), as: UTF8.self)
        } catch {
            throw BuildError(.usage, "the file \(path.quoted) of --file \(error.explanation)")
        }
    }
}
