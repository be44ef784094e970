import Caisson
import Foundation
import Testing

/// The functions of the library that need no engine, called as a program of somebody else calls them.
@Suite struct LibraryTests {
    /// A folder with these files, by their paths, for as long as `body` runs.
    private static func withFolder<Value>(
        _ files: [String: String],
        _ body: (URL) async throws -> Value
    ) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "caisson-library-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for (path, text) in files {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        return try await body(folder)
    }

    private static func paths(_ files: [ContextFile]) -> [String] {
        files.map { String(decoding: $0.path, as: UTF8.self) }
    }

    @Test func `the files of a context are those that the ignore file leaves`() async throws {
        let files = ["Dockerfile": "FROM a", ".dockerignore": "b\n*.log", "b/c": "1", "d/e": "22", "f.log": "3"]
        try await Self.withFolder(files) { folder in
            try FileManager.default.createSymbolicLink(
                atPath: folder.appending(path: "l").path,
                withDestinationPath: "d/e"
            )
            let found = try contextFiles(of: folder.path)
            #expect(Self.paths(found) == [".dockerignore", "Dockerfile", "d", "d/e", "l"])
            #expect(found.map(\.kind) == [.file, .file, .directory, .file, .symbolicLink])
            #expect(found.first { $0.path == Array("d/e".utf8) }?.size == 2)
        }
    }

    @Test func `the ignore file beside another Dockerfile comes before the context's`() async throws {
        let files = [
            "own.Dockerfile": "FROM a", "own.Dockerfile.dockerignore": "x", ".dockerignore": "y", "x": "", "y": "",
        ]
        try await Self.withFolder(files) { folder in
            let own = folder.appending(path: "own.Dockerfile").path
            let found = Self.paths(try contextFiles(of: folder.path, dockerfile: own))
            #expect(found.contains("y") && !found.contains("x"))
        }
    }

    @Test func `an exported context is the same bytes each time`() async throws {
        try await Self.withFolder(["context/Dockerfile": "FROM a", "context/b/c": "text"]) { folder in
            var tars: [Data] = []
            for name in ["1.tar", "2.tar"] {
                let tar = folder.appending(path: name)
                _ = FileManager.default.createFile(atPath: tar.path, contents: nil)
                let handle = try FileHandle(forWritingTo: tar)
                let context = folder.appending(path: "context").path
                #expect(try exportContext(of: context, to: handle.fileDescriptor) == 3)
                try handle.close()
                tars.append(try Data(contentsOf: tar))
            }
            #expect(tars[0] == tars[1] && !tars[0].isEmpty)
            #expect(tars[0].range(of: Data("b/c".utf8)) != nil)
        }
    }

    @Test func `a context that isn't there is wrong usage`() {
        let missing = "/nonexistent/context"
        #expect { _ = try contextFiles(of: missing) } throws: { Self.isUsage($0, about: missing) }
        #expect { _ = try exportContext(of: missing, to: 1) } throws: { Self.isUsage($0, about: missing) }
    }

    @Test func `a Dockerfile is checked, with a configuration or without`() throws {
        let text = Array("FROM alpine:3.20\nRUN cd /tmp\nCMD echo hello\n".utf8)
        let found = try lint(dockerfile: text)
        let command = try #require(found.first { $0.rule == "JSONArgsRecommended" })
        #expect(command.line == 3 && command.aliases.contains("DL3025") && command.severity == .warning)
        let fewer = try lint(dockerfile: text, configuration: "ignored: [DL3025]\n")
        #expect(fewer.count == found.count - 1)
        #expect { _ = try lint(dockerfile: text, configuration: "ignored: [") } throws: {
            Self.isUsage($0, about: "configuration")
        }
    }

    @Test func `a build is looked at before an engine is`() async throws {
        try await Self.withFolder(["a": ""]) { folder in
            var options = EngineOptions()
            options.environment["CAISSON_HOST"] = "unix:///nonexistent/engine.sock"
            var request = BuildRequest(context: .directory(folder.path))
            let error = await #expect(throws: BuildError.self) {
                try await build(request, options: options, events: NoEvents())
            }
            #expect(error?.code == .usage && error?.message.contains("Dockerfile") == true)
            request.dockerfile = .text(Array("FROM scratch\n".utf8))
            let next = await #expect(throws: BuildError.self) {
                try await build(request, options: options, events: NoEvents())
            }
            #expect(next?.code == .engine && next?.message.contains("/nonexistent/engine.sock") == true)
        }
    }

    @Test func `a registry that doesn't answer is named`() async throws {
        // Nothing listens at port 1 of this machine.
        let image = try ImageReference(parsing: "127.0.0.1:1/a:1")
        let failed = await #expect(throws: BuildError.self) {
            try await inspectImage(image, surroundings: EngineOptions())
        }
        #expect(failed?.code == .engine && failed?.message.contains("127.0.0.1:1") == true)
        await #expect(throws: BuildError.self) {
            try await createIndex(image, from: [image], surroundings: EngineOptions())
        }
    }

    private static func isUsage(_ error: any Error, about object: String) -> Bool {
        let error = error as? BuildError
        return error?.code == .usage && error?.message.contains(object) == true
    }
}

private struct NoEvents: BuildEventSink {
    func receive(_ event: BuildEvent) {}
}
