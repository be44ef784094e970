import CaissonArchive
import CaissonBuildModel
import CaissonCacheMounts
import CaissonSystem
import Glibc

/// Folders, tars and mounts for tests.
enum Exports {
    /// Calls with the path of a folder that is removed after it.
    static func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let path = try TemporaryDirectory.make(for: "mounts", [:])
        defer { remove(path) }
        return try await body(path)
    }

    static func remove(_ path: String) {
        for name in DirectoryNames.sorted(in: path, limit: 10_000) { remove("\(path)/\(name)") }
        if rmdir(path) != 0 { unlink(path) }
    }

    static func tar(_ entries: [(TarEntry, [UInt8])], compression: Compression = .none) throws -> [UInt8] {
        final class Box { var bytes: [UInt8] = [] }
        let box = Box()
        var writer = try TarWriter.open(compression: compression) { box.bytes += $0 }
        for (entry, content) in entries {
            try writer.add(entry)
            try content.withUnsafeBytes { try writer.write($0) }
        }
        try writer.finish()
        return box.bytes
    }

    static func file(_ path: String, _ content: String, permissions: UInt32 = 0o644) -> (TarEntry, [UInt8]) {
        let bytes = Array(content.utf8)
        var entry = TarEntry(path: Array(path.utf8), kind: .file(size: Int64(bytes.count)), permissions: permissions)
        entry.modificationTime = 1_000_000_000
        return (entry, bytes)
    }

    static func entry(_ path: String, _ kind: TarEntry.Kind) -> (TarEntry, [UInt8]) {
        (TarEntry(path: Array(path.utf8), kind: kind, permissions: 0o755), [])
    }

    static let root = entry("./", .directory)

    /// The result of a build of `MountScript.saving` with these mounts' tars.
    static func export(_ mounts: [[(TarEntry, [UInt8])]]) throws -> [UInt8] {
        var entries = [file("bin/sh", "tool"), entry("caisson-mounts/", .directory)]
        for (place, mount) in mounts.enumerated() {
            let bytes = try tar(mount)
            let path = Array("caisson-mounts/\(place).tar".utf8)
            entries.append((TarEntry(path: path, kind: .file(size: Int64(bytes.count)), permissions: 0o644), bytes))
        }
        return try tar(entries)
    }

    /// Saves mounts by their ids.
    @discardableResult
    static func save(
        _ contents: [(id: String, entries: [(TarEntry, [UInt8])])],
        in store: MountStore,
        at seconds: Int64 = 1,
        limit: Int64? = nil
    ) async throws -> MountStore.Outcome {
        try await withFolder { folder in
            try AtomicFile.replace("\(folder)/x", with: export(contents.map(\.entries)), .ownerOnly)
            let descriptor = OwnedDescriptor(adopting: open("\(folder)/x", O_RDONLY))
            let now = Timestamp(seconds: seconds)
            let limit = limit.map { ByteSize(bytes: $0) }
            return try await store.save(
                contents.map { try CarriedMount(id: $0.id) },
                from: BorrowedDescriptor(number: descriptor.number),
                MountStore.Options(platform: "linux/amd64", limit: limit, now: now)
            )
        }
    }

    /// All files under a folder, with their bytes.
    static func bytes(of path: String) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in DirectoryNames.sorted(in: path, limit: 1000) where name != ".caisson.lock" {
            if case .directory = PathFacts.kind(of: "\(path)/\(name)") {
                for (other, bytes) in try bytes(of: "\(path)/\(name)") { files["\(name)/\(other)"] = bytes }
            } else {
                files[name] = try BoundedFile.read("\(path)/\(name)", limit: 1 << 26)
            }
        }
        return files
    }
}
