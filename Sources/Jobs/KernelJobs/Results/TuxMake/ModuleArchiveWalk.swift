import CaissonArchive
import CaissonSystem
import CaissonText
import Glibc

/// Goes through a folder and writes what is in it to a tar, folder by folder and never through a link.
struct ModuleArchiveWalk: ~Copyable {
    private var tar: TarWriter
    private let time: Int64
    private var names: [String] = []
    private var entries = 0

    init(_ tar: consuming TarWriter, time: Int64) {
        self.tar = tar
        self.time = time
    }

    /// Opens the folder that all is in.
    static func open(_ folder: String) throws(ArchiveError) -> SharedDescriptor {
        var failure: Int32 = 0
        let root = SharedDescriptor.open(
            folder.cPath,
            under: AT_FDCWD,
            O_RDONLY | O_DIRECTORY,
            failure: &failure
        )
        guard let root else { throw ArchiveError(.system, "can't read \(folder.quoted): \(Errno(failure))") }
        return root
    }

    /// Adds a folder and all that is in it.
    ///
    /// - Parameters:
    ///   - name: Its name under its parent.
    ///   - parent: The path of its parent in the tar; empty for the first one.
    mutating func addFolder(
        _ name: String,
        at parent: [[UInt8]],
        under directory: SharedDescriptor
    ) throws(ArchiveError) {
        let path = parent + [name.pathBytes]
        guard path.count <= ModuleArchive.deepest else {
            throw ArchiveError(
                .limitExceeded,
                "more than \(ModuleArchive.deepest) folders are within each other; refused"
            )
        }
        var failure: Int32 = 0
        guard let folder = SharedDescriptor.openDirectory(name.cPath, under: directory.raw, failure: &failure),
            let status = folder.status()
        else { throw Self.unreadable(path, Errno(failure)) }
        try tar.add(try entry(path, .directory, status))
        for child in try children(of: folder, at: path) { try add(child, at: path, in: folder) }
    }

    /// Ends the tar; gives the names of all that is no folder, in the order of the tar.
    consuming func finish() throws(ArchiveError) -> [String] {
        let names = names
        try tar.finish()
        return names
    }

    private mutating func add(
        _ name: String,
        at parent: [[UInt8]],
        in folder: SharedDescriptor
    ) throws(ArchiveError) {
        let path = parent + [name.pathBytes]
        var status = stat()
        guard fstatat(folder.raw, name.cPath, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw Self.unreadable(path, .last)
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return try addFolder(name, at: parent, under: folder)
        case S_IFLNK: try addLink(name, path, folder, status)
        case S_IFREG: try addFile(name, path, folder)
        default: throw ArchiveError(.invalid, "\(Self.shown(path)) is no file, folder or link; remove it")
        }
        names.append(TarListing.name(Self.joined(path)))
    }

    private mutating func addLink(
        _ name: String,
        _ path: [[UInt8]],
        _ folder: SharedDescriptor,
        _ status: stat
    ) throws(ArchiveError) {
        var target = [UInt8](repeating: 0, count: 4096)
        let count = readlinkat(folder.raw, name.cPath, &target, target.count)
        guard count >= 0 else { throw Self.unreadable(path, .last) }
        try tar.add(try entry(path, .symbolicLink(target: Array(target.prefix(count))), status))
    }

    private mutating func addFile(
        _ name: String,
        _ path: [[UInt8]],
        _ folder: SharedDescriptor
    ) throws(ArchiveError) {
        var failure: Int32 = 0
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK
        guard let file = SharedDescriptor.open(name.cPath, under: folder.raw, flags, failure: &failure),
            let status = file.status()
        else { throw Self.unreadable(path, Errno(failure)) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ArchiveError(.invalid, "\(Self.shown(path)) changed while it was read")
        }
        try tar.add(try entry(path, .file(size: Int64(status.st_size)), status))
        try ResultFile.forEachPiece(of: file, named: name) { piece throws(ArchiveError) in
            try tar.write(piece)
        }
    }

    private mutating func entry(
        _ path: [[UInt8]],
        _ kind: TarEntry.Kind,
        _ status: stat
    ) throws(ArchiveError) -> TarEntry {
        entries += 1
        guard entries <= ModuleArchive.mostEntries else {
            throw ArchiveError(.limitExceeded, "there are more than \(ModuleArchive.mostEntries) files; refused")
        }
        let slash: [UInt8] = kind == .directory ? [UInt8(ascii: "/")] : []
        var entry = TarEntry(path: Self.joined(path) + slash, kind: kind, permissions: status.st_mode & 0o7777)
        entry.modificationTime = min(Int64(status.st_mtim.tv_sec), time)
        return entry
    }

    /// The names in a folder by their bytes.
    private func children(of folder: SharedDescriptor, at path: [[UInt8]]) throws(ArchiveError) -> [String] {
        var found: [[UInt8]] = []
        let most = ModuleArchive.mostEntries
        let failure = DirectoryNames.visit(folder.raw) { name in
            found.append(Array(UnsafeRawBufferPointer(start: name, count: strlen(name))))
            return found.count <= most
        }
        if let failure { throw Self.unreadable(path, failure) }
        guard found.count <= most else {
            throw ArchiveError(.limitExceeded, "a folder has more than \(most) files in it; refused")
        }
        return found.sorted { $0.lexicographicallyPrecedes($1) }.map { String(pathBytes: $0) }
    }

    private static func joined(_ path: [[UInt8]]) -> [UInt8] { Array(path.joined(separator: [UInt8(ascii: "/")])) }

    private static func shown(_ path: [[UInt8]]) -> String { String(pathBytes: joined(path)).quoted }

    private static func unreadable(_ path: [[UInt8]], _ reason: Errno) -> ArchiveError {
        ArchiveError(.system, "can't read \(shown(path)): \(reason)")
    }
}

/// Names as `tar -t` lists them.
enum TarListing {
    /// The name with a backslash and three octal digits for each byte that isn't a printable character of ASCII.
    static func name(_ bytes: [UInt8]) -> String {
        let letters: [UInt8: String] = [
            0x07: "a", 0x08: "b", 0x09: "t", 0x0A: "n", 0x0B: "v", 0x0C: "f", 0x0D: "r", 0x5C: "\\",
        ]
        return bytes.reduce(into: "") { text, byte in
            if let letter = letters[byte] {
                text += "\\" + letter
            } else if (0x20..<0x7F).contains(byte) {
                text.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                text += "\\" + [byte >> 6, byte >> 3 & 7, byte & 7].map { String($0) }.joined()
            }
        }
    }
}
