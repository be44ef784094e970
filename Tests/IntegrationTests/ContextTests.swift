import Foundation
import Glibc
import Testing

/// Where context and Dockerfile can come from besides a folder with both.
@Suite struct ContextTests {
    /// A Dockerfile that fails with the names of the context's files, so that what a build saw is in its output.
    static let listing = """
        FROM scratch
        COPY busybox /bin/sh
        COPY busybox /bin/busybox
        COPY . /context/
        RUN echo "saw: $(/bin/busybox ls -A /context | /bin/busybox tr '\\n' ' ')" && exit 4

        """

    /// The names that the context of a build had.
    private func seen(_ build: Build) async throws -> [String] {
        let text = try await build.fail(with: 1, saying: "saw: ")
        let line = text.split(separator: "\n").last { $0.contains(" saw: ") && !$0.contains("busybox ls") }
        return line?.components(separatedBy: "saw: ").last?.split(separator: " ").map(String.init) ?? []
    }

    private func withContext(
        _ kind: EngineKind,
        files: [String: String] = [:],
        _ body: (URL, TestEngine) async throws -> Void
    ) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            let only = uniqueImageName("file")
            let context = directory.appending(path: "context")
            try TestContext.write(Self.listing, to: context, files: files.merging([only: ""]) { $1 })
            try await body(directory, engine)
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable, ["", "z", "j", "J"])
    func `a tar on standard input is the context`(kind: EngineKind, compression: String) async throws {
        try await withContext(kind, files: ["more": "x"]) { directory, engine in
            let tar = directory.appending(path: "context.tar").path
            let context = directory.appending(path: "context").path
            try await runSuccessfully(Command("tar", ["-c\(compression)f", tar, "-C", context, "."]))
            let names = try await seen(Build(["-"], in: directory, on: engine, input: .file(tar)))
            #expect(names.contains("more") && names.contains("Dockerfile"))
            let piped = try Data(contentsOf: URL(filePath: tar))
            #expect(try await seen(Build(["-"], in: directory, on: engine, input: .data(piped))) == names)
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a Dockerfile in a tar's subfolder is named by its path there`(kind: EngineKind) async throws {
        try await withContext(kind) { directory, engine in
            let context = directory.appending(path: "context")
            try TestContext.write(Self.listing, to: context.appending(path: "sub"))
            try FileManager.default.removeItem(at: context.appending(path: "Dockerfile"))
            let tar = directory.appending(path: "context.tar").path
            try await runSuccessfully(Command("tar", ["-cf", tar, "-C", context.path, "."]))
            let flags = ["-f", "sub/Dockerfile", "-"]
            #expect(try await seen(Build(flags, in: directory, on: engine, input: .file(tar))).contains("sub"))
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a Dockerfile on standard input has no context`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try Data("x".utf8).write(to: directory.appending(path: "secret"))
            let name = uniqueImageName("text")
            let text = Data("FROM scratch\nLABEL from=\(name)\n".utf8)
            try await Build(["-t", name, "-"], in: directory, on: engine, input: .data(text)).succeed()
            let label = try await engine.docker("image", "inspect", "--format", "{{.Config.Labels.from}}", name)
            #expect(label == name + "\n")
            let copying = Data("FROM scratch\nCOPY secret /\n".utf8)
            try await Build(["-"], in: directory, on: engine, input: .data(copying)).fail(with: 1, saying: "secret")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a Dockerfile comes from standard input, from outside or from a subfolder`(kind: EngineKind) async throws {
        try await withContext(kind, files: ["own": ""]) { directory, engine in
            let context = directory.appending(path: "context")
            try TestContext.write(Self.listing, to: directory.appending(path: "outside"))
            try TestContext.write(Self.listing, to: context.appending(path: "sub"))
            try Data("FROM nothing-that-is-there\n".utf8).write(to: context.appending(path: "Dockerfile"))
            let text = Data(Self.listing.utf8)
            let builds = [
                Build(["-f", "-", "context"], in: directory, on: engine, input: .data(text)),
                Build(["-f", "outside/Dockerfile", "context"], in: directory, on: engine),
                Build(["-f", "context/sub/Dockerfile", "context"], in: directory, on: engine),
                Build(["-f", "sub/Dockerfile", "."], in: context, on: engine),
                Build(["-f", context.appending(path: "sub/Dockerfile").path, "."], in: context, on: engine),
            ]
            for build in builds { #expect(try await seen(build).contains("own"), "\(build.command.arguments)") }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `ignore files keep files out, the Dockerfile's own one before the context's`(kind: EngineKind) async throws {
        let files = [
            ".dockerignore": "*.log\nskipped\n!kept.log\n", "a.log": "", "kept.log": "", "skipped/inside": "",
            "plain": "",
        ]
        try await withContext(kind, files: files) { directory, engine in
            let context = directory.appending(path: "context")
            let names = try await seen(Build(["context"], in: directory, on: engine))
            #expect(names.contains("kept.log") && names.contains("plain"))
            #expect(!names.contains("a.log") && !names.contains("skipped"))
            // A name of its own, as a Dockerfile outside of the context may have one, too.
            try TestContext.write(Self.listing, to: directory, files: ["Dockerfile.dockerignore": "plain\n"])
            let other = try await seen(Build(["-f", "Dockerfile", "context"], in: directory, on: engine))
            #expect(other.contains("a.log") && other.contains("skipped") && !other.contains("plain"), "\(other)")
            #expect(FileManager.default.fileExists(atPath: context.appending(path: "plain").path))
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a git repository and a tar are fetched by the engine over http`(kind: EngineKind) async throws {
        try await withContext(kind, files: ["committed": ""]) { directory, engine in
            let context = directory.appending(path: "context").path
            let script = """
                set -e
                tar -czf context.tar.gz -C "$1" .
                git init -q -b main "$1"
                git -C "$1" add .
                git -C "$1" -c user.name=T -c user.email=t@example.org commit -q -m one
                git clone -q --bare "$1" repository.git
                git -C repository.git update-server-info
                """
            var prepare = Command("bash", ["-c", script, "bash", context])
            prepare.directory = directory.path
            try await runSuccessfully(prepare)
            var command = Command("python3", ["-u", "-m", "http.server", "--bind", "127.0.0.1", "0"])
            command.directory = directory.path
            let server = try RunningProcess.start(command)
            defer { server.send(SIGKILL) }
            let said = try await server.awaitText("(http://")
            let address = "http" + (said.components(separatedBy: "(http").last?.prefix { $0 != ")" } ?? "")
            for source in ["repository.git#main", "context.tar.gz"] {
                let names = try await seen(Build([address + source], in: directory, on: engine))
                #expect(names.contains("committed"), "\(source)")
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `modes and links of the context arrive`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write("FROM scratch\nCOPY tree/ /\n", to: directory, files: ["tree/plain": "hello"])
            let script = #"""
                cd tree && mkdir -p d/e && chmod 1777 d && printf x >s && chmod 4711 s && ln plain hard && ln -s ../x d/link &&
                printf r >"$(printf 'raw\377')" && printf n >"$(printf 'new\nline')" && ln -s missing dangling
                """#
            var make = Command("bash", ["-c", script])
            make.directory = directory.path
            try await runSuccessfully(make)
            try await Build(["-o", "out", "."], in: directory, on: engine).succeed()
            let before = try await Tools.listing(of: directory.appending(path: "tree").path)
            #expect(try await Tools.listing(of: directory.appending(path: "out").path) == before)
        }
    }
}
