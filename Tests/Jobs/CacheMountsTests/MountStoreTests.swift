import CaissonArchive
import CaissonBuildModel
import CaissonCacheMounts
import CaissonSystem
import Glibc
import Testing

struct MountStoreTests {
    @Test func `The order of a tar and the names of links make no difference`() async throws {
        let one = [
            Exports.root, Exports.file("./b", "1"), Exports.entry("./d/", .directory), Exports.file("./d/x", "2"),
            Exports.entry("./a", .hardLink(target: Array("./b".utf8))),
        ]
        let other = [
            Exports.root, Exports.entry("d", .directory), Exports.file("d/x", "2"), Exports.file("a", "1"),
            Exports.entry("b", .hardLink(target: Array("a".utf8))),
        ]
        try await Exports.withFolder { folder in
            let (left, right) = (MountStore(path: "\(folder)/l"), MountStore(path: "\(folder)/r"))
            try await Exports.save([("m", one)], in: left)
            try await Exports.save([("m", other)], in: right)
            #expect(try Exports.bytes(of: left.path) == Exports.bytes(of: right.path))
            #expect(try left.verify().isEmpty)
            let mount = try #require(try left.list().first)
            #expect(mount.content.entries == 4)
            #expect(mount.content.size == 2)
        }
    }

    @Test func `What didn't change isn't written again`() async throws {
        try await Exports.withFolder { folder in
            let store = MountStore(path: "\(folder)/s")
            let entries = [Exports.root, Exports.file("x", "1")]
            #expect(try await Exports.save([("m", entries)], in: store).unchanged.isEmpty)
            let first = try #require(try store.list().first)
            let outcome = try await Exports.save([("m", entries)], in: store, at: 9)
            #expect(outcome.unchanged == [0])
            let second = try #require(try store.list().first)
            #expect(second.manifest == first.manifest)
            #expect(second.created.seconds == 1)
            #expect(second.used.seconds == 9)
            try await Exports.save([("m", [Exports.root, Exports.file("x", "2")])], in: store)
            #expect(try store.list().count == 1)
            #expect(try Exports.bytes(of: store.path).count == 5)
        }
    }

    @Test func `The least recently used mounts go first`() async throws {
        try await Exports.withFolder { folder in
            let store = MountStore(path: "\(folder)/s")
            for (time, id) in ["a", "b", "c"].enumerated() {
                try await Exports.save([(id, [Exports.root, Exports.file("x", id)])], in: store, at: Int64(time + 1))
            }
            let known = try store.list()
            try await store.markUsed([try #require(known.first)], now: Timestamp(seconds: 10))
            let size = try #require(known.first).size
            let outcome = try await Exports.save(
                [("d", [Exports.root, Exports.file("x", "d")])],
                in: store,
                at: 11,
                limit: size * 2 + 20
            )
            #expect(outcome.removed.map(\.mount.id) == ["b", "c"])
            #expect(try store.list().map(\.mount.id) == ["a", "d"])
            #expect(try store.verify().isEmpty)
            #expect(try await store.trim(to: ByteSize(bytes: 0)).count == 2)
            #expect(try Exports.bytes(of: store.path).count == 3)
        }
    }

    @Test func `A mount above the limit changes nothing`() async throws {
        try await Exports.withFolder { folder in
            let store = MountStore(path: "\(folder)/s")
            try await Exports.save([("a", [Exports.root, Exports.file("x", "1")])], in: store)
            let before = try Exports.bytes(of: store.path)
            let error = await #expect(throws: CacheMountError.self) {
                try await Exports.save([("a", [Exports.root, Exports.file("x", "2")])], in: store, limit: 40)
            }
            #expect(error?.code == .limitExceeded)
            #expect(try Exports.bytes(of: store.path) == before)
        }
    }

    @Test func `A restore gets the layers as a context`() async throws {
        try await Exports.withFolder { folder in
            let store = MountStore(path: "\(folder)/s")
            try await Exports.save(
                [("a", [Exports.root, Exports.file("x", "1")]), ("b", [Exports.root, Exports.file("f", "2")])],
                in: store
            )
            try Directories.make("\(folder)/c")
            try store.stage(try store.list(), into: "\(folder)/c")
            let script = try MountScript.restoring(try store.list().map(\.mount), nonce: "nonce123")
            #expect(try Exports.bytes(of: "\(folder)/c").keys.sorted() == script.contextFiles.sorted())
            #expect(throws: CacheMountError.self) { try store.stage(try store.list(), into: "\(folder)/c") }
            let error = #expect(throws: CacheMountError.self) {
                try Directories.make("\(folder)/e")
                try store.stage(try store.list(), into: "\(folder)/e", limit: ByteSize(bytes: 0))
            }
            #expect(error?.code == .limitExceeded)
        }
    }

    @Test func `What a killed restore left in the mount isn't saved`() async throws {
        try await Exports.withFolder { folder in
            let store = MountStore(path: "\(folder)/s")
            let staged = [
                Exports.root, Exports.entry("./.caisson-restore-1/", .directory),
                Exports.file("./.caisson-restore-1/x", "1"),
                Exports.entry("./x", .hardLink(target: Array("./.caisson-restore-1/x".utf8))),
            ]
            try await Exports.save([("m", staged)], in: store)
            let plain = [Exports.root, Exports.file("x", "1")]
            #expect(try await Exports.save([("m", plain)], in: store).unchanged == [0])
        }
    }

    @Test(arguments: [
        [Exports.root, Exports.file("../x", "1")], [Exports.root, Exports.file("/x", "1")],
        [Exports.root, Exports.file("x", "1"), Exports.file("./x", "2")],
        [Exports.root, Exports.entry("x", .hardLink(target: Array("y".utf8)))],
        [Exports.root, Exports.entry("x", .symbolicLink(target: Array("/etc".utf8))), Exports.file("x/y", "1")],
        [Exports.root, Exports.file("d/y", "1")], [Exports.file("x", "1")], [],
    ])
    func `An engine's tar is refused where no mount can be like that`(entries: [(TarEntry, [UInt8])]) async throws {
        try await Exports.withFolder { folder in
            let store = MountStore(path: "\(folder)/s")
            try await Exports.save([("m", [Exports.root, Exports.file("f", "1")])], in: store)
            let before = try Exports.bytes(of: store.path)
            let error = await #expect(throws: CacheMountError.self) {
                try await Exports.save([("m", entries)], in: store)
            }
            #expect(error?.code == .damaged)
            #expect(try Exports.bytes(of: store.path) == before)
        }
    }

    @Test func `A folder that is something else stays as it is`() async throws {
        try await Exports.withFolder { folder in
            try AtomicFile.replace("\(folder)/precious", with: [1], .usual)
            let store = MountStore(path: folder)
            let error = await #expect(throws: CacheMountError.self) {
                try await Exports.save([("m", [Exports.root, Exports.file("f", "1")])], in: store)
            }
            #expect(error?.code == .notStore)
            #expect(try Exports.bytes(of: folder) == ["precious": [1]])
            #expect(throws: CacheMountError.self) { try MountStore(path: "\(folder)/none").list() }
        }
    }
}

extension MountStoreTests {
    @Test func `What busybox leaves undone is finished by a script`() async throws {
        try await Exports.withFolder { folder in
            let store = MountStore(path: "\(folder)/s")
            var link = Exports.entry("it's", .symbolicLink(target: [0x78]))
            link.0.userID = 5
            let entries = [Exports.root, link, Exports.entry("d", .directory), Exports.file("d/$(x)", "1")]
            try await Exports.save([("m", entries)], in: store)
            try Directories.make("\(folder)/c")
            try store.stage(try store.list(), into: "\(folder)/c")
            let script = String(decoding: try BoundedFile.read("\(folder)/c/mount-0.sh"), as: UTF8.self)
            #expect(script == "chown -h 5:0 './it'\\''s'\ntouch -d @0 './.' || :\n")
        }
    }
}
