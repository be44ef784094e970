import ArgumentParser
import CaissonBuildContext
import CaissonBuildModel
import CaissonListings
import Glibc
import Testing

@testable import caisson

/// A directory with files of these names and texts.
private func withContext<Result>(
    _ files: [(name: String, text: String)],
    _ body: (String) async throws -> Result
) async throws -> Result {
    try await withTemporaryDirectory { directory in
        for (name, text) in files {
            var end = name.startIndex
            while let slash = name[end...].firstIndex(of: "/") {
                mkdir("\(directory)/\(name[..<slash])", 0o755)
                end = name.index(after: slash)
            }
            try write(text, to: "\(directory)/\(name)")
        }
        return try await body(directory)
    }
}

/// What `caisson context ls` prints, and what it says besides.
private func list(
    _ directory: String,
    _ format: ListFormat,
    dockerfile: String? = nil
) throws -> (text: String, remarks: ContextRemarks) {
    var bytes: [UInt8] = []
    let listing = ContextListing(try ContextSelection(directory: directory, dockerfile: dockerfile))
    let remarks = try ContextText.list(listing, asJSON: format == .json, { false }) { bytes += $0 }
    return (String(decoding: bytes, as: UTF8.self), remarks)
}

@Suite("caisson context")
struct ContextCommandTests {
    @Test("A listing has kind, size and path, and escapes what could steer a terminal")
    func table() async throws {
        try await withContext([("a/b", "12345"), ("c\u{1B}[2J", "")]) { directory in
            symlink("a/b", "\(directory)/link")
            link("\(directory)/a/b", "\(directory)/twin")
            let lines = try list(directory, .table).text.split(separator: "\n").map(String.init)
            #expect(lines.first == "TYPE           SIZE  PATH")
            #expect(
                lines.dropFirst().map { String($0.drop { $0 != " " }.drop { $0 == " " }) } == [
                    "0  a", "5  a/b", "0  c\\x1b[2J", "0  link -> a/b", "5  twin = a/b",
                ]
            )
            #expect(
                lines.dropFirst().map { String($0.prefix { $0 != " " }) } == ["dir", "file", "file", "link", "hard"]
            )
        }
    }

    @Test("A listing in JSON has every byte of a name, and is an array even of nothing")
    func json() async throws {
        try await withContext([(".dockerignore", "*\n!q\"uote"), ("q\"uote", "x")]) { directory in
            let text = try list(directory, .json).text
            #expect(text == "[\n{\"path\":\"q\\\"uote\",\"type\":\"file\",\"size\":1,\"mode\":\"644\"}\n]\n")
        }
        try await withContext([(".dockerignore", "*")]) { directory in
            #expect(try list(directory, .json).text == "[]\n")
            let name = [CChar](Array("\(directory)/x".utf8CString).dropLast()) + [CChar(bitPattern: 0xFF), 0]
            close(open(name, O_WRONLY | O_CREAT, 0o600))
            try write("", to: "\(directory)/.dockerignore")
            #expect(try list(directory, .json).text.contains("\"path_base64\":\"eP8=\""))
        }
    }

    @Test("A Dockerfile's own ignore file holds, and the directory's without one")
    func ignoreFiles() async throws {
        let files = [
            ("D", ""), ("D.dockerignore", "a\n*ignore"), (".dockerignore", "b\nD*\n.*"), ("a", ""), ("b", ""),
        ]
        try await withContext(files) { directory in
            let own = try list(directory, .table, dockerfile: "\(directory)/D").text
            #expect(own.contains("  b\n") && own.contains("  D\n") && !own.contains("  a\n"))
            let common = try list(directory, .table).text
            #expect(common.contains("  a\n") && !common.contains("  b\n") && !common.contains("  D\n"))
        }
    }

    @Test("Files that should stay here are warned of, with what they may hold")
    func sensitive() async throws {
        let files = [
            ("deploy/id_ed25519", "k"), (".env", "A=1"), (".npmrc", "//r.example/:_authToken=x"), ("notes.txt", ""),
            ("tls.key", "-----BEGIN EC PRIVATE KEY-----"), ("piano.key", "C minor"), (".dockerignore", "ignored.pem"),
            ("ignored.pem", ""), ("CERT.PEM", ""),
        ]
        try await withContext(files) { directory in
            let text = ContextText.text(try list(directory, .table).remarks)
            let named = text.split(separator: "\n").map { line in String(line.dropFirst(9).prefix { $0 != " " }) }
            #expect(named == [".env", ".npmrc", "CERT.PEM", "deploy/id_ed25519", "tls.key"])
            #expect(text.contains("warning: .npmrc is sent and may hold a token of an npm registry; exclude it"))
        }
    }

    @Test("The sums are by directory and extension, with the largest files and what a line would save")
    func size() async throws {
        let files = [
            ("app/node_modules/x.js", String(repeating: "x", count: 5_000)), ("src/a.swift", "12"), ("README", "1"),
        ]
        try await withContext(files) { directory in
            var size = ContextSize(depth: 1)
            let listing = ContextListing(try ContextSelection(directory: directory))
            _ = try listing.forEachBatch { batch in for entry in batch { size.add(entry) } }
            let text = ContextText.table(size, ignoreFile: nil)
            #expect(text.hasPrefix("total: 5.00kB in 3 files and 3 directories, no ignore file\n"))
            #expect(text.contains("   5.00kB         1  app\n") && text.contains("       2B         1  .swift\n"))
            #expect(text.contains("A LINE IN .dockerignore WOULD SAVE\n   5.00kB  **/node_modules (1 file)\n"))
        }
    }

    @Test("An explanation is the chain of patterns with file and line, and the one that decides")
    func explain() async throws {
        let rules = "# all but one\nlogs\n\n!logs/keep*\nDockerfile\n"
        try await withContext([(".dockerignore", rules), ("logs/keep.txt", ""), ("Dockerfile", "")]) { directory in
            let selection = try ContextSelection(directory: directory)
            func text(_ path: String) throws -> String {
                ContextText.table(try selection.explain(Array(path.utf8)), selection)
            }
            #expect(
                try text("logs/keep.txt") == """
                    logs/keep.txt: sent
                      .dockerignore:2  logs  ignores it with logs
                      .dockerignore:4  !logs/keep*  takes it back  <- decides

                    """
            )
            #expect(try text("Dockerfile").contains("it is the Dockerfile: the engine gets it all the same"))
            #expect(try text("logs").hasPrefix("logs: ignored, but the directory is made"))
            #expect(try text("none").contains("there is no such file now"))
        }
    }

    @Test("An ignored Dockerfile is in the tar, with a notice")
    func dockerfile() async throws {
        try await withContext([(".dockerignore", "*"), ("Dockerfile", "FROM scratch")]) { directory in
            let summary = try ContextTar(ContextSelection(directory: directory)).write { _ in }
            #expect(summary.entries == 1)
            #expect(ContextText.text(summary.remarks).hasPrefix("notice: Dockerfile is ignored, but"))
        }
    }

    @Test(
        "Wrong words end with status 2 and name the thing",
        arguments: [
            (["lss"], "lss"), (["ls", "--fromat", "json"], "Did you mean '--format'?"),
            (["ls", "/nonexistent/x"], "x"),
            (["ls", "a", "b"], "'b'"), (["ls", "-"], "standard input"), (["ls", "-f", "-"], "--file -"),
            (["ls", ""], "name is empty"), (["ls", "https://r.example/a.git"], "read by the engine itself"),
            (["ls", "/etc/passwd"], "is a file"), (["ls", "-f", "/nonexistent", "/tmp"], "/nonexistent"),
            (["size", "--depth", "0"], "--depth 0"), (["explain"], "path"), (["explain", "../x", "/tmp"], "../x"),
            (["explain", "", "/tmp"], "empty"), (["export", "--compress", "lz4"], "lz4"),
            (["export", "-o", "/tmp", "/dev"], "is a directory"),
        ]
    )
    func usage(words: [String], thing: String) async {
        let ending = await Main.ending(of: ["context"] + words)
        #expect(ending.status == 2)
        #expect(ending.complaint.hasPrefix("error: ") && ending.complaint.contains(thing), "\(ending.complaint)")
    }

    @Test("A malformed pattern is named with its file and line, also before a build")
    func malformed() async throws {
        try await withContext([(".dockerignore", "a\n# b\n[\n"), ("Dockerfile", "FROM scratch")]) { directory in
            for words in [["context", "ls", directory], ["build", directory], ["context", "export", directory]] {
                let ending = await Main.ending(of: words)
                #expect(ending.status == 2)
                let place = ".dockerignore:3: syntax error in pattern \"[\""
                #expect(ending.complaint.contains(place), "\(ending.complaint)")
            }
        }
    }

    @Test("The time of all files is a number of seconds")
    func time() throws {
        #expect(try ContextCommand.Export.time("7") == 7)
        #expect(try ContextCommand.Export.time("") == nil && ContextCommand.Export.time(nil) == nil)
        for text in ["-1", "now", "1.5"] {
            #expect(throws: BuildError.self) { try ContextCommand.Export.time(text) }
        }
    }
}
