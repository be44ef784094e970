import CaissonArchive
import CaissonBuildModel
import CaissonJSON
import CaissonSystem
import CaissonText

/// The blobs of a bundle, unpacked into a scratch file and named by what their bytes are, not by what the tar says.
///
/// No name of the tar becomes one of a file: those that aren't of a layout are passed over, so none leads anywhere.
final class BundleBlobs {
    /// Where a blob lies.
    struct Place {
        /// Where it begins in the scratch file.
        var offset: Int64
        /// How many bytes it has.
        var size: Int64
    }

    /// How much of a file is read at once.
    private static let piece = 1 << 20

    private let scratch: ScratchFile
    private let limits: BundleLimits
    private var places: [ContentDigest: Place] = [:]
    private var damaged: Set<ContentDigest> = []
    private var index: Place?
    private var end: Int64 = 0

    /// Unpacks a tar.
    init(_ source: @escaping TarReader.Source, _ scratch: ScratchFile, _ limits: BundleLimits) throws(BundleError) {
        self.scratch = scratch
        self.limits = limits
        do throws(ArchiveError) {
            var tarLimits = TarReader.Limits()
            tarLimits.entries = limits.files
            tarLimits.contentBytes = limits.content
            var tar = try TarReader.open(limits: tarLimits, source: source)
            while let entry = try tar.next() { try unpack(entry, &tar) }
        } catch {
            throw BundleError(error)
        }
    }

    private func unpack(_ entry: TarEntry, _ tar: inout TarReader) throws(ArchiveError) {
        guard case .file(let size) = entry.kind else { return }
        let isRelative = entry.path.starts(with: "./".utf8)
        let path = String(decoding: entry.path.dropFirst(isRelative ? 2 : 0), as: UTF8.self)
        if path == "index.json" {
            guard index == nil else { throw ArchiveError(.malformed, "it has two files index.json") }
            index = try copy(&tar, size, into: nil)
        } else if let digest = Self.digest(path) {
            let hasher = DigestHasher(digest.algorithm)
            let place = try copy(&tar, size, into: hasher)
            if hasher.finish() == digest { places[digest] = place } else { damaged.insert(digest) }
        }
    }

    /// The digest that a path such as `blobs/sha256/…` names; nil for another path.
    private static func digest(_ path: String) -> ContentDigest? {
        let parts = path.pieces(at: "/")
        guard parts.count == 3, parts.first == "blobs" else { return nil }
        return try? ContentDigest(parsing: "\(parts[1]):\(parts[2])")
    }

    private func copy(_ tar: inout TarReader, _ size: Int64, into hasher: DigestHasher?) throws(ArchiveError) -> Place {
        let place = Place(offset: end, size: size)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.piece, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try tar.read(into: buffer)
            guard count > 0 else { break }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hasher?.update(bytes)
            do throws(Errno) {
                try scratch.write(bytes, at: end)
            } catch {
                throw ArchiveError(.system, BundleError(scratch: error).message)
            }
            end += Int64(count)
        }
        guard end - place.offset == size else { throw ArchiveError(.malformed, "a file in it ends too early") }
        return place
    }
}

// MARK: - Reading

extension BundleBlobs {
    /// The list of what is in the bundle.
    ///
    /// - Throws: `notABundle` where there is none.
    func list() throws(BundleError) -> JSON {
        guard let index else {
            throw BundleError(.notABundle, "this is no bundle of builds: it has no file index.json")
        }
        return try json(index, "index.json", limit: limits.document)
    }

    /// Where the blob of a descriptor is.
    ///
    /// - Throws: `damaged` where it is missing, or isn't what it should be.
    func place(of descriptor: JSON) throws(BundleError) -> Place {
        let text = descriptor["digest"]?.string ?? ""
        guard let digest = try? ContentDigest(parsing: text) else {
            throw BundleError(.damaged, "the bundle names a blob by \(text.quoted), which is no digest")
        }
        guard let place = places[digest] else {
            let isDamaged = damaged.contains(digest)
            let problem = isDamaged ? "has another content than its name says" : "is missing"
            throw BundleError(.damaged, "the blob \(digest) of the bundle \(problem)")
        }
        guard descriptor["size"]?.integer == place.size else {
            let problem = "has \(place.size) bytes, which isn't its size"
            throw BundleError(.damaged, "the blob \(digest) of the bundle \(problem)")
        }
        return place
    }

    /// Reads the blob of a descriptor as JSON.
    func json(_ descriptor: JSON, limit: Int64? = nil) throws(BundleError) -> JSON {
        let name = "the blob \(descriptor["digest"]?.string ?? "")"
        return try json(try place(of: descriptor), name, limit: limit ?? limits.document)
    }

    /// Reads a blob that is held in memory.
    func bytes(_ place: Place, _ name: String, limit: Int64) throws(BundleError) -> [UInt8] {
        guard place.size <= limit, let count = Int(exactly: place.size) else {
            throw BundleError(.limitExceeded, "\(name) has \(place.size) bytes, and no more than \(limit) are taken")
        }
        return try bytes(at: place.offset, count)
    }

    /// Reads bytes of the scratch file.
    func bytes(at offset: Int64, _ count: Int) throws(BundleError) -> [UInt8] {
        do throws(Errno) {
            return try scratch.read(at: offset, count)
        } catch {
            throw BundleError(scratch: error)
        }
    }

    private func json(_ place: Place, _ name: String, limit: Int64) throws(BundleError) -> JSON {
        let bytes = try bytes(place, name, limit: limit)
        do throws(JSONError) {
            return try JSON(parsing: bytes)
        } catch {
            throw BundleError(.damaged, "\(name) of the bundle isn't JSON: \(error)")
        }
    }
}
