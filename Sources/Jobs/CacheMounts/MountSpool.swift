import CaissonArchive
import CaissonBuildModel
import CaissonText

/// What a mount's tar holds, put into the order of a layer: the facts in memory, the contents of files in a nameless
/// file.
///
/// A tar has its entries in the order of the file system's folders, which differs between machines. A layer has all
/// files by their names, and then the folders, the deepest first: so that unpacking a file doesn't change the time of
/// a folder that is done already.
struct MountSpool {
    /// A file that may have several names, or a folder.
    private struct Item {
        var entry: TarEntry
        var names: [[UInt8]]
        var offset: Int64 = 0
        var digest: ContentDigest?
    }

    private var items: [Item] = []
    /// The place of each name in `items`.
    private var places: [[UInt8]: Int] = [:]
    private let spool: NamelessSpool
    private static let pieceSize = 1 << 20
    /// zlib's fastest: its default takes more than twice as long for an eighth less (measured with object files).
    private static let level = 1

    /// Reads a mount's tar to its end.
    init(reading tar: inout TarReader, spool: NamelessSpool) throws {
        self.spool = spool
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 4096)
        defer { buffer.deallocate() }
        while var entry = try tar.next() {
            guard let path = MountPath.normalised(entry.path) else {
                throw Self.refused(entry.path, "leads out of the mount")
            }
            entry.path = path
            entry.attributes = []
            guard places[path] == nil else { throw Self.refused(path, "is there twice") }
            if case .hardLink(let target) = entry.kind {
                try link(path, to: target)
            } else {
                places[path] = items.count
                items.append(Item(entry: entry, names: [path], offset: spool.size))
                if case .file(let size) = entry.kind { try copy(&tar, size, buffer) }
            }
        }
        try checkParents()
        dropStaged()
    }

    /// Refuses a tar without the mount's own folder, and one with a file that is in no folder of the tar.
    private func checkParents() throws(CacheMountError) {
        guard let root = places[MountPath.root], items[root].entry.isDirectory else {
            throw CacheMountError(.damaged, "the engine sent a mount without its own folder; save it again")
        }
        for path in places.keys {
            guard let parent = MountPath.parent(path) else { continue }
            guard let place = places[parent], items[place].entry.isDirectory else {
                throw Self.refused(path, "is in something else than a folder")
            }
        }
    }

    private mutating func link(_ path: [UInt8], to target: [UInt8]) throws(CacheMountError) {
        guard let known = MountPath.normalised(target).flatMap({ places[$0] }), !items[known].entry.isDirectory else {
            throw Self.refused(path, "is a link to a file that isn't before it")
        }
        places[path] = known
        items[known].names.append(path)
    }

    private mutating func copy(_ tar: inout TarReader, _ size: Int64, _ buffer: UnsafeMutableRawBufferPointer) throws {
        let hasher = DigestHasher()
        var left = size
        while left > 0 {
            try Task.checkCancellation()
            let count = try tar.read(into: buffer)
            guard count > 0 else { break }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hasher.update(bytes)
            try spool.append(bytes)
            left -= Int64(count)
        }
        guard left == 0 else { throw CacheMountError(.damaged, "the engine sent less of a file than its size says") }
        items[items.count - 1].digest = hasher.finish()
    }

    private mutating func dropStaged() {
        for index in items.indices { items[index].names.removeAll(where: MountPath.isStaged) }
        items.removeAll { $0.names.isEmpty }
        for index in items.indices { items[index].names.sort(by: MountPath.precedes) }
        places = [:]
    }

    private static func refused(_ path: [UInt8], _ problem: String) -> CacheMountError {
        CacheMountError(.damaged, "the engine sent \(String(decoding: path, as: UTF8.self).quoted), which \(problem)")
    }
}

extension MountSpool {
    /// The entries of the layer in their order, each with the place of its item.
    private func ordered() -> [(entry: TarEntry, item: Int)] {
        var files: [(entry: TarEntry, item: Int)] = []
        var folders: [(entry: TarEntry, item: Int)] = []
        for (place, item) in items.enumerated() {
            guard let first = item.names.first else { continue }
            var entry = item.entry
            entry.path = first
            guard !entry.isDirectory else {
                folders.append((entry, place))
                continue
            }
            files.append((entry, place))
            for name in item.names.dropFirst() {
                entry.path = name
                entry.kind = .hardLink(target: first)
                files.append((entry, place))
            }
        }
        files.sort { MountPath.precedes($0.entry.path, $1.entry.path) }
        folders.sort { MountPath.precedes($1.entry.path, $0.entry.path) }
        return files + folders
    }

    /// What the mount holds.
    func content() -> MountContent {
        var hash = MountContentHash()
        var content = MountContent(digest: hash.value(), entries: -1, size: 0)
        for (entry, item) in ordered() {
            hash.add(entry, content: items[item].digest)
            content.entries += 1
            content.size = content.size.clampedAdding(entry.contentSize)
        }
        content.digest = hash.value()
        return content
    }

    /// Writes the layer, the same bytes for the same content.
    func writeLayer(_ sink: @escaping TarWriter.Sink) throws {
        let compressor = try Compressor(.gzip, level: Self.level, sink: sink)
        var writer = try TarWriter.open { bytes throws(ArchiveError) in try compressor.write(bytes) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 4096)
        defer { buffer.deallocate() }
        for (entry, item) in ordered() {
            try writer.add(entry.isDirectory ? entry.named(entry.path + [UInt8(ascii: "/")]) : entry)
            var done: Int64 = 0
            while done < entry.contentSize {
                try Task.checkCancellation()
                let count = Int(min(entry.contentSize - done, Int64(buffer.count)))
                let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
                try spool.read(at: items[item].offset + done, into: piece)
                try writer.write(UnsafeRawBufferPointer(piece))
                done += Int64(count)
            }
        }
        try writer.finish()
        try compressor.finish()
    }
}

extension TarEntry {
    /// Whether it is a folder.
    var isDirectory: Bool { kind == .directory }

    /// The same under another name.
    func named(_ path: [UInt8]) -> TarEntry {
        var other = self
        other.path = path
        return other
    }
}
