import CaissonArchive
import Glibc
import Testing

@testable import CaissonBuildContext

extension TemporaryTree {
    /// The tar of the tree, as entries and their content, and what was said about it.
    func packed(
        dockerfile: String? = nil,
        options: ContextTar.Options = .init()
    ) throws -> (files: [(entry: TarEntry, content: [UInt8])], remarks: ContextRemarks) {
        let (bytes, summary) = try tar(dockerfile: dockerfile, options: options)
        var isGiven = false
        var reader = try TarReader.open { () in
            defer { isGiven = true }
            return isGiven ? [] : bytes
        }
        var files: [(entry: TarEntry, content: [UInt8])] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while let entry = try reader.next() {
            var content: [UInt8] = []
            while case let count = try buffer.withUnsafeMutableBytes({ try reader.read(into: $0) }), count > 0 {
                content += buffer[..<count]
            }
            files.append((entry, content))
        }
        return (files, summary.remarks)
    }

    /// The tar's bytes.
    func tar(
        dockerfile: String? = nil,
        options: ContextTar.Options = .init()
    ) throws -> (bytes: [UInt8], summary: ContextTar.Summary) {
        final class Box { var bytes: [UInt8] = [] }
        let box = Box()
        let selection = try ContextSelection(directory: path, dockerfile: dockerfile)
        let summary = try ContextTar(selection, options: options).write { box.bytes += $0 }
        return (box.bytes, summary)
    }
}

@Suite struct ContextTarTests {
    @Test func `the ignore file is applied and the Dockerfile is in all the same`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.directory("d")
        for name in ["Dockerfile", "a", "b", "d/c"] { tree.file(name, name) }
        tree.file(".dockerignore", "*\n!b\n")
        let packed = try tree.packed()
        #expect(packed.files.map { displayed($0.entry.path) } == ["Dockerfile", "b"])
        #expect(packed.files.map(\.content) == [Array("Dockerfile".utf8), Array("b".utf8)])
        #expect(packed.remarks.notices == [.dockerfileKept(path: Array("Dockerfile".utf8))])
    }

    @Test func `an ignored Dockerfile that is a link brings what it points to, and their directory`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.directory("d")
        tree.file("d/real")
        tree.file("d/other")
        tree.link("Dockerfile", to: "d/real")
        tree.file(".dockerignore", "*")
        #expect(try tree.packed().files.map { displayed($0.entry.path) } == ["Dockerfile", "d/", "d/real"])
    }

    @Test func `a Dockerfile from elsewhere is in the tar under a name made of its content`() throws {
        let tree = try TemporaryTree()
        let other = try TemporaryTree()
        defer {
            tree.remove()
            other.remove()
        }
        tree.file("a")
        other.file("Dockerfile", "FROM scratch")
        let packed = try tree.packed(dockerfile: "\(other.path)/Dockerfile")
        try #require(packed.files.count == 2)
        #expect(displayed(packed.files[0].entry.path).hasPrefix(".dockerfile."))
        #expect(packed.files[0].content == Array("FROM scratch".utf8))
    }

    @Test func `the Dockerfile's own ignore file replaces the directory's`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        for name in ["a", "b", "x.Dockerfile"] { tree.file(name) }
        tree.file(".dockerignore", "a")
        tree.file("x.Dockerfile.dockerignore", "b\n*.dockerignore\n.dockerignore")
        let names = try tree.packed(dockerfile: "\(tree.path)/x.Dockerfile").files.map { displayed($0.entry.path) }
        #expect(names == ["a", "x.Dockerfile"])
    }

    @Test func `large and small files, links and times arrive as they are, owned by the root`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        let large = String(repeating: "0123456789abcdef", count: 100_000)
        tree.file("large", large, mode: 0o4755)
        tree.file("small", "s")
        tree.hardLink("twin", to: "small")
        tree.link("link", to: "../nowhere")
        tree.file("empty", "")
        var options = ContextTar.Options()
        options.fixedTime = 7
        let files = try tree.packed(options: options).files
        #expect(files.map { displayed($0.entry.path) } == ["empty", "large", "link", "small", "twin"])
        try #require(files.count == 5)
        #expect(files[1].content == Array(large.utf8) && files[1].entry.permissions == 0o4755)
        #expect(files[2].entry.kind == .symbolicLink(target: Array("../nowhere".utf8)))
        #expect(files[4].entry.kind == .hardLink(target: Array("small".utf8)))
        #expect(files.allSatisfy { $0.entry.modificationTime == 7 && $0.entry.userID == 0 && $0.entry.groupID == 0 })
        #expect(try tree.tar(options: options).bytes == tree.tar(options: options).bytes)
    }

    @Test func `a cancelled tar ends at once, though its file has a terabyte`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.file("sparse")
        try #require(truncate("\(tree.path)/sparse", 1 << 40) == 0)
        let selection = try ContextSelection(directory: tree.path)
        let start = time(nil)
        let error = #expect(throws: BuildContextError.self) {
            _ = try ContextTar(selection).write(isCancelled: { time(nil) > start }) { _ in }
        }
        #expect(error?.code == .cancelled)
        #expect(time(nil) - start < 10)
    }

    @Test func `an error of the sink ends the reading too`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        for index in 0..<50 { tree.file("f\(index)", String(repeating: "x", count: 100_000)) }
        let selection = try ContextSelection(directory: tree.path)
        let error = #expect(throws: BuildContextError.self) {
            _ = try ContextTar(selection).write { (_) throws(ArchiveError) in throw ArchiveError(.closed, "gone") }
        }
        #expect(error?.code == .closed)
    }
}

@Suite struct ContextExplanationTests {
    @Test func `the deciding line and all that touched the path are named`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.directory("docs")
        tree.file("docs/a.md")
        tree.file(".dockerignore", "# no docs\ndocs\n!docs/*.md\n*.txt\n")
        let selection = try ContextSelection(directory: tree.path)
        let sent = try selection.explain(Array("docs/a.md".utf8))
        #expect(sent.verdict == .sent && sent.matches.map(\.line) == [2, 3])
        #expect(sent.matches.first?.matched == Array("docs".utf8) && sent.matches.last?.isException == true)
        #expect(try selection.explain(Array("docs".utf8)).verdict == .sentForContent)
        #expect(try selection.explain(Array("./docs//b".utf8)).verdict == .ignored)
        #expect(try selection.explain(Array("other".utf8)).matches == [])
        #expect(throws: BuildContextError.self) { try selection.explain(Array("../x".utf8)) }
    }

    @Test(arguments: [
        "*\n!src/*/**", "*\n!src/*/**\n!l?b", "*\n!src", "src\n!src/app/*", "**\n!**/x", "src/app\n!src/app/x\n*.log",
        "*\n!src/app/**\nsrc/app/y",
    ])
    func `what is said of each file is what the list has`(patterns: String) throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        for name in ["src", "src/app", "lib"] { tree.directory(name) }
        let files = ["src/app/x", "src/app/y", "src/a.log", "src/z", "lib/x", "x"]
        for name in files { tree.file(name) }
        tree.file(".dockerignore", patterns)
        let selection = try ContextSelection(directory: tree.path)
        var listed: Set<String> = []
        _ = try ContextListing(selection).forEachBatch { batch in
            for entry in batch { listed.insert(displayed(entry.path)) }
        }
        for name in files {
            #expect((try selection.explain(Array(name.utf8)).verdict == .sent) == listed.contains(name), "\(name)")
        }
    }

    @Test func `files that should stay here are noticed, and those that only look so are not`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        for name in [".env", ".env.example", "server.pem", "id_rsa", "main.swift", "README.md"] { tree.file(name) }
        tree.file(".npmrc", "registry=https://r.example/")
        tree.file("ca.key", "-----BEGIN PRIVATE KEY-----")
        let remarks = try ContextListing(ContextSelection(directory: tree.path)).forEachBatch { _ in }
        #expect(remarks.sensitive.map { displayed($0.path) } == [".env", "ca.key", "id_rsa", "server.pem"])
        tree.file(".npmrc", "//r.example/:_authToken=secret")
        #expect(try tree.packed().remarks.sensitive.map { displayed($0.path) }.contains(".npmrc"))
    }

    @Test func `sums are by directory and by extension, and say what a line would save`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        for name in ["a", "a/node_modules", "b"] { tree.directory(name) }
        tree.file("a/node_modules/x.js", "12345")
        tree.file("a/y.js", "12")
        tree.file("b/z", "1")
        var size = ContextSize()
        _ = try ContextListing(ContextSelection(directory: tree.path)).forEachBatch { $0.forEach { size.add($0) } }
        #expect(size.total.bytes == 8)
        #expect(size.directories[Array("a".utf8)]?.bytes == 7 && size.extensions[Array(".js".utf8)]?.files == 2)
        #expect(size.largest.first?.path == Array("a/node_modules/x.js".utf8))
        #expect(size.suggestions.map { displayed($0.line) } == ["**/node_modules"])
    }
}
