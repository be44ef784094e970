import CaissonBuildModel
import Foundation
import Testing

@testable import CaissonContainerJobs

@Suite struct CollectedFilesTests {
    private static func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "caisson-collected-\(UUID())")
        try FileManager.default.createDirectory(at: folder.appending(path: "b/c"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test func `files are told with size, digest and mode, links with their targets, others not at all`() throws {
        try Self.inFolder { folder in
            try Data("abc".utf8).write(to: folder.appending(path: "b/c/x"))
            chmod(folder.appending(path: "b/c/x").path, 0o640)
            symlink("/etc", folder.appending(path: "b-link").path)
            mkfifo(folder.appending(path: "pipe").path, 0o600)
            let files = try CollectedFiles(of: folder.path).files
            #expect(files.map(\.path) == ["b-link", "b/c/x"])
            #expect(files[0].kind == .link("/etc"))
            #expect(files[1].size == 3 && files[1].mode == 0o640)
            #expect(files[1].digest?.hex.hasPrefix("ba7816bf") == true)
            #expect(try CollectedFiles(of: folder.path) { $0 != "b" }.files.map(\.path) == ["b-link"])
        }
    }

    @Test func `checksums are those of sha256sum, names with a backslash or a line's end included`() throws {
        try Self.inFolder { folder in
            for name in ["plain", "two words", "back\\slash", "line\nend"] {
                try Data(name.utf8).write(to: folder.appending(path: name))
            }
            let checksums = ChecksumFile(try CollectedFiles(of: folder.path))
            try Data(checksums.text.utf8).write(to: folder.appending(path: "SUMS"))
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["sha256sum", "-c", "--strict", "--status", "SUMS"]
            process.currentDirectoryURL = folder
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(try ChecksumFile(parsing: Array(checksums.text.utf8)) == checksums)
        }
    }

    @Test(arguments: [
        "x", "ab  c", String(repeating: "a", count: 64) + " c", "\\" + String(repeating: "a", count: 64) + "  a\\q",
    ])
    func `a line of another form is refused`(_ line: String) {
        #expect(throws: ParseError.self) { try ChecksumFile(parsing: Array(line.utf8)) }
    }
}
