import CaissonArchive
import CaissonBuildModel
import CaissonJSON

/// A blob of a bundle, which is made twice: once to learn its digest and size, which stand before it in the tar, and
/// once to be written.
///
/// So a log of a gibibyte takes neither memory nor a temporary file; it takes the time to make it again.
struct BundleBlob {
    /// Takes the next bytes of a blob.
    typealias Sink = ([UInt8]) throws -> Void
    /// Makes all bytes of a blob, the same each time.
    typealias Content = (Sink) throws -> Void

    /// Its media type.
    let type: String
    /// What else is said of it.
    let annotations: [String: String]
    /// What it is named by.
    let digest: ContentDigest
    /// How many bytes it has.
    let size: Int64
    private let content: Content

    /// Measures a blob.
    init(_ type: String, annotations: [String: String] = [:], content: @escaping Content) throws {
        let hasher = DigestHasher()
        var size: Int64 = 0
        try content { bytes in
            hasher.update(bytes)
            size += Int64(bytes.count)
        }
        self.type = type
        self.annotations = annotations
        self.content = content
        self.size = size
        digest = hasher.finish()
    }

    /// Takes bytes that are there.
    init(_ type: String, annotations: [String: String] = [:], bytes: [UInt8]) {
        self.type = type
        self.annotations = annotations
        size = Int64(bytes.count)
        digest = ContentDigest(of: bytes)
        content = { sink in try sink(bytes) }
    }

    /// Writes it into a tar.
    ///
    /// - Throws: `invalid` where it isn't what was measured.
    func write(to tar: inout TarWriter) throws {
        let path = "blobs/\(digest.algorithm.rawValue)/\(digest.hex)"
        try tar.add(TarEntry(path: Array(path.utf8), kind: .file(size: size), permissions: 0o444))
        let hasher = DigestHasher()
        var left = size
        try content { bytes in
            left -= Int64(bytes.count)
            guard left >= 0 else { throw changed }
            hasher.update(bytes)
            try bytes.withUnsafeBytes { try tar.write($0) }
        }
        guard left == 0, hasher.finish() == digest else { throw changed }
    }

    private var changed: BundleError {
        BundleError(.invalid, "the log of a build changed while it was written into a bundle; try again")
    }

    /// What a manifest says of it.
    var descriptor: JSON {
        var members = [
            JSONMember("mediaType", .string(type)), JSONMember("digest", .string(digest.description)),
            JSONMember("size", .number(String(size))),
        ]
        if !annotations.isEmpty { members.append(JSONMember("annotations", JSON(annotations))) }
        return .object(members)
    }

    /// What a record of BuildKit says of it: the message `Descriptor` as Go writes it as JSON.
    var recordDescriptor: JSON {
        var members = [
            JSONMember("media_type", .string(type)), JSONMember("digest", .string(digest.description)),
            JSONMember("size", .number(String(size))),
        ]
        if !annotations.isEmpty { members.append(JSONMember("annotations", JSON(annotations))) }
        return .object(members)
    }
}
