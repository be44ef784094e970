import Foundation
import Testing

/// Files that a shell hands over by a descriptor, for every option of `build` that reads or writes a file.
@Suite(.requiresEngine) struct DescriptorFileTests {
    /// The options, with `FILE` for what is read; standard input, descriptor 7 and `<(…)` are put in its place.
    private static let reading = [
        "-f FILE .", "--secret id=a,src=FILE .", "--build-context more=dir -f FILE .",
    ]
    /// The options, with `FILE` for what is written, and how what came there begins.
    private static let writing: [(options: String, beginning: String)] = [
        ("--iidfile FILE", "sha256:"), ("--metadata-file FILE", "{\n  \"buildx"), ("-o type=tar,dest=FILE", "a\0\0\0"),
        ("-o type=oci,dest=FILE", "blobs/\0\0"),
    ]

    private static func shell(_ script: String, in directory: URL, on engine: TestEngine) async throws -> ProcessResult
    {
        let words = ["-c", "cd \"$1\" && shift && \(script)", TestPaths.caisson, directory.path]
        return try await run(Command("/bin/bash", words, environment: ["CAISSON_HOST": engine.address]))
    }

    private static func withContext(_ body: (URL) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            // A here-document over 64 KiB is a file without a name, a smaller one a pipe.
            let filler = String(repeating: "# filler\n", count: 9000)
            try TestContext.write("FROM scratch\nCOPY a /a\n\(filler)", to: directory, files: ["a": "a", "dir/b": "b"])
            try await body(directory)
        }
    }

    @Test func `what is read may be a descriptor with a file, a pipe or a here-document behind it`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await Self.withContext { directory in
            for options in Self.reading {
                for (name, redirection) in [
                    ("/dev/stdin", "< Dockerfile"), ("/dev/fd/7", "7< Dockerfile"), ("<(cat Dockerfile)", ""),
                    ("/dev/stdin", "<<END\n$(cat Dockerfile)\nEND"),
                    ("/dev/stdin", "<<END\n$(head -n 3 Dockerfile)\nEND"),
                ] {
                    let words = options.replacing("FILE", with: name)
                    let result = try await Self.shell("\"$0\" build \(words) \(redirection)", in: directory, on: engine)
                    #expect(result.status == .exited(0), "\(words) \(redirection): \(result.errorOutput)")
                }
            }
        }
    }

    @Test func `what is written may be a descriptor with a file or a pipe behind it`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await Self.withContext { directory in
            for (options, beginning) in Self.writing {
                for (name, redirection) in [
                    ("/dev/fd/7", "7> result"), ("/dev/stdout", "> result"), (">(cat > result)", "; sleep 1"),
                    ("/dev/stdout", "| cat > result"), ("link", ""),
                ] {
                    let words = options.replacing("FILE", with: name)
                    let script = "rm -f result; ln -sf result link; \"$0\" build \(words) . \(redirection)"
                    let result = try await Self.shell(script, in: directory, on: engine)
                    let written = (try? Data(contentsOf: directory.appending(path: "result"))) ?? Data()
                    let isRight = written.starts(with: Data(beginning.utf8))
                    #expect(result.status == .exited(0) && isRight, "\(words) \(redirection): \(result.errorOutput)")
                }
            }
        }
    }
}
