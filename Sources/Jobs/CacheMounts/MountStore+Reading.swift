import CaissonArchive
package import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

extension MountStore {
    /// Puts the layers of mounts into a folder that becomes the context of `MountScript.restoring`, each checked
    /// before.
    ///
    /// On the same file system it takes no space, as the files are links.
    ///
    /// - Parameters:
    ///   - mounts: Some that `list` gave.
    ///   - context: An empty folder.
    ///   - limit: The most bytes that one mount has, unpacked.
    package func stage(
        _ mounts: [StoredMount],
        into context: String,
        limit: ByteSize = ByteSize(bytes: .max)
    ) throws {
        for (place, mount) in mounts.enumerated() {
            try Task.checkCancellation()
            let file = try folder.openBlob(mount.layer, size: mount.layerSize)
            let finish = try Self.check(file, of: mount, named: folder.blob(mount.layer), limit: limit)
            let names = MountScript.contextFiles(place).map { PathFacts.join(context, $0) }
            guard let name = names.first, let script = names.last else { continue }
            try write(finish.script(), to: script)
            if link(folder.blob(mount.layer).cPath, name.cPath) == 0 { continue }
            guard errno != EEXIST else { throw CacheMountError.failed("write", name, .exists) }
            try copy(file, to: name)
        }
    }

    private func write(_ script: [UInt8], to name: String) throws(CacheMountError) {
        do throws(Errno) {
            try AtomicFile.replace(name, with: script, .usual)
        } catch {
            throw .failed("write", name, error)
        }
    }

    private func copy(_ file: SharedDescriptor, to name: String) throws(CacheMountError) {
        do throws(Errno) {
            try AtomicFile.create(name, with: [])
            try FileInPlace.copy(file.raw, over: name)
        } catch {
            throw .failed("write", name, error)
        }
    }

    /// Reads all of each mount in the store; what is wrong with those that are damaged.
    package func verify(limit: ByteSize = ByteSize(bytes: .max)) throws -> [(mount: StoredMount, problem: String)] {
        var problems: [(mount: StoredMount, problem: String)] = []
        for mount in try list() {
            try Task.checkCancellation()
            do throws(CacheMountError) {
                let file = try folder.openBlob(mount.layer, size: mount.layerSize)
                _ = try Self.check(file, of: mount, named: folder.blob(mount.layer), limit: limit)
            } catch {
                problems.append((mount, error.message))
            }
        }
        return problems
    }

    /// Reads a layer to its end, and compares it with what its manifest says.
    @discardableResult
    static func check(
        _ file: SharedDescriptor,
        of mount: StoredMount,
        named path: String,
        limit: ByteSize
    ) throws(CacheMountError) -> LayerFinish {
        guard mount.content.size <= limit.bytes else {
            let text = "the mount \(mount.mount.id.quoted) has \(mount.content.size) bytes, more than \(limit.bytes)"
            throw CacheMountError(.limitExceeded, "\(text) that are unpacked")
        }
        let source = LayerSource(file)
        do {
            let (content, finish) = try LayerCheck.content(limit: mount.content.size) { () throws(ArchiveError) in
                try source.next()
            }
            guard try source.digest() == mount.layer else { throw LayerCheck.Problem(text: "it has another digest") }
            guard content == mount.content else {
                throw LayerCheck.Problem(text: "its content isn't what its manifest says")
            }
            return finish
        } catch let problem as LayerCheck.Problem {
            throw .damaged(path, problem.text)
        } catch {
            throw .damaged(path, (error as? ArchiveError)?.message ?? "\(error)")
        }
    }
}

/// Reads a layer's file from its beginning, and hashes it meanwhile.
private final class LayerSource {
    private let file: SharedDescriptor
    private let hasher = DigestHasher()
    private var offset: Int64 = 0
    private static let pieceSize = 256 << 10

    init(_ file: SharedDescriptor) { self.file = file }

    func next() throws(ArchiveError) -> [UInt8] {
        while true {
            var failure: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
                let result = pread(file.raw, buffer.baseAddress, Self.pieceSize, off_t(offset))
                failure = result < 0 ? errno : 0
                count = max(result, 0)
            }
            guard failure != EINTR else { continue }
            guard failure == 0 else { throw ArchiveError(.system, "it can't be read: \(Errno(failure))") }
            // Other compressions than gzip are read here, but not by the tar of busybox.
            if offset == 0, !bytes.starts(with: [0x1F, 0x8B]) {
                throw ArchiveError(.malformed, "it isn't compressed by gzip")
            }
            hasher.update(bytes)
            offset += Int64(bytes.count)
            return bytes
        }
    }

    /// The digest of the whole file.
    func digest() throws(ArchiveError) -> ContentDigest {
        while try !next().isEmpty {}
        return hasher.finish()
    }
}
