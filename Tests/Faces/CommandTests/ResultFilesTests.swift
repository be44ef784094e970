import CaissonBuildModel
import CaissonReporting
import CaissonSystem
import Glibc
import Testing

@testable import caisson

@Suite("Files that tell the result")
struct ResultFilesTests {
    private static let result = BuildResult(
        ref: "abc",
        exporterResponse: [
            // {"size":9007199254740993,"digest":"sha256:x","annotations":{"b":"1/2"}}
            "containerimage.descriptor":
                "eyJzaXplIjo5MDA3MTk5MjU0NzQwOTkzLCJkaWdlc3QiOiJzaGEyNTY6eCIsImFubm90YXRpb25zIjp7ImIiOiIxLzIifX0=",
            "image.name": "docker.io/library/a:latest", "containerimage.config.digest": "sha256:c", "odd": "dHJ1ZQ==",
        ],
        imageID: "sha256:i",
        digest: "sha256:d"
    )

    @Test("Both files are written, the metadata with sorted keys and the descriptor as an object")
    func both() async throws {
        try await withTemporaryDirectory { directory in
            var files = ResultFiles(imageID: "\(directory)/id", metadata: "\(directory)/m.json")
            try files.prepare()
            try files.write(Self.result)
            #expect(contents(of: "\(directory)/id") == "sha256:i")
            let expected = """
                {
                  "buildx.build.ref": "abc",
                  "caisson.duration.seconds": 0.0,
                  "caisson.steps.cached": 0,
                  "caisson.steps.total": 0,
                  "containerimage.config.digest": "sha256:c",
                  "containerimage.descriptor": {
                    "size": 9007199254740993,
                    "digest": "sha256:x",
                    "annotations": {
                      "b": "1/2"
                    }
                  },
                  "containerimage.digest": "sha256:d",
                  "image.name": "docker.io/library/a:latest",
                  "odd": "dHJ1ZQ=="
                }

                """
            #expect(contents(of: "\(directory)/m.json") == expected)
            #expect(DirectoryNames.sorted(in: directory, limit: 10_000) == ["id", "m.json"])
        }
    }

    @Test("The id of an earlier build is gone before this one begins")
    func stale() async throws {
        try await withTemporaryDirectory { directory in
            try write("old", to: "\(directory)/id")
            var files = ResultFiles(imageID: "\(directory)/id", metadata: nil)
            try files.prepare()
            #expect(contents(of: "\(directory)/id") == nil)
        }
    }

    @Test("The file behind a link keeps its mode, and the link stays")
    func kept() async throws {
        try await withTemporaryDirectory { directory in
            try write("old", to: "\(directory)/id")
            #expect(chmod("\(directory)/id", 0o640) == 0 && symlink("id", "\(directory)/link") == 0)
            var files = ResultFiles(imageID: "\(directory)/link", metadata: nil)
            try files.prepare()
            #expect(contents(of: "\(directory)/link") == nil)
            try files.write(Self.result)
            #expect(contents(of: "\(directory)/id") == "sha256:i")
            var facts = stat()
            #expect(lstat("\(directory)/id", &facts) == 0 && facts.st_mode & 0o7777 == 0o640)
            #expect(PathFacts.linkTarget(of: "\(directory)/link") == "id")
        }
    }

    @Test("A place that can't be written is found before the build and named")
    func unwritable() async throws {
        try await withTemporaryDirectory { directory in
            for path in ["\(directory)/no/id", directory, "/proc/id"] {
                for candidate in [ResultFiles(imageID: path), ResultFiles(metadata: path)] {
                    let error = #expect(throws: BuildError.self) {
                        var files = candidate
                        try files.prepare()
                        try files.write(Self.result)
                    }
                    #expect(error?.exitStatus == 1)
                    #expect(error?.message.contains("can't write \"\(path)\"") == true, "\(error?.message ?? "")")
                }
            }
        }
    }

    @Test("A full disk leaves the old file and nothing half-written")
    func fullDisk() {
        let error = #expect(throws: BuildError.self) { try ResultFiles.replace("/dev/full", with: [1]) }
        #expect(error?.message.contains("No space left on device") == true)
    }

    @Test("A build without an image has no id to tell")
    func noImage() async throws {
        try await withTemporaryDirectory { directory in
            let files = ResultFiles(imageID: "\(directory)/id", metadata: nil)
            try files.write(BuildResult(ref: "a"))
            #expect(contents(of: "\(directory)/id") == "")
        }
    }

    @Test("Quiet prints the image's id and nothing else")
    func quiet() async throws {
        try await withTemporaryDirectory { directory in
            let number = open("\(directory)/out", O_WRONLY | O_CREAT, 0o600)
            defer { close(number) }
            let command = try buildCommand(["-q", "."])
            let build = BuildInvocation(
                request: try command.request(environment: [:]),
                engine: try command.engine.lender([:]),
                progress: .quiet,
                files: ResultFiles()
            )
            try command.finish(build, Self.result, output: BorrowedDescriptor(number: number))
            #expect(contents(of: "\(directory)/out") == "sha256:i\n")
            // Nobody asks for the id with a mode that shows nothing.
            let silent = try buildCommand(["--progress", "quiet", "."])
            try silent.finish(build, Self.result, output: BorrowedDescriptor(number: number))
            #expect(contents(of: "\(directory)/out") == "sha256:i\n")
        }
    }
}
