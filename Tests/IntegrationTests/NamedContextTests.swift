import Foundation
import Testing

/// Sources beside the build context.
@Suite struct NamedContextTests {
    private static let dockerfile = TestContext.busyboxBase + "COPY --from=more / /more/\n"

    @Test(.requires(.docker26))
    func `a directory is a source, without what its own ignore file names`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let main = directory.appending(path: "main")
            try TestContext.write(Self.dockerfile, to: main, files: [".dockerignore": "b\n", "b": "b"])
            let files = [".dockerignore": "a\n", "a": "a", "b": "b"]
            try TestContext.write("", to: directory.appending(path: "more"), files: files)
            try await Build(["--build-context", "more=../more", "-o", "out", "."], in: main, on: engine).succeed()
            let names = try FileManager.default.contentsOfDirectory(atPath: main.appending(path: "out/more").path)
            #expect(names.contains("b") && !names.contains("a"), "\(names)")
        }
    }

    @Test(.requires(.docker26))
    func `a directory may have the name of the context or of a base image`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let text = "FROM scratch\nCOPY --from=context f /a\nCOPY --from=debian:12 f /b\nCOPY f /c\n"
            try TestContext.write(text, to: directory.appending(path: "main"), files: ["f": "main"])
            try TestContext.write("", to: directory.appending(path: "more"), files: ["f": "more"])
            let main = directory.appending(path: "main")
            let contexts = ["--build-context", "context=../more", "--build-context", "debian:12=../more"]
            try await Build(contexts + ["-o", "out", "."], in: main, on: engine).succeed()
            for (name, content) in [("a", "more"), ("b", "more")] {
                let file = main.appending(path: "out/\(name)")
                #expect(try String(contentsOf: file, encoding: .utf8) == content, "\(name)")
            }
        }
    }

    @Test(.requires(.docker26))
    func `an image in a layout on this machine is a source`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let main = directory.appending(path: "main")
            let word = uniqueImageName("layout")
            try TestContext.write(TestContext.busyboxBase + "RUN echo \(word) >/word\n", to: main)
            try await Build(["-t", word, "-o", "type=oci,dest=../image.tar", "."], in: main, on: engine).succeed()
            let layout = directory.appending(path: "layout")
            try FileManager.default.createDirectory(at: layout, withIntermediateDirectories: false)
            try await runSuccessfully(
                Command("tar", ["-xf", directory.appending(path: "image.tar").path, "-C", layout.path])
            )
            let other = directory.appending(path: "other")
            try TestContext.write("FROM given\nRUN cat /word >/copy\n", to: other)
            let context = ["--build-context", "given=oci-layout://../layout", "-o", "out", "."]
            try await Build(context, in: other, on: engine).succeed()
            let copy = other.appending(path: "out/copy")
            #expect(try String(contentsOf: copy, encoding: .utf8) == word + "\n")
            let wrong = ["--build-context", "given=oci-layout://../layout:none", "-o", "out", "."]
            try await Build(wrong, in: other, on: engine).fail(with: 2, saying: "given", "no such image")
        }
    }

    @Test(.requires(.docker20))
    func `an engine that ignores named contexts is not given any`() async throws {
        let engine = try await TestEngine.shared(.docker20)
        try await withTemporaryDirectory { directory in
            try TestContext.write(Self.dockerfile, to: directory)
            try await Build(["--build-context", "more=.", "."], in: directory, on: engine)
                .fail(with: 2, saying: "--build-context more", "dockerd 23.0")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a directory that isn't there is named before the build`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write(Self.dockerfile, to: directory)
            let flags = ["--build-context", "more=./nowhere", "."]
            try await Build(flags, in: directory, on: engine).fail(with: 2)
        }
    }
}
