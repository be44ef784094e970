import Foundation
import Glibc

extension ContextCase {
    /// Makes the tree under an empty folder of its own and removes it afterwards; the body gets the context's path.
    func withTree<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let parent = TestPaths.uniquePath("context")
        // One level more, as a Dockerfile may lie outside the context.
        let root = parent + "/context"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        do {
            try makeTree(in: root)
            let result = try await body(root)
            await remove(parent)
            return result
        } catch {
            await remove(parent)
            throw error
        }
    }

    /// By the system's own tool: names and depths of any kind.
    private func remove(_ path: String) async {
        if needsUnprivilegedUser { _ = try? await run(Command("/bin/chmod", ["-R", "u+rwX", path])) }
        _ = try? await run(Command("/bin/rm", ["-rf", "--", path]))
    }

    private func makeTree(in root: String) throws {
        let top = try Folder(opening: root)
        for file in files { try make(file, in: top) }
        // From the inside out, as the last change in a folder is the folder's own.
        for folder in files.filter({ $0.kind == "d" }).sorted(by: { $0.path.count > $1.path.count }) {
            let (parent, name) = try top.parent(of: folder.path)
            try check(parent.with(name) { fchmodat(parent.descriptor, $0, folder.mode, 0) }, folder)
        }
    }

    private func make(_ file: File, in top: Folder) throws {
        let (folder, name) = try top.parent(of: file.path)
        let status: Int32
        switch file.kind {
        case "f": return try write(file, name, in: folder)
        case "d": status = folder.with(name) { mkdirat(folder.descriptor, $0, 0o755) == 0 || errno == EEXIST ? 0 : -1 }
        case "l":
            status = folder.with(name) { name in withCString(file.payload) { symlinkat($0, folder.descriptor, name) } }
        case "h":
            let (other, otherName) = try top.parent(of: file.payload)
            status = other.with(otherName) { old in
                folder.with(name) { linkat(other.descriptor, old, folder.descriptor, $0, 0) }
            }
        case "p": status = folder.with(name) { mkfifoat(folder.descriptor, $0, file.mode) }
        default: status = folder.with(name) { mknodat(folder.descriptor, $0, S_IFSOCK | file.mode, 0) }
        }
        try check(status, file)
    }

    private func write(_ file: File, _ name: ArraySlice<UInt8>, in folder: Folder) throws {
        let descriptor = folder.with(name) {
            openat(folder.descriptor, $0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        }
        try check(descriptor < 0 ? -1 : 0, file)
        defer { close(descriptor) }
        let count = Glibc.write(descriptor, file.payload, file.payload.count)
        try check(count == file.payload.count ? fchmod(descriptor, file.mode) : -1, file)
    }

    private func check(_ status: Int32, _ file: File) throws {
        guard status == 0 else {
            throw TestSupportError("\(name): \(Escapes.encode(file.path)): \(String(cString: strerror(errno)))")
        }
    }
}

/// An open folder.
private final class Folder {
    let descriptor: Int32

    init(opening path: String) throws {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw TestSupportError("\(path) can't be opened: errno \(errno)") }
    }

    private init(under parent: Folder, _ name: ArraySlice<UInt8>) throws {
        descriptor = parent.with(name) { name in
            mkdirat(parent.descriptor, name, 0o755)
            return openat(parent.descriptor, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        if descriptor < 0 { throw TestSupportError("\(Escapes.encode(name)) can't be opened: errno \(errno)") }
    }

    deinit { close(descriptor) }

    /// The folder that a path below this one is in, made where it is missing, and the path's last name.
    func parent(of path: [UInt8]) throws -> (folder: Folder, name: ArraySlice<UInt8>) {
        let names = path.split(separator: UInt8(ascii: "/"))
        guard let last = names.last else { throw TestSupportError("a path of a tree is empty") }
        return (try names.dropLast().reduce(self) { try Folder(under: $0, $1) }, last)
    }

    func with<Result>(_ name: ArraySlice<UInt8>, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        withCString(Array(name), body)
    }
}

private func withCString<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    body((bytes + [0]).map { CChar(bitPattern: $0) })
}
