import CaissonArchive
import CaissonBuildModel
import CaissonText

/// Reads a layer that may come from anybody, and refuses what no save has made.
///
/// The order of a layer is strict, so nothing in it can be twice; every name is in folders that the layer has itself,
/// so nothing is unpacked through a symbolic link.
struct LayerCheck {
    private var files: Set<[UInt8]> = []
    private var folders: Set<[UInt8]> = []
    private var parents: Set<[UInt8]> = []
    private var previous: TarEntry?

    /// Why a layer is refused.
    struct Problem: Error {
        let text: String
    }

    /// What a layer holds, and the script that finishes its unpacking.
    ///
    /// - Parameters:
    ///   - limit: The most bytes that its files have, unpacked.
    ///   - source: Gives the layer's bytes, none at its end.
    static func content(
        limit: Int64,
        _ source: @escaping TarReader.Source
    ) throws -> (content: MountContent, finish: LayerFinish) {
        var limits = TarReader.Limits()
        limits.contentBytes = limit
        var tar = try TarReader.open(limits: limits, source: source)
        var check = LayerCheck()
        var finish = LayerFinish()
        var hash = MountContentHash()
        var content = MountContent(digest: hash.value(), entries: -1, size: 0)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        while let next = try tar.next() {
            let entry = try check.take(next)
            hash.add(entry, content: try digest(of: entry, &tar, buffer))
            finish.add(entry)
            content.entries += 1
            content.size = content.size.clampedAdding(entry.contentSize)
        }
        try check.finish()
        content.digest = hash.value()
        return (content, finish)
    }

    private static func digest(
        of entry: TarEntry,
        _ tar: inout TarReader,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws -> ContentDigest? {
        guard case .file(let size) = entry.kind else { return nil }
        let hasher = DigestHasher()
        var left = size
        while left > 0 {
            let count = try tar.read(into: buffer)
            guard count > 0, Int64(count) <= left else { throw Problem(text: "a file in it has another size") }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            left -= Int64(count)
        }
        return hasher.finish()
    }

    /// Takes the next entry, and gives it back with its name as it is hashed.
    private mutating func take(_ next: TarEntry) throws(Problem) -> TarEntry {
        var entry = next
        if entry.isDirectory, entry.path.last == UInt8(ascii: "/") { entry.path.removeLast() }
        guard MountPath.normalised(entry.path) == entry.path, !MountPath.isStaged(entry.path) else {
            throw problem(entry, "has a name that no save writes")
        }
        guard next.attributes.isEmpty else { throw problem(entry, "has extended attributes") }
        if let previous {
            let isFine =
                entry.isDirectory
                ? !previous.isDirectory || MountPath.precedes(entry.path, previous.path)
                : !previous.isDirectory && MountPath.precedes(previous.path, entry.path)
            guard isFine else { throw problem(entry, "isn't in its place") }
        }
        if case .hardLink(let target) = entry.kind, !files.contains(target) {
            throw problem(entry, "is a link to a file that isn't before it")
        }
        previous = entry
        if let parent = MountPath.parent(entry.path) { parents.insert(parent) }
        if entry.isDirectory { folders.insert(entry.path) } else { files.insert(entry.path) }
        return entry
    }

    private func finish() throws(Problem) {
        guard folders.contains(MountPath.root) else { throw Problem(text: "the mount's own folder isn't in it") }
        guard parents.isSubset(of: folders), files.isDisjoint(with: folders) else {
            throw Problem(text: "a file in it is in something else than a folder")
        }
    }

    private func problem(_ entry: TarEntry, _ what: String) -> Problem {
        Problem(text: "\(String(decoding: entry.path, as: UTF8.self).quoted) in it \(what)")
    }
}
