package import CaissonArchive
import CaissonBuildModel
import CaissonJSON
import CaissonText

/// Reads a bundle, of ours or of anybody's, one build after the other.
///
/// The tar is unpacked once, into a scratch file, as what tells of the blobs comes behind them and may come from a
/// pipe. In memory are the manifests and the build that is looked at; logs are read piece by piece.
package final class BundleReader {
    /// How deep lists of manifests may be within each other.
    private static let deepest = 3

    private let blobs: BundleBlobs
    private let limits: BundleLimits
    /// What the lists say of the manifests: their digests and sizes.
    private var manifests: [JSON] = []
    /// The bytes of the lists, which are held together while they are looked at.
    private var listSize: Int64 = 0
    private var place = 0
    /// What isn't a build or can't be read, a line each.
    package private(set) var omissions: [String] = []

    /// Unpacks a bundle.
    ///
    /// - Parameters:
    ///   - source: Gives its bytes, packed by gzip, zstd or not at all.
    ///   - scratch: Where it is unpacked.
    ///   - limits: How much of it is taken.
    /// - Throws: `notABundle`, `damaged`, `limitExceeded`, `system`.
    package init(
        _ source: @escaping TarReader.Source,
        scratch: ScratchFile,
        limits: BundleLimits = BundleLimits()
    ) throws(BundleError) {
        self.limits = limits
        blobs = try BundleBlobs(source, scratch, limits)
        try collect()
        guard !manifests.isEmpty else { throw BundleError(.notABundle, "there is no record of a build in it") }
    }

    /// How many builds it may have: those that can't be read are among them.
    package var count: Int { manifests.count }

    /// The next build that can be read; nil at the end.
    ///
    /// - Throws: `system`; whatever else is wrong with a build is one of the omissions.
    package func next() throws(BundleError) -> ReadBuild? {
        while place < manifests.count {
            let manifest = manifests[place]
            place += 1
            do throws(BundleError) {
                return try build(try blobs.json(manifest))
            } catch {
                guard error.code != .system else { throw error }
                omissions.append(error.message)
            }
        }
        return nil
    }

    /// Finds the manifests in the lists, each once.
    private func collect() throws(BundleError) {
        var lists = [try blobs.list()]
        var seen: Set<String> = []
        for _ in 0..<Self.deepest {
            var inner: [JSON] = []
            for descriptor in lists.flatMap({ $0["manifests"].items }) {
                guard seen.insert(descriptor["digest"]?.string ?? "").inserted else { continue }
                guard seen.count <= limits.builds else {
                    throw BundleError(.limitExceeded, "the bundle has more than \(limits.builds) builds")
                }
                if let list = try open(descriptor) { inner.append(list) }
            }
            lists = inner
        }
        if !lists.isEmpty { omissions.append("lists within lists of the bundle are left out") }
    }

    /// Takes a manifest of a build; a list is given back.
    private func open(_ descriptor: JSON) throws(BundleError) -> JSON? {
        do throws(BundleError) {
            let manifest = try blobs.json(descriptor)
            if manifest["manifests"]?.array != nil {
                listSize = listSize.clampedAdding(descriptor["size"].size)
                guard listSize <= limits.document else {
                    throw BundleError(.limitExceeded, "the lists in the bundle have more than \(limits.document) bytes")
                }
                return manifest
            }
            if Self.isBuild(manifest) {
                manifests.append(.object([("digest", descriptor["digest"]), ("size", descriptor["size"])]))
            } else {
                let type = manifest["config"]?["mediaType"]?.string ?? ""
                omissions.append("something of type \(type.quoted) is no build and is left out")
            }
        } catch {
            guard error.code != .system else { throw error }
            omissions.append(error.message)
        }
        return nil
    }

    private static func isBuild(_ manifest: JSON) -> Bool {
        manifest["config"]?["mediaType"]?.string == BundleMediaType.record
            || manifest["layers"].items.contains { $0["mediaType"]?.string == BundleMediaType.dossier }
    }
}

// MARK: - A build

extension BundleReader {
    private func build(_ manifest: JSON) throws(BundleError) -> ReadBuild {
        var (layers, omissions) = try layers(of: manifest)
        let log = layers.first { $0.type == BundleMediaType.status }
        var build: ReadBuild?
        if let layer = layers.first(where: { $0.type == BundleMediaType.dossier }) {
            let json = try? JSON(parsing: blobs.bytes(layer.place, "a dossier", limit: DockerBundle.longestDossier))
            build = json.flatMap { BuildDossier(bundled: $0) }
                .map { ReadBuild(dossier: $0, isOurs: true, blobs: blobs, limits: limits) }
            if build == nil { omissions.append("the dossier of a build can't be read; its record is taken instead") }
        }
        let record = manifest["config"].flatMap { try? blobs.json($0) }
        var read: ReadBuild
        if let build { read = build } else { read = try foreign(manifest, record, layers, &omissions) }
        read.platform = record?["DefaultPlatform"]?.string ?? ""
        read.log = log?.place
        let own = [BundleMediaType.status, BundleMediaType.dossier, BundleMediaType.failure]
        // The trace of ours is made of the dossier at any time.
        read.documents = layers.filter { !own.contains($0.type) && !(read.isOurs && $0.type == BundleMediaType.trace) }
        read.omissions = omissions
        return read
    }

    /// The layers whose kind is known, and what isn't there.
    private func layers(of manifest: JSON) throws(BundleError) -> ([ReadBuild.Document], [String]) {
        var (layers, omissions) = ([ReadBuild.Document](), [String]())
        for layer in manifest["layers"].items {
            let type = layer["mediaType"]?.string ?? ""
            guard BundleMediaType.isKept(type) else {
                omissions.append("a layer of type \(type.quoted) is left out")
                continue
            }
            do throws(BundleError) {
                let place = try blobs.place(of: layer)
                let notes = layer["annotations"]?.texts ?? [:]
                layers.append(
                    ReadBuild.Document(
                        type: notes[BundleMediaType.originalType] ?? type,
                        digest: layer["digest"]?.string ?? "",
                        size: place.size,
                        annotations: notes,
                        place: place
                    )
                )
            } catch {
                omissions.append(error.message)
            }
        }
        return (layers, omissions)
    }

    /// A build that Caisson didn't make, by its record and its log.
    private func foreign(
        _ manifest: JSON,
        _ record: JSON?,
        _ layers: [ReadBuild.Document],
        _ omissions: inout [String]
    ) throws(BundleError) -> ReadBuild {
        var json = record ?? .null
        // Reads it again where it couldn't be read, to tell why.
        if record == nil { json = try blobs.json(manifest["config"] ?? .null) }
        var steps = StepCollector(limits)
        if let log = layers.first(where: { $0.type == BundleMediaType.status }) {
            var frames = StatusFrames(blobs, log.place, limit: limits.message)
            try steps.take(&frames)
        }
        if let problem = steps.problem { omissions.append(problem) }
        var failure = FailureDetails()
        if let layer = layers.first(where: { $0.type == BundleMediaType.failure }) {
            let bytes = try? blobs.bytes(layer.place, "an error", limit: limits.document)
            failure = bytes.map { FailureDetails($0) } ?? failure
        }
        guard let dossier = BuildDossier(record: json, steps, failure) else {
            throw BundleError(.damaged, "a record in the bundle names no build or no time; it is left out")
        }
        return ReadBuild(dossier: dossier, blobs: blobs, limits: limits)
    }
}
