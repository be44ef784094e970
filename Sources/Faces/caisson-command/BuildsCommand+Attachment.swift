import ArgumentParser
import CaissonBuildModel
import CaissonEngines
import CaissonHistory
import CaissonManuals
import CaissonRegistry
import CaissonSystem
import CaissonText

// Documents that engines keep of builds.

extension BuildsCommand {
    /// The command `caisson builds attachment`.
    struct Attachment: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "attachment",
            abstract: "Prints a document that the engine keeps of a build: provenance, SBOM, manifest.",
            discussion: Manual.text(of: "builds attachment")
        )

        @Argument(help: nameHelp)
        var build = "^0"

        @Argument(help: "The document's digest; without one --type chooses.")
        var digest: String?

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "What to print: provenance, sbom, index, manifest, image (its configuration), or a predicate's type.",
                valueName: "type"
            )
        )
        var type = "provenance"

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("Of which platform, where the build has several.", valueName: "platform")
        )
        var platform: String?

        @OptionGroup(title: "Engine")
        var engine: NamedEngine
    }
}

extension BuildsCommand.Attachment {
    func run() async throws {
        let store = try await BuildsCommand.store()
        let record = try BuildsCommand.dossier(build, in: store).record
        let id = record.id.description.prefix(12)
        let wanted = try platform.map { text throws(BuildError) in
            try FlagValue.of("--platform") { () throws(ParseError) in try Platform(parsing: text) }
        }
        let asked = try digest.map { text throws(BuildError) in
            try FlagValue.of("the digest") { () throws(ParseError) in try ContentDigest(parsing: text) }
        }
        let bytes = try await CacheCommand.lend(try engine(of: record)) { builder in
            let found =
                if let asked { asked } else { try await document(of: record, on: builder, wanted?.description) }
            guard let bytes = try await builder.document(found) else {
                throw BuildError(.engine, "the engine of build \(id) doesn't keep \(found) any more")
            }
            return bytes
        }
        try BorrowedDescriptor.standardOutput.writeBytes(bytes)
    }

    /// The engine that is named, else the one that built it.
    private func engine(of record: BuildRecord) throws -> NamedEngine {
        guard engine.addr == nil, engine.builder == nil, let told = record.engine,
            let start = told.ranges(of: " at ").last?.upperBound
        else { return engine }
        return try NamedEngine.parse(["--addr=\(told[start...])"])
    }

    private func document(
        of record: BuildRecord,
        on builder: Builder,
        _ platform: String?
    ) async throws -> ContentDigest {
        switch type {
        case "index", "manifest", "image": try await part(of: record, on: builder, platform)
        default: try await statement(of: record, on: builder, platform)
        }
    }

    /// The statement that is meant.
    private func statement(
        of record: BuildRecord,
        on builder: Builder,
        _ platform: String?
    ) async throws -> ContentDigest {
        let id = record.id.description.prefix(12)
        guard let ref = record.engineRef else {
            throw BuildError(
                .usage,
                "the history doesn't tell what the engine calls build \(id): it failed, or is of before"
            )
        }
        let all = try await builder.statements(of: ref)
        let types = ["provenance": "https://slsa.dev/provenance/", "sbom": "https://spdx.dev/Document"]
        let ofType = all.filter { types[type].map($0.type.hasPrefix) ?? ($0.type == type) }
        let fitting = ofType.filter { platform == nil || $0.platform == platform }
        guard let first = fitting.first else {
            let known = all.map { $0.platform.isEmpty ? $0.type : "\($0.type) of \($0.platform)" }.map(\.quoted)
            throw BuildError(
                .usage,
                "the engine keeps no such statement of build \(id); "
                    + (known.isEmpty ? "it keeps none" : "it keeps \(known.joined(separator: ", "))")
            )
        }
        guard Set(fitting.map(\.platform)).count == 1 else {
            let names = Set(fitting.map(\.platform)).sorted().joined(separator: ", ")
            throw BuildError(.usage, "build \(id) is of several platforms; choose one with --platform: \(names)")
        }
        return try ContentDigest(parsing: first.digest)
    }

    /// The index or the manifest of the image, or its configuration.
    private func part(of record: BuildRecord, on builder: Builder, _ platform: String?) async throws -> ContentDigest {
        let id = record.id.description.prefix(12)
        guard let name = record.images.lazy.compactMap(\.digest).first else {
            throw BuildError(.usage, "build \(id) made no image that has a manifest")
        }
        let top = try ContentDigest(parsing: name)
        var (digest, manifest) = (top, try await Self.manifest(top, on: builder))
        if type == "index" {
            guard manifest.isIndex else { throw BuildError(.usage, "the image of build \(id) has no index") }
            return top
        }
        if manifest.isIndex {
            let images = manifest.manifests.filter { $0.annotations["vnd.docker.reference.type"] == nil }
            let fitting = images.filter { platform == nil || $0.platform?.description == platform }
            guard let image = fitting.first, fitting.count == 1 else {
                let names = images.compactMap { $0.platform?.description }.joined(separator: ", ")
                throw BuildError(.usage, "choose an image of build \(id) with --platform: \(names)")
            }
            (digest, manifest) = (image.digest, try await Self.manifest(image.digest, on: builder))
        }
        guard type == "image" else { return digest }
        guard let config = manifest.config else {
            throw BuildError(.engine, "the manifest of build \(id) names no configuration")
        }
        return config.digest
    }

    private static func manifest(_ digest: ContentDigest, on builder: Builder) async throws -> Manifest {
        guard let bytes = try await builder.document(digest) else {
            throw BuildError(
                .engine,
                "the engine doesn't keep \(digest); “caisson image inspect” asks a registry for it"
            )
        }
        do throws(ParseError) {
            return try Manifest(bytes)
        } catch {
            throw BuildError(.engine, "\(digest) is no manifest: \(error.problem)")
        }
    }
}
