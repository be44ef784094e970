import CaissonBuildContext
import Testing

@Suite struct EntryIndexTests {
    private func entry(_ path: String, _ mode: FileMode = [], size: Int64 = 3) -> Entry {
        var entry = Entry(path: Array(path.utf8), mode: mode)
        entry.size = size
        return entry
    }

    @Test func `paths come back by number and numbers by path`() throws {
        let entries = [
            entry("a", .directory), entry("a/b", .directory), entry("a/b/c"), entry("a/d", .symlink), entry("a.txt"),
            entry("b", .directory), entry("b/a"), entry("ba"),
        ]
        var index = EntryIndex()
        for (number, entry) in entries.enumerated() { #expect(try index.append(entry) == UInt32(number)) }
        for (number, entry) in entries.enumerated() {
            #expect(index.path(of: UInt32(number)) == entry.path)
            #expect(index.find(entry.path) == UInt32(number))
        }
        #expect(index.find(Array("a/c".utf8)) == nil)
        #expect(index.path(of: 8) == nil)
    }

    @Test func `only files can be asked for, and once`() throws {
        var index = EntryIndex()
        for item in [entry("a", .directory), entry("b"), entry("c", .symlink)] { _ = try index.append(item) }
        let file = try index.claim(1)
        #expect(file.path == Array("b".utf8) && file.size == 3)
        for id: UInt32 in [0, 1, 2, 3, .max] { #expect(throws: BuildContextError.self) { try index.claim(id) } }
    }
}
