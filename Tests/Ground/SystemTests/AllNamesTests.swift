import CaissonSystem
import Foundation
import Testing

/// Of names that are read where none may be missing.
@Suite struct AllNamesTests {
    private static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "caisson-names-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    @Test func `all names are told in the order of their bytes`() throws {
        try Self.inFolder { folder in
            for name in ["b", "\u{E9}", "a", "e\u{301}"] { mkdir(PathFacts.join(folder, name), 0o755) }
            let found = try DirectoryNames.all(in: folder, limit: 10).map { Array($0.utf8) }
            #expect(found == ["a", "b", "e\u{301}", "\u{E9}"].map { Array($0.utf8) })
            #expect(try DirectoryNames.all(in: folder, limit: 2).count == 2)
        }
    }

    @Test func `what can't be read is told`() throws {
        try Self.inFolder { folder in
            let (none, link) = (PathFacts.join(folder, "none"), PathFacts.join(folder, "link"))
            symlink(folder, link)
            #expect(throws: Errno(ENOENT)) { try DirectoryNames.all(in: none, limit: 1) }
            #expect(throws: Errno.self) { try DirectoryNames.all(in: link, limit: 1, followsLink: false) }
            let found = try DirectoryNames.all(in: link, limit: 1)
            #expect(found == ["link"])
            #expect(DirectoryNames.visit(-1) { _ in true } == Errno(EBADF))
        }
    }
}
