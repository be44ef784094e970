import CaissonText
import CaissonJSON
import CaissonBuildKit
package import CaissonBuildModel
import FoundationEssentials
import CaissonRegistry

/// Reads what the engine keeps of a build that succeeded: its provenance, and what its image weighs.
struct BuildRecordReader: Sendable {
    let client: ControlClient

    /// How long the engine may take for all of it.
    static let patience = Duration.seconds(10)
    /// The largest statement that is read.
    private static let longestProvenance = 16 << 20
    /// The most images of an index that are looked at.
    private static let mostImages = 64

    // MARK: Provenance

    /// The provenance by buildx's keys: `buildx.build.provenance`, with `/platform` where there are several; values are JSON
    /// in base64, as in an exporter's response.
    func provenance(of ref: String, _ detail: ProvenanceDetail) async throws -> [String: String] {
        guard let record = try await client.record(of: ref) else { return [:] }
        var found: [String: String] = [:]
        for (platform, attestations) in record.attestations {
            let first = attestations.first { $0.type.hasPrefix(Provenance.predicatePrefix) }
            guard let first, first.mediaType == "application/vnd.in-toto+json" else { continue }
            let bytes = try await read(first.digest, limit: Self.longestProvenance)
            let provenance = try Provenance(bytes, type: first.type, detail: detail)
            let key = "buildx.build.provenance" + (platform.isEmpty ? "" : "/" + platform)
            found[key] = Data(provenance.json.goBytes(indented: false)).base64EncodedString()
        }
        return found
    }

    // MARK: Size

    /// How large the layers of an image or of all images of an index are, packed.
    func size(of digest: String) async throws -> ImageSize {
        let manifest = try Manifest(try await read(digest, limit: Manifest.limit))
        guard manifest.isIndex else { return Self.size(of: manifest) }
        var size = ImageSize(size: 0, isPacked: true, layers: 0)
        // An index also lists statements about its images, which say of themselves that they are for no platform.
        let images = manifest.manifests.filter { $0.annotations["vnd.docker.reference.type"] == nil }
        for image in images.prefix(Self.mostImages) {
            let part = Self.size(of: try Manifest(try await read(image.digest.description, limit: Manifest.limit)))
            size.size = size.size.clampedAdding(part.size)
            size.layers += part.layers
        }
        return size
    }

    private static func size(of manifest: Manifest) -> ImageSize {
        let sizes = manifest.layers.map(\.size)
        return ImageSize(size: sizes.clampedSum, isPacked: true, layers: sizes.count)
    }

    /// Content, held against its digest: what says where an image came from is not taken on trust.
    func read(_ digest: String, limit: Int) async throws -> [UInt8] {
        let expected = try ContentDigest(parsing: digest)
        let bytes = try await client.content(digest, limit: limit)
        guard ContentDigest(of: bytes) == expected else {
            throw BuildError(.engine, "the engine gave other content for \(digest)")
        }
        return bytes
    }
}

extension RecordDescriptor {
    /// What kind of statement it is.
    fileprivate var type: String { annotations["in-toto.io/predicate-type", default: ""] }
}

/// A statement that an engine keeps of a build.
package struct BuildStatement: Sendable, Hashable {
    /// What is stated, such as `https://slsa.dev/provenance/v0.2`.
    package var type: String
    /// The platform of the result; empty for one without platforms.
    package var platform: String
    /// The digest of its content.
    package var digest: String
}

extension Builder {
    /// The largest document that is read.
    private static let longestDocument = 64 << 20

    /// The statements that the engines keep of a build, by platform and type.
    ///
    /// - Parameter ref: What the engine calls the build.
    /// - Throws: `BuildError` where an engine can't be asked, or has no history of builds, as before BuildKit 0.11.
    package func statements(of ref: String, within limit: Duration = .seconds(30)) async throws -> [BuildStatement] {
        var found: [BuildStatement] = []
        for node in nodes {
            let record = try await node.engine.askingHistory(within: limit) { try await $0.record(of: ref) }
            for (platform, statements) in record?.attestations ?? [:] {
                found += statements.map { BuildStatement(type: $0.type, platform: platform, digest: $0.digest) }
            }
        }
        return found.sorted { ($0.platform, $0.type, $0.digest) < ($1.platform, $1.type, $1.digest) }
    }

    /// Content of the engines' stores by its digest, which it is held against; nil where none of them has it.
    package func document(_ digest: ContentDigest, within limit: Duration = .seconds(30)) async throws -> [UInt8]? {
        for node in nodes {
            let bytes = try await node.engine.askingHistory(within: limit) { client -> [UInt8]? in
                do {
                    return try await BuildRecordReader(client: client)
                        .read(digest.description, limit: Self.longestDocument)
                } catch let error as GRPCError where error.code == .notFound {
                    return nil
                }
            }
            if let bytes { return bytes }
        }
        return nil
    }
}

extension Engine {
    fileprivate func askingHistory<Value: Sendable>(
        within limit: Duration,
        _ ask: @escaping @Sendable (ControlClient) async throws -> Value
    ) async throws -> Value {
        try await asking(within: limit) { [address] _ in
            throw BuildError(.unsupported, "the engine at \(address) keeps nothing of builds: that needs BuildKit 0.11")
        } buildKit: {
            try await ask($0.client)
        }
    }
}
