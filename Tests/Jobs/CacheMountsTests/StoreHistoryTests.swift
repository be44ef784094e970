import CaissonBuildModel
import CaissonCacheMounts
import CaissonSystem
import Glibc
import Testing

struct StoreHistoryTests {
    @Test(arguments: 0..<10)
    func `Whatever is saved, trimmed and killed, the store is whole`(round: Int) async throws {
        try await Exports.withFolder { folder in
            let store = MountStore(path: "\(folder)/s")
            var wanted: [String: String] = [:]
            for step in 0..<30 {
                let id = ["a", "b", "c", "d"].randomElement() ?? "a"
                switch Int.random(in: 0..<10) {
                case 0...5:
                    let content = String(repeating: "\(Int.random(in: 0..<5))", count: .random(in: 0..<100))
                    let entries = [Exports.root, Exports.file("x", content)]
                    try await Exports.save([(id, entries)], in: store, at: Int64(step))
                    wanted[id] = content
                case 6:
                    guard !wanted.isEmpty else { continue }
                    for mount in try await store.trim(to: ByteSize(bytes: .random(in: 0..<6000))) {
                        wanted[mount.mount.id] = nil
                    }
                default: try Self.leaveGarbage(in: store.path)
                }
                guard !wanted.isEmpty || step > 20 else { continue }
                let known = (try? store.list()) ?? []
                #expect(Set(known.map(\.mount.id)) == Set(wanted.keys))
                for mount in known {
                    #expect(mount.content.size == wanted[mount.mount.id].map { Int64($0.utf8.count) })
                }
                #expect(((try? store.verify()) ?? []).isEmpty)
            }
            try await Exports.save([("end", [Exports.root, Exports.file("f", "1")])], in: store)
            let known = try store.list()
            let files = 3 + known.count + Set(known.map(\.layer)).count
            #expect(try Exports.bytes(of: store.path).count == files)
        }
    }

    /// What a save leaves that is killed at any place.
    private static func leaveGarbage(in path: String) throws {
        guard case .directory = PathFacts.kind(of: "\(path)/blobs/sha256") else { return }
        try AtomicFile.replace("\(path)/.caisson-new.1.abc", with: [1], .usual)
        try AtomicFile.replace("\(path)/.caisson-new.index", with: [2], .usual)
        let digest = ContentDigest(of: [.random(in: 0...255)])
        try AtomicFile.replace("\(path)/blobs/sha256/\(digest.hex)", with: [3], .usual)
    }

    @Test func `Those who save at once wait for each other`() async throws {
        try await Exports.withFolder { folder in
            let store = MountStore(path: "\(folder)/s")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await Exports.save([("m\(number)", [Exports.root, Exports.file("x", "1")])], in: store)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try store.list().count == 8)
            #expect(try store.verify().isEmpty)
        }
    }
}
