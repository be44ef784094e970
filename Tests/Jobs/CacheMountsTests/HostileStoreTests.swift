import CaissonArchive
import CaissonBuildModel
import CaissonCacheMounts
import CaissonSystem
import Glibc
import Testing

struct HostileStoreTests {
    /// A store with one mount, and what is known of it.
    private static func withStore(_ body: (MountStore, StoredMount) async throws -> Void) async throws {
        try await Exports.withFolder { folder in
            let store = MountStore(path: "\(folder)/s")
            try await Exports.save([("m", [Exports.root, Exports.file("x", "content")])], in: store)
            try await body(store, try #require(try store.list().first))
        }
    }

    private static func write(_ text: String, _ path: String) throws {
        try AtomicFile.replace(path, with: Array(text.utf8), .usual)
    }

    @Test(arguments: [
        "", "{", "[]", "{}", #"{"manifests":{}}"#, #"{"manifests":[{}]}"#,
        #"{"manifests":[{"artifactType":"application/vnd.caisson.cache-mount.v1"}]}"#,
        #"{"manifests":[{"artifactType":"application/vnd.caisson.cache-mount.v1","digest":"sha256:../x","size":1}]}"#,
        #"{"manifests":[{"artifactType":"application/vnd.caisson.cache-mount.v1","digest":"sha256:"#
            + String(repeating: "0", count: 64) + #"","size":1}]}"#,
        String(repeating: " ", count: (1 << 20) + 1), String(repeating: "[", count: 100_000),
    ])
    func `An index that is no index is refused`(text: String) async throws {
        try await Self.withStore { store, _ in
            try Self.write(text, "\(store.path)/index.json")
            let before = try Exports.bytes(of: store.path)
            let error = #expect(throws: CacheMountError.self) { try store.list() }
            #expect(error?.message.contains(store.path) == true)
            await #expect(throws: CacheMountError.self) { try await store.trim(to: ByteSize(bytes: 0)) }
            await #expect(throws: CacheMountError.self) { try await Exports.save([("n", [Exports.root])], in: store) }
            #expect(try Exports.bytes(of: store.path) == before)
        }
    }

    @Test func `A blob that was changed, cut, removed or replaced by a link is named`() async throws {
        for change in ["other", "", nil, "link"] {
            try await Self.withStore { store, mount in
                let path = store.layerPath(of: mount)
                unlink(path)
                if change == "link" { symlink("/etc/passwd", path) } else if let change { try Self.write(change, path) }
                #expect(try store.verify().first?.problem.contains(path) == true)
                let error = #expect(throws: CacheMountError.self) { try store.stage([mount], into: store.path) }
                #expect(error?.code == .damaged)
                // A save makes it whole again.
                try await Exports.save([("m", [Exports.root, Exports.file("x", "content")])], in: store)
                #expect(try store.verify().isEmpty)
            }
        }
    }

    @Test func `Folders that are links are refused`() async throws {
        try await Self.withStore { store, _ in
            rename("\(store.path)/blobs", "\(store.path).blobs")
            symlink("\(store.path).blobs", "\(store.path)/blobs")
            let error = #expect(throws: CacheMountError.self) { try store.list() }
            #expect(error?.code == .notStore)
        }
    }

    /// Puts a layer into a store as a registry would give it.
    private static func receive(_ entries: [(TarEntry, [UInt8])], compression: Compression = .gzip) async throws {
        try await withStore { store, mount in
            let layer = try Exports.tar(entries, compression: compression)
            let old = String(decoding: try store.manifest(of: mount), as: UTF8.self)
            let renamed = old.split(separator: mount.layer.description)
                .joined(separator: ContentDigest(of: layer).description)
            let new = renamed.split(separator: "\"size\":\(mount.layerSize)}")
                .joined(separator: "\"size\":\(layer.count)}")
            let options = MountStore.Options(platform: "linux/amd64")
            _ = try await store.receive(manifest: Array(new.utf8), options) { digest, size, take in
                #expect(digest == ContentDigest(of: layer) && size == layer.count)
                try layer.withUnsafeBytes(take)
            }
            #expect(try store.verify().isEmpty)
        }
    }

    @Test func `A layer like that of a save is taken`() async throws {
        try await Self.receive([Exports.file("x", "content"), Exports.root])
    }

    @Test(arguments: [
        [Exports.root, Exports.file("x", "content")], [Exports.file("./x", "content"), Exports.root],
        [Exports.file("x", "Content"), Exports.root], [Exports.file("x", "content")],
        [Exports.file("x", "content"), Exports.file("y", ""), Exports.root],
        [Exports.file("../x", "content"), Exports.root], [Exports.file("/x", "content"), Exports.root],
        [Exports.file(".caisson-restore-x", "content"), Exports.root],
        [Exports.entry("l", .symbolicLink(target: Array("/etc".utf8))), Exports.file("l/x", "content"), Exports.root],
        [Exports.entry("l", .symbolicLink(target: Array("/etc".utf8))), Exports.entry("l/", .directory), Exports.root],
        [Exports.entry("h", .hardLink(target: Array("/etc/passwd".utf8))), Exports.root],
        [Exports.file("x", String(repeating: "0", count: 1 << 20)), Exports.root], [],
    ])
    func `A layer that no save has made is refused`(entries: [(TarEntry, [UInt8])]) async throws {
        let error = await #expect(throws: CacheMountError.self) { try await Self.receive(entries) }
        #expect(error?.code == .damaged)
    }

    @Test(arguments: [Compression.none, .zstd, .xz])
    func `A layer that busybox can't unpack is refused`(compression: Compression) async throws {
        await #expect(throws: CacheMountError.self) {
            try await Self.receive([Exports.file("x", "content"), Exports.root], compression: compression)
        }
    }

    @Test func `A manifest of anything never traps`() async throws {
        try await Self.withStore { store, mount in
            let bytes = try store.manifest(of: mount)
            var generator = SystemRandomNumberGenerator()
            for _ in 0..<2000 {
                var other = bytes
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    other[Int.random(in: other.indices, using: &generator)] = .random(in: 32...126, using: &generator)
                }
                _ = try? MountManifest.parse(other)
            }
            #expect(throws: ParseError.self) { try MountManifest.parse([]) }
        }
    }
}
