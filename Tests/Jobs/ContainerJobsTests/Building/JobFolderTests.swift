import CaissonBuildModel
import CaissonText
import Foundation
import Testing

@testable import CaissonContainerJobs

@Suite struct JobFolderTests {
    /// Calls with a folder that is gone afterwards.
    private static func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "caisson-job-folder-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private static func write(_ text: String, _ path: String) throws {
        let url = URL(filePath: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    private static func names(_ folder: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func `results take the place of an earlier run's`() throws {
        try Self.inFolder { folder in
            for (run, name) in ["old", "new"].enumerated() {
                let job = try JobFolder(folder.path, run: BuildID())
                try Self.write("\(run)", job.status)
                try Self.write(name, job.stage + "/logs/\(name).log")
                try job.place()
            }
            #expect(try Self.names(folder) == [".caisson-files", "logs", "logs/new.log", "status.json"])
            #expect(try String(contentsOf: folder.appending(path: "status.json"), encoding: .utf8) == "1")
        }
    }

    @Test func `files that are somebody else's stay`() throws {
        try Self.inFolder { folder in
            try Self.write("mine", folder.path + "/src/a.c")
            try Self.write("mine", folder.path + "/modules/mine.txt")
            try Self.write("old", folder.path + "/config")
            let job = try JobFolder(folder.path, run: BuildID())
            try Self.write("new", job.stage + "/config")
            try Self.write("ko", job.stage + "/modules/crc4.ko")
            try job.place()
            let all = [".caisson-files", "config", "modules", "modules/crc4.ko", "modules/mine.txt", "src", "src/a.c"]
            #expect(try Self.names(folder) == all)
            #expect(try String(contentsOf: folder.appending(path: "config"), encoding: .utf8) == "new")
            try JobFolder(folder.path, run: BuildID()).place()
            #expect(try Self.names(folder) == [".caisson-files", "modules", "modules/mine.txt", "src", "src/a.c"])
        }
    }

    @Test func `two jobs don't write to one folder at a time`() throws {
        try Self.inFolder { folder in
            let first = try JobFolder(folder.path, run: BuildID())
            #expect(throws: BuildError.self) { try JobFolder(folder.path, run: BuildID()) }
            first.discard()
            try JobFolder(folder.path, run: BuildID()).discard()
            #expect(try Self.names(folder) == [])
        }
    }

    @Test func `what a killed run has left goes with the next one`() throws {
        try Self.inFolder { folder in
            let left = folder.path + "/.caisson-\(BuildID())"
            try Self.write("half", left + "/vmlinux")
            try Self.write("kept", folder.path + "/.caisson-else/x")
            let job = try JobFolder(folder.path, run: BuildID())
            #expect(!FileManager.default.fileExists(atPath: left))
            job.discard()
            #expect(try Self.names(folder) == [".caisson-else", ".caisson-else/x"])
        }
    }

    @Test func `a list that lies removes nothing outside of the folder`() throws {
        try Self.inFolder { folder in
            try Self.write("mine", folder.path + "/mine")
            let inner = folder.appending(path: "inner")
            try Self.write("../mine\0\(folder.path)/mine\0a/../../mine\0", inner.path + "/.caisson-files")
            try JobFolder(inner.path, run: BuildID()).place()
            #expect(FileManager.default.fileExists(atPath: folder.path + "/mine"))
        }
    }

    @Test func `a folder that can't be made is named`() throws {
        let error = #expect(throws: BuildError.self) { try JobFolder("/dev/null/out", run: BuildID()) }
        #expect(error?.message.contains("/dev/null/out") == true)
        #expect(error?.code == .output)
    }

    @Test func `a list whose slashes a combining mark hides removes nothing outside of the folder`() throws {
        try Self.inFolder { folder in
            let names = ["\u{301}x", "\u{301}/mine", "x"]
            for name in names { try Self.write("mine", folder.path + "/" + name) }
            let inner = folder.appending(path: "inner")
            let list = "../\u{301}x\0../\u{301}/mine\0\u{301}/../../x\0/\u{301}x\0"
            try Self.write(list, inner.path + "/.caisson-files")
            try JobFolder(inner.path, run: BuildID()).place()
            for name in names { #expect(access(folder.path + "/" + name, F_OK) == 0, "\(name)") }
        }
    }

    @Test func `names of any bytes are placed, and go with the next run`() throws {
        try Self.inFolder { folder in
            let job = try JobFolder(folder.path, run: BuildID())
            let names: [[UInt8]] = [[0x66, 0xFF], Array("\u{E9}".utf8), Array("e\u{301}".utf8), Array("a\r\nb".utf8)]
            for name in names {
                let path =
                    (job.stage + "/").utf8.map { CChar(bitPattern: $0) } + name.map { CChar(bitPattern: $0) } + [0]
                close(open(path, O_CREAT | O_WRONLY, 0o644))
            }
            try job.place()
            #expect(Set(try CollectedFiles(of: folder.path).files.map(\.path.pathBytes)).isSuperset(of: names))
            try JobFolder(folder.path, run: BuildID()).place()
            #expect(try Self.names(folder) == [".caisson-files"])
        }
    }

    @Test func `a folder that only looks like a killed run's stays`() throws {
        try Self.inFolder { folder in
            let name = ".caisson-\u{301}\(BuildID())"
            try Self.write("mine", folder.path + "/\(name)/x")
            try JobFolder(folder.path, run: BuildID()).discard()
            #expect(try Self.names(folder) == [name, name + "/x"])
        }
    }

    @Test func `results that can't be read aren't taken for none, and stay`() throws {
        try Self.inFolder { folder in
            let job = try JobFolder(folder.path, run: BuildID())
            rmdir(job.stage)
            try Self.write("", job.stage)
            let error = #expect(throws: BuildError.self) { try job.place() }
            #expect(error?.message.contains(job.stage) == true)
        }
    }
}
