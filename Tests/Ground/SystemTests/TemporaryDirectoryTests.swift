import CaissonSystem
import Glibc
import Testing

@Suite struct TemporaryDirectoryTests {
    @Test func `it is in TMPDIR, for its user alone, and another one each time`() throws {
        let base = try TemporaryDirectory.make(for: "base", [:])
        defer { rmdir(base) }
        let paths = try (0..<2).map { _ in try TemporaryDirectory.make(for: "test", ["TMPDIR": base]) }
        defer { for path in paths { rmdir(path) } }
        #expect(Set(paths).count == 2 && paths.allSatisfy { $0.hasPrefix("\(base)/caisson-test.") })
        #expect(base.hasPrefix("/tmp/caisson-base."))
        var facts = stat()
        #expect(stat(paths[0], &facts) == 0 && facts.st_mode & 0o777 == 0o700)
    }

    @Test func `where there can be none, that is said with what to do`() throws {
        let error = try #require(throws: TemporaryDirectory.Failure.self) {
            try TemporaryDirectory.make(for: "test", ["TMPDIR": "/nonexistent/x"])
        }
        #expect(error.description.hasPrefix("can't make a directory in \"/nonexistent/x\": No such file"))
        #expect(error.description.hasSuffix("name another place by TMPDIR"))
    }
}
