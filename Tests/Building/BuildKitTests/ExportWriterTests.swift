import CaissonBuildModel
import FoundationEssentials
import Glibc
import Testing

@testable import CaissonBuildKit

@Suite(.timeLimit(.minutes(1))) struct ExportWriterTests {
    private func message(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? BuildError).map { "\($0.code): \($0.message)" }
        }
    }

    @Test func `a file appears under its name only when it is whole`() throws {
        let tree = TemporaryTree()
        do {
            let writer = try ExportWriter.open(.path("\(tree.path)/out.tar"))
            try writer.write([1, 2, 3])
            #expect(tree.bytes("out.tar") == nil)
        }
        #expect(tree.names == [])
        let writer = try ExportWriter.open(.path("\(tree.path)/out.tar"))
        try writer.write([1, 2, 3])
        try writer.finish()
        #expect(tree.bytes("out.tar") == [1, 2, 3])
        #expect(tree.names == ["out.tar"])
    }

    @Test func `an older file stays as it was until the new one is whole`() throws {
        let tree = TemporaryTree()
        tree.file("out.tar", "old and longer")
        do {
            let writer = try ExportWriter.open(.path("\(tree.path)/out.tar"))
            try writer.write([1])
        }
        #expect(tree.text("out.tar") == "old and longer")
        let writer = try ExportWriter.open(.path("\(tree.path)/out.tar"))
        try writer.write(Array("new".utf8))
        try writer.finish()
        #expect(tree.text("out.tar") == "new")
        #expect(tree.names == ["out.tar"])
    }

    @Test func `where files without a name don't exist a hidden one is used and leaves nothing`() throws {
        let tree = TemporaryTree()
        do {
            let writer = try ExportWriter.openHidden("\(tree.path)/out.tar")
            try writer.write([1])
            #expect(tree.names.count == 1)
            #expect(tree.names.allSatisfy { $0.hasPrefix(".caisson-") })
        }
        #expect(tree.names == [])
        let writer = try ExportWriter.openHidden("\(tree.path)/out.tar")
        try writer.write([1])
        try writer.finish()
        #expect(tree.bytes("out.tar") == [1])
        #expect(tree.names == ["out.tar"])
    }

    @Test func `a link stays and its target gets the content`() throws {
        let tree = TemporaryTree()
        tree.directory("d")
        tree.link("link", to: "d/target")
        tree.link("again", to: "\(tree.path)/link")
        let writer = try ExportWriter.open(.path("\(tree.path)/again"))
        try writer.write([7])
        try writer.finish()
        #expect(tree.bytes("d/target") == [7])
        var status = stat()
        #expect(lstat("\(tree.path)/link", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    }

    @Test func `links in a circle are named`() {
        let tree = TemporaryTree()
        tree.link("a", to: "b")
        tree.link("b", to: "a")
        let said = message { _ = try ExportWriter.open(.path("\(tree.path)/a")) }
        #expect(said?.contains("\(tree.path)/a") == true)
    }

    @Test func `a descriptor's name in proc is written and never replaced`() throws {
        let tree = TemporaryTree()
        let file = tree.file("redirected", "old content")
        let descriptor = open(file, O_WRONLY)
        defer { close(descriptor) }
        var before = stat()
        fstat(descriptor, &before)
        let writer = try ExportWriter.open(.path("/proc/self/fd/\(descriptor)"))
        try writer.write(Array("new".utf8))
        try writer.finish()
        var after = stat()
        stat(file, &after)
        #expect(before.st_ino == after.st_ino)
        #expect(tree.text("redirected") == "new")
    }

    @Test func `a directory is refused by name`() {
        let tree = TemporaryTree()
        let said = message { _ = try ExportWriter.open(.path(tree.path)) }
        #expect(said == "output: can't write the export — \(tree.path) is a directory — name a file in it")
    }

    @Test func `the directory of an export is made, and below a file it is named with what to do`() throws {
        let tree = TemporaryTree()
        let writer = try ExportWriter.open(.path("\(tree.path)/no/such/out.tar"))
        try writer.write([1, 2])
        try writer.finish()
        #expect(FileManager.default.contents(atPath: "\(tree.path)/no/such/out.tar") == Data([1, 2]))
        let said = message { _ = try ExportWriter.open(.path("\(tree.path)/no/such/out.tar/x")) }
        #expect(said?.contains("\(tree.path)/no/such/out.tar/x") == true)
        #expect(said?.contains("name a file in a directory") == true)
    }

    @Test func `the null device takes everything`() throws {
        let writer = try ExportWriter.open(.path("/dev/null"))
        try writer.write([UInt8](repeating: 1, count: 100_000))
        try writer.finish()
    }

    @Test func `a full disk is an output error that says what to do`() throws {
        let writer = try ExportWriter.open(.path("/dev/full"))
        let said = message { try writer.write([1]) }
        #expect(said?.hasPrefix("output: ") == true)
        #expect(said?.contains("free some space") == true)
    }

    @Test func `a reader that stalls holds the writer no longer than its task lives`() async throws {
        var ends: [CInt] = [-1, -1]
        pipe(&ends)
        let (readEnd, writeEnd) = (ends[0], ends[1])
        defer { for end in [readEnd, writeEnd] { close(end) } }
        let code = await withTaskGroup(of: BuildError.Code?.self) { group in
            group.addTask(executorPreference: FileExecutor.shared) {
                do {
                    try ExportWriter.borrowing(writeEnd).write([UInt8](repeating: 1, count: 1 << 20))
                    return nil
                } catch {
                    return (error as? BuildError)?.code
                }
            }
            try? await Task.sleep(for: .milliseconds(100))
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(code == .cancelled)
    }

    @Test func `a pipe gets every byte in order`() async throws {
        let tree = TemporaryTree()
        let fifo = "\(tree.path)/fifo"
        mkfifo(fifo, 0o600)
        let bytes = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        async let read = withTaskExecutorPreference(FileExecutor.shared) { TemporaryTree.read(fifo) }
        try await withTaskExecutorPreference(FileExecutor.shared) {
            let writer = try ExportWriter.open(.path(fifo))
            try writer.write(bytes)
            try writer.finish()
        }
        #expect(await read == bytes)
    }
}
