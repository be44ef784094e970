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

    @Test func `a folder that isn't there, or is a file, is told and not taken for an empty one`() throws {
        try Self.inFolder { folder in
            for name in ["none", "file"] {
                if name == "file" { try Data().write(to: folder.appending(path: name)) }
                let path = folder.appending(path: name).path
                let error = #expect(throws: BuildError.self) { try CollectedFiles(of: path) }
                #expect(error?.message.contains(path) == true)
            }
            let link = folder.appending(path: "b/link").path
            symlink(folder.appending(path: "b/c").path, link)
            #expect(try CollectedFiles(of: link).files.isEmpty)
        }
    }

    @Test func `a folder that may not be read is told, with its name`() throws {
        try Self.inFolder { folder in
            try Data("abc".utf8).write(to: folder.appending(path: "b/c/x"))
            let path = folder.appending(path: "b/c").path
            for mode: mode_t in [0o755, 0o311] {
                chmod(path, mode)
                chmod(folder.path, 0o755)
                let error = Self.asNobody { () -> BuildError? in
                    do throws(BuildError) {
                        return try CollectedFiles(of: folder.path).files.isEmpty ? BuildError(.output, "empty") : nil
                    } catch {
                        return error
                    }
                }
                #expect((error == nil) == (mode == 0o755), "\(String(describing: error))")
                #expect(error.map { $0.message.contains(path) } != false)
            }
        }
    }

    /// Calls without root's right to read everything; a thread has its own user where files are concerned.
    private static func asNobody<Result>(_ body: () -> Result) -> Result {
        typealias SetUser = @convention(c) (UInt32) -> Int32
        guard geteuid() == 0, let symbol = dlsym(nil, "setfsuid") else { return body() }
        let setUser = unsafeBitCast(symbol, to: SetUser.self)
        _ = setUser(65_534)
        defer { _ = setUser(0) }
        return body()
    }
}
