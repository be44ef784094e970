import CaissonText
import Testing

@testable import CaissonBuildModel

@Suite("The files of a context")
struct ContextSnapshotTests {
    private typealias File = (path: String, mode: UInt32, stamp: UInt64, content: UInt64)

    private func snapshot(_ files: [File]) -> ContextSnapshot {
        var snapshot = ContextSnapshot(of: "context", key: "k")
        for (path, mode, stamp, content) in files {
            snapshot.add(Array(path.utf8), mode: mode, stamp: stamp, content: content)
        }
        return snapshot
    }

    private func changes(_ old: [File], _ new: [File]) -> [String] {
        let (changes, _) = snapshot(new).changes(since: snapshot(old), of: BuildID())
        return changes.changes.map { "\($0.kind) \($0.path)" }
    }

    @Test func `what changed is told by path`() {
        let old: [File] = [
            ("a", 1, 1, 7), ("b", 2, 1, 0), ("b/c", 1, 1, 8), ("b-d", 1, 1, 9), ("e", 1, 1, 5), ("f", 1, 1, 0),
        ]
        let new: [File] = [
            ("a", 1, 2, 6), ("b", 2, 9, 0), ("b/c", 1, 5, 8), ("b/new", 1, 1, 4), ("e", 3, 1, 0), ("f", 1, 2, 0),
        ]
        #expect(
            changes(old, new) == ["content a", "perhaps b", "added b/new", "removed b-d", "mode e", "perhaps f"]
        )
        #expect(changes(old, old) == [])
        #expect(changes([], [("x", 1, 1, 0)]) == ["added x"])
    }

    @Test func `a file that was only touched hasn't changed, and one that wasn't asked for is what it was`() {
        let old: [File] = [("a", 1, 1, 7), ("b", 1, 1, 8)]
        let new: [File] = [("a", 1, 2, 7), ("b", 1, 1, 0)]
        let (changes, complete) = snapshot(new).changes(since: snapshot(old), of: BuildID())
        #expect(changes.changes.isEmpty)
        #expect(complete.contents == [7, 8])
        // So the next build knows it, too.
        let later: [File] = [("a", 1, 2, 0), ("b", 1, 3, 9)]
        #expect(snapshot(later).changes(since: complete, of: BuildID()).0.changes.map(\.path) == ["b"])
    }

    @Test func `of very many changes the first are told, and how many others there are`() {
        let new: [File] = (0..<2000).map { (String(100_000 + $0), 1, 1, 1) }
        let (changes, _) = snapshot(new).changes(since: snapshot([]), of: BuildID())
        #expect(changes.changes.count == ContextSnapshot.mostChanges)
        #expect(changes.changes.count + changes.omitted == 2000)
    }

    @Test func `random trees: the changes lead from the old one to the new one`() {
        for seed in 0..<300 {
            var random = SeededGenerator(state: UInt64(seed))
            let (old, new) = (tree(&random), tree(&random))
            let (changes, complete) = snapshot(new).changes(since: snapshot(old), of: BuildID())
            var paths = Set(old.map(\.path))
            for change in changes.changes {
                switch change.kind {
                case .added: #expect(paths.insert(change.path).inserted, "seed \(seed)")
                case .removed: #expect(paths.remove(change.path) != nil, "seed \(seed)")
                case .content, .mode, .perhaps: #expect(paths.contains(change.path), "seed \(seed)")
                }
            }
            #expect(paths == Set(new.map(\.path)), "seed \(seed)")
            #expect(complete.packed == snapshot(new).packed, "seed \(seed)")
        }
    }

    private func tree(_ random: inout SeededGenerator) -> [File] {
        let names = ["a", "a-b", "a/b", "a/b/c", "ab", "b", "b.c", "b/c", "ü", "c\n"]
        return names.filter { _ in Bool.random(using: &random) }
            .sorted { precedes(Array($0.utf8), Array($1.utf8)) }
            .map {
                (
                    $0, .random(in: 0...1, using: &random), .random(in: 0...1, using: &random),
                    .random(in: 0...2, using: &random)
                )
            }
    }

    @Test func `what is damaged on the disk ends the list`() {
        let whole = snapshot([("a/b", 0o644, .max, 7), ("a/c", .max, 1, 0), ("long name", 1, 1, 1)])
        for cut in 0..<whole.packed.count {
            for bit: UInt8 in [0, 1, 0x80, 0xFF] {
                var bytes = whole.packed
                if bit == 0 { bytes.removeSubrange(cut...) } else { bytes[cut] ^= bit }
                let damaged = ContextSnapshot(of: "context", key: "k", packed: bytes, contents: whole.contents)
                _ = whole.changes(since: damaged, of: BuildID())
                _ = damaged.changes(since: whole, of: BuildID())
            }
        }
    }

    @Test func `a hash doesn't depend on the pieces in which the content comes`() {
        var random = SeededGenerator(state: 1)
        for size in [0, 1, 7, 8, 63, 64, 65, 127, 128, 1000, 5000] {
            let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
            var hash = ContentHash()
            var start = 0
            while start < size {
                let end = min(size, start + Int.random(in: 1...100, using: &random))
                Array(bytes[start..<end]).withUnsafeBytes { hash.add($0) }
                start = end
            }
            #expect(hash.value == ContentHash(of: bytes).value, "\(size) bytes")
        }
        var seen: Set<UInt64> = []
        for size in 0..<300 { seen.insert(ContentHash(of: [UInt8](repeating: 0, count: size)).value) }
        for place in 0..<300 {
            var bytes = [UInt8](repeating: 0, count: 300)
            bytes[place] = 1
            seen.insert(ContentHash(of: bytes).value)
        }
        #expect(seen.count == 600)
    }
}
