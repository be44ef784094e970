import CaissonText
import CaissonJSON
import CaissonArchive
import CaissonBuildModel
import Glibc

/// One pass over an image's tar: first it collects what is in the tar, then it finds out what that means.
struct ImageTarScan {
    /// A file of the tar.
    private enum File {
        /// A file that isn't a tar, by its digest.
        case plain(ContentDigest, Spool)
        /// A tar, now compressed.
        case layer(diffID: ContentDigest, descriptor: ContentDescriptor, Spool)
    }

    private static let most = 20_000
    private static let inMemory: Int64 = 64 << 20
    private static let smallLimit: Int64 = 8 << 20

    private let options: ImageTar.Options
    private var files: [String: File] = [:]
    private var links: [String: String] = [:]
    private var held: Int64 = 0
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)

    init(_ options: ImageTar.Options) { self.options = options }

    /// Reads the whole tar.
    mutating func run(_ source: @escaping TarReader.Source) throws {
        var limits = TarReader.Limits()
        limits.entries = Self.most
        limits.nameLength = 4096
        var reader = try TarReader.open(limits: limits, source: source)
        while let entry = try reader.next() {
            let name = Self.key(entry.path)
            switch entry.kind {
            case .file: files[name] = try store(&reader, name)
            case .symbolicLink(let target): links[name] = Self.joined(Self.folder(of: name), target)
            case .hardLink(let target): links[name] = Self.key(target)
            default: break
            }
        }
    }

    private mutating func store(_ reader: inout TarReader, _ name: String) throws -> File {
        var start: [UInt8] = []
        while start.count < 512 {
            let piece = try read(&reader)
            if piece.isEmpty { break }
            start += piece
        }
        let isTar = name.hasSuffix("/layer.tar") || Array(start.dropFirst(257).prefix(5)) == Array("ustar".utf8)
        return try isTar ? layer(start, &reader) : plain(start, &reader)
    }

    private mutating func read(_ reader: inout TarReader) throws -> [UInt8] {
        var reading = buffer
        buffer = []
        defer { buffer = reading }
        let count = try Self.fill(&reading, &reader)
        return Array(reading.prefix(count))
    }

    /// A function of its own, because a closure with a typed throw isn't allowed in every position.
    private static func fill(_ bytes: inout [UInt8], _ reader: inout TarReader) throws(ArchiveError) -> Int {
        var outcome: Result<Int, ArchiveError> = .success(0)
        bytes.withUnsafeMutableBytes { buffer in
            do throws(ArchiveError) {
                outcome = .success(try reader.read(into: buffer))
            } catch {
                outcome = .failure(error)
            }
        }
        return try outcome.get()
    }

    private mutating func plain(_ start: [UInt8], _ reader: inout TarReader) throws -> File {
        let spool = SpoolWriter(folder: options.folder, threshold: threshold)
        let hasher = DigestHasher()
        var piece = start
        while !piece.isEmpty {
            hasher.update(piece)
            try spool.write(piece)
            piece = try read(&reader)
        }
        return .plain(hasher.finish(), hold(spool.finish()))
    }

    private mutating func layer(_ start: [UInt8], _ reader: inout TarReader) throws -> File {
        let output = LayerOutput(SpoolWriter(folder: options.folder, threshold: threshold))
        let compressor = try Compressor(options.compression, level: options.level) { bytes throws(ArchiveError) in
            try output.take(bytes)
        }
        let hasher = DigestHasher()
        var piece = start
        while !piece.isEmpty {
            hasher.update(piece)
            try Self.compress(piece, compressor)
            piece = try read(&reader)
        }
        try compressor.finish()
        let (digest, spool) = output.finish()
        let type = Self.layerType(options.compression, options.usesOCITypes)
        let descriptor = ContentDescriptor(mediaType: type, digest: digest, size: spool.size)
        return .layer(diffID: hasher.finish(), descriptor: descriptor, hold(spool))
    }

    private static func compress(_ bytes: [UInt8], _ compressor: Compressor) throws(ArchiveError) {
        var failure: ArchiveError?
        bytes.withUnsafeBytes { buffer in
            do throws(ArchiveError) { try compressor.write(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// How much of one file may stay in memory: little if there is much in memory already.
    private var threshold: Int { held < Self.inMemory ? 4 << 20 : 16 << 10 }

    private mutating func hold(_ spool: Spool) -> Spool {
        held += min(spool.size, Int64(threshold))
        return spool
    }

    static func layerType(_ compression: Compression, _ isOCI: Bool) -> String {
        switch compression {
        case .gzip: isOCI ? MediaType.ociLayer + "+gzip" : MediaType.dockerLayer
        case .none: isOCI ? MediaType.ociLayer : "application/vnd.docker.image.rootfs.diff.tar"
        case .zstd: MediaType.ociLayer + "+zstd"
        case .xz: MediaType.ociLayer + "+xz"
        }
    }
}

/// Where the compressed bytes of a layer go.
private final class LayerOutput {
    private let spool: SpoolWriter
    private let hasher = DigestHasher()

    init(_ spool: SpoolWriter) { self.spool = spool }

    func take(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        hasher.update(bytes)
        do throws(RegistryError) {
            try spool.write(bytes)
        } catch {
            throw ArchiveError(.system, error.message)
        }
    }

    func finish() -> (ContentDigest, Spool) { (hasher.finish(), spool.finish()) }
}

extension ImageTarScan {
    /// The images that the tar's own list names.
    func images() throws -> [ImageTar.Image] {
        if files["manifest.json"] != nil {
            let list = try json("manifest.json").array ?? []
            guard !list.isEmpty, list.count <= 1000 else { throw wrong("its manifest.json lists no images") }
            return try list.map(image)
        }
        guard files["index.json"] != nil else { throw wrong("it has neither manifest.json nor index.json") }
        let images = try ofIndex(json("index.json"), [], depth: 0)
        guard !images.isEmpty else { throw wrong("its index.json lists no images") }
        return images
    }

    private func image(_ item: JSON) throws -> ImageTar.Image {
        guard let config = item["Config"]?.string else { throw wrong("an image of manifest.json has no Config") }
        let paths = (item["Layers"]?.array ?? []).compactMap(\.string)
        let names = (item["RepoTags"]?.array ?? []).compactMap(\.string)
        return try image(config, paths.map { ($0, nil) }, names)
    }

    private func ofIndex(_ index: JSON, _ names: [String], depth: Int) throws -> [ImageTar.Image] {
        guard depth < 8 else { throw wrong("its indexes are nested too deep") }
        var images: [ImageTar.Image] = []
        for item in (index["manifests"]?.array ?? []).prefix(1000) {
            let descriptor = try descriptor(item)
            let named = descriptor.annotations["io.containerd.image.name"].map { [$0] } ?? names
            let isAttestation = descriptor.annotations["vnd.docker.reference.type"] != nil
            if MediaType.isIndex(descriptor.mediaType) {
                images += try ofIndex(json(Self.path(descriptor.digest)), named, depth: depth + 1)
            } else if MediaType.isManifest(descriptor.mediaType), !isAttestation {
                let manifest = try json(Self.path(descriptor.digest))
                let config = try self.descriptor(manifest["config"] ?? .null)
                let layers = try (manifest["layers"]?.array ?? []).map(self.descriptor)
                images.append(
                    try image(Self.path(config.digest), layers.map { (Self.path($0.digest), $0.mediaType) }, named)
                )
            }
        }
        return images
    }

    private func image(_ config: String, _ paths: [(String, String?)], _ names: [String]) throws -> ImageTar.Image {
        let bytes = try bytes(config)
        guard let json = try? JSON(parsing: bytes), let platform = ImagePlatform(json) else {
            throw wrong("the configuration \(config.quoted) is not JSON")
        }
        let diffs = (json["rootfs"]?["diff_ids"]?.array ?? []).compactMap(\.string)
        guard diffs.count == paths.count, paths.count <= Manifest.itemLimit else {
            throw wrong("the configuration \(config.quoted) names \(diffs.count) layers, and there are \(paths.count)")
        }
        var layers: [ImageTar.Layer] = []
        for ((path, type), diff) in zip(paths, diffs) { layers.append(try layer(path, type, diff)) }
        return ImageTar.Image(config: bytes, platform: platform, layers: layers, names: names)
    }

    private func layer(_ path: String, _ type: String?, _ diff: String) throws -> ImageTar.Layer {
        switch try file(path) {
        case .layer(let diffID, let descriptor, let spool):
            guard diffID.description == diff else {
                throw wrong("the layer \(path.quoted) has the digest \(diffID) instead of \(diff.quoted)")
            }
            return ImageTar.Layer(descriptor: descriptor, source: BlobSource(spool))
        case .plain(let digest, let spool):
            // A layer that came compressed stays as it is.
            guard let type = try type ?? Self.type(of: spool) else {
                throw wrong("the layer \(path.quoted) is neither a tar nor a compressed one")
            }
            guard !path.hasPrefix("blobs/") || path.hasSuffix(digest.hex) else {
                throw wrong("the layer \(path.quoted) has the digest \(digest)")
            }
            let descriptor = ContentDescriptor(mediaType: type, digest: digest, size: spool.size)
            return ImageTar.Layer(descriptor: descriptor, source: BlobSource(spool))
        }
    }

    private static func type(of spool: Spool) throws -> String? {
        let magic = try spool.read(0, 4)
        if magic.starts(with: [0x1F, 0x8B]) { return MediaType.ociLayer + "+gzip" }
        return magic == [0x28, 0xB5, 0x2F, 0xFD] ? MediaType.ociLayer + "+zstd" : nil
    }

    private func file(_ path: String) throws -> File {
        var name = Self.key(Array(path.utf8))
        for _ in 0..<16 {
            if let file = files[name] { return file }
            guard let target = links[name] else { break }
            name = target
        }
        throw wrong("\(path.quoted) is missing")
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        guard case .plain(_, let spool) = try file(path), spool.size <= Self.smallLimit else {
            throw wrong("\(path.quoted) is no small file")
        }
        return try spool.read(0, Int(spool.size))
    }

    private func json(_ path: String) throws -> JSON {
        do {
            return try JSON(parsing: try bytes(path))
        } catch let error as JSONError {
            throw wrong("\(path.quoted) is not JSON: \(error)")
        }
    }

    private func descriptor(_ json: JSON) throws -> ContentDescriptor {
        do {
            return try ContentDescriptor(json)
        } catch {
            throw wrong("a descriptor in it is wrong: \(error.problem)")
        }
    }

    private func wrong(_ problem: String) -> RegistryError {
        RegistryError(.malformed, "the image's tar can't be used: \(problem)")
    }

    private static func path(_ digest: ContentDigest) -> String { "blobs/\(digest.algorithm.rawValue)/\(digest.hex)" }

    private static func folder(of name: String) -> String {
        name.lastIndex(of: "/").map { String(name[..<$0]) } ?? ""
    }

    /// The name that a link's target stands for, as seen from a folder.
    private static func joined(_ folder: String, _ target: [UInt8]) -> String {
        let text = String(decoding: target, as: UTF8.self)
        return key(Array((text.hasPrefix("/") ? text : folder + "/" + text).utf8))
    }

    /// A name without the parts that mean nothing in it; `..` never leads above the top.
    private static func key(_ path: [UInt8]) -> String {
        var parts: [String] = []
        for part in String(decoding: path, as: UTF8.self).pieces(at: "/") {
            if part == ".." { _ = parts.popLast() } else if !part.isEmpty, part != "." { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}
