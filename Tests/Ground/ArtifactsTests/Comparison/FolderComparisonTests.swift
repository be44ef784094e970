import CaissonArtifacts
import CaissonSystem
import CaissonText
import Glibc
import Testing

struct FolderComparisonTests {
    /// A folder for a moment.
    private final class Folder {
        let path: String

        init() throws {
            var template = Array("/tmp/caisson-folders.XXXXXX".utf8CString)
            try #require(mkdtemp(&template) != nil)
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        deinit { DirectoryRemoval.remove(path) }

        private func full(_ name: [UInt8]) -> [CChar] {
            (Array("\(path)/".utf8) + name).map { CChar(bitPattern: $0) } + [0]
        }

        func make(_ name: String) { #expect(mkdir(full(Array(name.utf8)), 0o755) == 0) }

        func link(_ name: String, _ target: String) { #expect(symlink(target, full(Array(name.utf8))) == 0) }

        func write(_ name: String, _ text: String) { write(Array(name.utf8), text) }

        func write(_ name: [UInt8], _ text: String) {
            let file = open(full(name), O_WRONLY | O_CREAT | O_TRUNC, 0o644)
            defer { close(file) }
            let bytes = Array(text.utf8)
            #expect(bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) } == bytes.count)
        }

        func pipe(_ name: String) { #expect(mkfifo(full(Array(name.utf8)), 0o644) == 0) }
    }

    private static func lines(_ found: FolderDifferences) -> [String] { found.files.map(\.description) }

    @Test
    func `Equal folders have no differences, whatever their names are`() throws {
        let (first, second) = (try Folder(), try Folder())
        let names: [[UInt8]] = [Array("a b".utf8), Array("c\nd".utf8), [0xFF, 0xFE], Array("é".utf8)]
        for name in names {
            first.write(name, "same")
            second.write(name, "same")
        }
        let found = try FolderComparison().differences(first.path, second.path)
        #expect(found.isEqual && found.files == [])
        #expect(found.equal.map(\.pathBytes) == names.sorted { $0.lexicographicallyPrecedes($1) })
        for name in names { second.write(name, "some") }
        let lines = try Self.lines(FolderComparison().differences(first.path, second.path))
        let end = #": differs at byte 0x1: "same" against "some""#
        #expect(lines == [#""a b""#, #""c\nd""#, #""é""#, #""\xff\xfe""#].map { $0 + end })
    }

    @Test
    func `What is only in one, of another type or a link elsewhere is told in the order of the paths`() throws {
        let (first, second) = (try Folder(), try Folder())
        first.make("a")
        first.write("a/1", "")
        first.write("a/2", "")
        second.write("a-", "")
        for name in ["b", "c"] { first.write(name, "x") }
        second.make("b")
        second.write("b/1", "")
        second.link("c", "b")
        first.link("d", "one")
        second.link("d", "two")
        first.pipe("e")
        second.pipe("e")
        let found = try FolderComparison().differences(first.path, second.path)
        #expect(
            Self.lines(found) == [
                #""a": is only in the first"#, #""a-": is only in the second"#,
                #""b": is a regular file in the first and a folder in the second"#,
                #""c": is a regular file in the first and a link in the second"#,
                #""d": has the target "one" in the first and "two" in the second"#,
            ]
        )
        #expect(found.count == 5 && found.equal == ["e"])
    }

    @Test
    func `Only the first differences are explained, and all are counted`() throws {
        let (first, second) = (try Folder(), try Folder())
        for index in 0..<20 {
            first.write("file\(index)", "one")
            second.write("file\(index)", "two")
        }
        var limits = ComparisonLimits()
        limits.explanations = 3
        let found = try FolderComparison(limits: limits).differences(first.path, second.path)
        #expect(found.count == 20 && found.files.map(\.path) == ["file0", "file1", "file10"])
        limits.files = 19
        let problem = #expect(throws: ArtifactProblem.self) {
            try FolderComparison(limits: limits).differences(first.path, second.path)
        }
        #expect(problem?.code == .limitExceeded)
    }

    @Test
    func `What is ignored isn't compared, a folder with all in it`() throws {
        let (first, second) = (try Folder(), try Folder())
        first.make("logs")
        first.write("logs/a", "1")
        first.write("x.log", "1")
        second.write("x.log", "2")
        let found = try FolderComparison().differences(first.path, second.path) { $0 == "logs" || $0.hasSuffix(".log") }
        #expect(found.isEqual && found.equal == [])
    }

    @Test
    func `A folder that isn't there is an error`() throws {
        let folder = try Folder()
        let problem = #expect(throws: ArtifactProblem.self) {
            try FolderComparison().differences(folder.path, folder.path + "/missing")
        }
        #expect(problem?.code == .unreadable && problem?.message.contains("missing") == true)
    }

    @Test
    func `A file on disk gives the same as bytes in memory`() throws {
        let folder = try Folder()
        let (first, second) = (Array("a\nb\n".utf8), Array("a\nc\n".utf8))
        folder.write("1", "a\nb\n")
        folder.write("2", "a\nc\n")
        let difference = try FileComparison().difference(folder.path + "/1", folder.path + "/2")
        #expect(try difference == ComparisonFixture.difference(first, second) && difference != nil)
        #expect(try FileComparison().difference(folder.path + "/1", folder.path + "/1") == nil)
        #expect(throws: ArtifactProblem.self) { try FileComparison().difference(folder.path + "/1", folder.path) }
    }

    @Test
    func `Large files that differ where pieces meet are told at the byte`() throws {
        let folder = try Folder()
        let zeros = String(repeating: "\0", count: 1 << 20)
        folder.write("1", zeros + "\0\0")
        for (text, offset) in [(zeros + "a\0", 1 << 20), (zeros.dropLast() + "a\0\0", (1 << 20) - 1)] {
            folder.write("2", text)
            let difference = try FileComparison().difference(folder.path + "/1", folder.path + "/2")
            #expect(difference?.offset == offset && difference?.kind == .content)
        }
    }
}
