import CaissonBuildContext
import CaissonBuildModel
import Glibc
import Testing

@Suite struct ResolvedDockerfileTests {
    @Test func `a directory's Dockerfile may be written small, a name that somebody gave means what it says`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        func found(_ source: DockerfileSource) -> String? {
            ResolvedDockerfile(source, in: .directory(tree.path))?.path.map {
                String($0.dropFirst(tree.path.count + 1))
            }
        }
        #expect(found(.inContext(nil)) == "Dockerfile")
        tree.file("dockerfile")
        #expect(found(.inContext(nil)) == "dockerfile")
        #expect(found(.file("\(tree.path)/Dockerfile")) == "dockerfile")
        #expect(found(.inContext("d/x.Dockerfile")) == "d/x.Dockerfile")
        tree.link("Dockerfile", to: "gone")
        #expect(found(.inContext(nil)) == "Dockerfile")
    }

    @Test func `only the engine finds what is in a context of its own`() {
        #expect(ResolvedDockerfile(.inContext(nil), in: .remote("https://example.com/a.git")) == nil)
        #expect(ResolvedDockerfile(.inContext("D"), in: .tarOnInput) == nil)
        let text = ResolvedDockerfile(.text([0x46]), in: .tarOnInput)
        #expect(text?.path == nil && text?.name == "Dockerfile" && text?.excerptSource?.data == [0x46])
    }

    @Test func `name, directory and ignore files follow from the path`() {
        let below = ResolvedDockerfile(path: "a/b/D")
        #expect(below.directory == "a/b/" && below.name == "D")
        #expect(ResolvedDockerfile(path: "D").directory == ".")
        #expect(ResolvedDockerfile(path: "/D").directory == "/")
        #expect(ResolvedDockerfile.ignoreFiles(of: "a/D", in: "c/") == ["a/D.dockerignore", "c/.dockerignore"])
    }

    @Test func `a text is read from regular files alone, and no further than BuildKit reads`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        mkfifo("\(tree.path)/pipe", 0o600)
        tree.file("huge")
        truncate("\(tree.path)/huge", off_t(ResolvedDockerfile.largest) + 1)
        for (name, code) in [("pipe", BuildContextError.Code.notAFile), ("huge", .refused), ("none", .notFound)] {
            let file = ResolvedDockerfile(path: "\(tree.path)/\(name)")
            let error = #expect(throws: BuildContextError.self) { try file.text() }
            #expect(error?.code == code)
            #expect(file.excerptSource == nil)
        }
    }
}
