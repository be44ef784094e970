import CaissonArchive
import CaissonBuildModel
import CaissonCacheMounts
import CaissonSystem
import Testing

struct MountStoreArchiveTests {
    private static func save(_ id: String, _ content: String, in archive: MountStoreArchive) async throws {
        try await archive.changing { store in
            _ = try await Exports.save([(id, [Exports.root, Exports.file("x", content)])], in: store)
        }
    }

    private static func read<Result>(
        _ archive: MountStoreArchive,
        _ body: (MountStore) async throws -> Result
    ) async throws -> Result {
        try await Exports.withFolder { scratch in try await archive.reading(in: scratch, body) }
    }

    @Test func `A store in a tar is as one in a folder`() async throws {
        try await Exports.withFolder { folder in
            let archive = MountStoreArchive(path: "\(folder)/s.tar")
            try await Self.save("a", "1", in: archive)
            try await Self.save("b", "2", in: archive)
            let bytes = try BoundedFile.read(archive.path)
            try await Self.save("b", "2", in: archive)
            #expect(try BoundedFile.read(archive.path) == bytes)
            let ids = try await Self.read(archive) { store in
                #expect(try store.verify().isEmpty)
                return try store.list().map(\.mount.id)
            }
            #expect(ids == ["a", "b"])
            #expect(DirectoryNames.sorted(in: folder, limit: 9) == [".s.tar.caisson.lock", "s.tar"])
        }
    }

    @Test func `An error leaves the file as it was, and no folder`() async throws {
        try await Exports.withFolder { folder in
            let archive = MountStoreArchive(path: "\(folder)/s.tar")
            await #expect(throws: CacheMountError.self) { try await Self.read(archive) { _ in } }
            try await Self.save("a", "1", in: archive)
            let bytes = try BoundedFile.read(archive.path)
            try Directories.make("\(folder)/.s.tar.caisson-new.1/blobs/sha256")
            await #expect(throws: CancellationError.self) {
                try await archive.changing { store in
                    _ = try await store.trim(to: ByteSize(bytes: 0))
                    throw CancellationError()
                }
            }
            #expect(try BoundedFile.read(archive.path) == bytes)
            #expect(DirectoryNames.sorted(in: folder, limit: 9) == [".s.tar.caisson.lock", "s.tar"])
        }
    }

    @Test(arguments: [
        [Exports.file("../evil", "")], [Exports.file("/evil", "")], [Exports.file("evil", "")],
        [Exports.entry("blobs", .symbolicLink(target: Array("/tmp".utf8)))],
        [Exports.file("blobs/sha256/..", "")], [Exports.file("blobs/sha256/\(String(repeating: "A", count: 64))", "")],
        [Exports.file("index.json", "{}"), Exports.file("index.json", "{}")],
        [Exports.file("index.json", "{}")], [],
    ])
    func `A tar that is something else is refused`(entries: [(TarEntry, [UInt8])]) async throws {
        try await Exports.withFolder { folder in
            let archive = MountStoreArchive(path: "\(folder)/s.tar")
            let bytes = try Exports.tar(entries)
            try AtomicFile.replace(archive.path, with: bytes, .usual)
            await #expect(throws: CacheMountError.self) { try await Self.read(archive) { _ = try $0.list() } }
            #expect(try BoundedFile.read(archive.path) == bytes)
            #expect(DirectoryNames.sorted(in: folder, limit: 9) == ["s.tar"])
        }
    }

    @Test func `A tar that unpacks to more than the limit is refused`() async throws {
        try await Exports.withFolder { folder in
            try await Self.save("a", "1", in: MountStoreArchive(path: "\(folder)/s.tar"))
            await #expect(throws: CacheMountError.self) {
                try await Self.read(MountStoreArchive(path: "\(folder)/s.tar", limit: 100)) { _ in }
            }
            try AtomicFile.replace("\(folder)/text", with: Array("no tar".utf8), .usual)
            await #expect(throws: CacheMountError.self) {
                try await MountStoreArchive(path: "\(folder)/text").changing { _ in }
            }
        }
    }
}
