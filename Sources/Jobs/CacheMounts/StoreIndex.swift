import CaissonBuildModel
import CaissonJSON
import CaissonSystem
import CaissonText
import Glibc

/// `index.json` of a store: its mounts, and when each was used last.
enum StoreIndex {
    static let name = "index.json"
    /// Bytes that are read at most; an entry has some 400.
    static let limit = 1 << 20
    /// The most mounts of a store.
    static let mostMounts = 1000
    private static let type = "application/vnd.oci.image.index.v1+json"

    /// The mounts, in the order in which they were saved first; none where there is no index yet.
    static func read(_ folder: StoreFolder) throws(CacheMountError) -> [StoredMount] {
        let path = folder.path(name)
        guard let bytes = try folder.read(name, limit: limit) else { return [] }
        guard let json = try? JSON(parsing: bytes), let list = json["manifests"]?.array else {
            throw .damaged(path, "it is no index of an OCI layout")
        }
        guard list.count <= mostMounts else {
            throw CacheMountError(.limitExceeded, "\(path.quoted) has more than \(mostMounts) entries")
        }
        var mounts: [StoredMount] = []
        for entry in list {
            // What others keep in the folder would be swept.
            guard entry["artifactType"]?.string == MountManifest.artifactType else {
                let text = "\(path.quoted) has something else than cache mounts in it; name another folder"
                throw CacheMountError(.notStore, text)
            }
            let mount = try read(entry, folder)
            guard !mounts.contains(where: mount.isSame) else { throw .damaged(path, "it has a mount twice") }
            mounts.append(mount)
        }
        return mounts
    }

    private static func read(_ entry: JSON, _ folder: StoreFolder) throws(CacheMountError) -> StoredMount {
        let path = folder.path(name)
        guard let digest = entry["digest"]?.string.flatMap({ try? ContentDigest(parsing: $0) }),
            digest.algorithm == .sha256, let size = entry["size"]?.integer, size >= 0
        else { throw .damaged(path, "an entry has no digest of sha256, or no size") }
        let file = "blobs/sha256/\(digest.hex)"
        guard let bytes = try folder.read(file, limit: MountManifest.limit) else {
            throw .damaged(folder.path(file), "it is missing")
        }
        guard Int64(bytes.count) == size, ContentDigest(of: bytes) == digest else {
            throw .damaged(folder.path(file), "it isn't what its name says")
        }
        do throws(ParseError) {
            var mount = try MountManifest.parse(bytes)
            if let seconds = entry["annotations"]?[MountManifest.used]?.string.flatMap({ Int64($0) }) {
                mount.used = Timestamp(seconds: seconds)
            }
            return mount
        } catch {
            throw .damaged(folder.path(file), error.problem)
        }
    }

    /// Puts an index with these mounts in the place of the one that is there, in one step.
    static func write(_ mounts: [StoredMount], _ folder: StoreFolder) throws(CacheMountError) {
        guard mounts.count <= mostMounts else {
            throw CacheMountError(.limitExceeded, "\(folder.path.quoted) can't have more than \(mostMounts) mounts")
        }
        let path = folder.path(name)
        let entries = mounts.map { mount in
            JSON.object([
                JSONMember("mediaType", .string(MountManifest.mediaType)),
                JSONMember("digest", .string(mount.manifest.description)),
                JSONMember("size", .number(String(mount.manifestSize))),
                JSONMember("annotations", JSON([MountManifest.used: String(mount.used.seconds)])),
                JSONMember("artifactType", .string(MountManifest.artifactType)),
            ])
        }
        let index = JSON.object([
            JSONMember("schemaVersion", .number("2")), JSONMember("mediaType", .string(type)),
            JSONMember("manifests", .array(entries)),
        ])
        // The blobs' names have to be on the disk before the index that has them.
        try sync(folder.blobs)
        do throws(Errno) {
            try replace(path, folder, with: index.goBytes(indented: false))
        } catch {
            throw .failed("write", path, error)
        }
        try sync(folder.path)
    }

    private static func replace(_ path: String, _ folder: StoreFolder, with bytes: [UInt8]) throws(Errno) {
        let temporary = folder.path("\(StoreFolder.temporary)index")
        unlink(temporary.cPath)
        let descriptor = open(temporary.cPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        try BorrowedDescriptor(number: descriptor).write(bytes)
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw .last }
        guard rename(temporary.cPath, path.cPath) == 0 else { throw .last }
    }

    private static func sync(_ path: String) throws(CacheMountError) {
        var failure: Int32 = 0
        let flags = O_RDONLY | O_DIRECTORY
        guard let file = SharedDescriptor.open(path.cPath, under: AT_FDCWD, flags, failure: &failure) else {
            throw .failed("write", path, Errno(failure))
        }
        guard fsync(file.raw) == 0 || errno == EINVAL else { throw .failed("write", path, .last) }
    }
}
