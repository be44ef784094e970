import CaissonArchive
import Glibc
import Synchronization
import Testing

@testable import CaissonBuildContext

/// Trees that change under the reader, or are made to break it: a message with the path, never a hang, never a way out.
@Suite(.timeLimit(.minutes(5))) struct HostileTreeTests {
    private static let secret = "what nobody may read"

    @Test func `names that become links in the middle never lead out of the root`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.directory("outside")
        tree.file("outside/inner", Self.secret)
        tree.directory("root")
        for name in ["file", "folder", "a", "b"] { tree.directory("root/\(name)") }
        let isOver = Atomic(false)
        let path = tree.path
        try withThreads(1, { Self.swap(in: path, until: isOver) }) {
            defer { isOver.store(true, ordering: .relaxed) }
            for _ in 0..<300 {
                let found = Self.export(path + "/root")
                if case .failure(let error) = found {
                    // It says which file it is about.
                    #expect(["f", "inner", "file", "folder"].contains { error.message.contains($0) }, "\(error)")
                }
                guard case .success(let bytes) = found else { continue }
                #expect(!bytes.contains(Self.secret))
            }
        }
    }

    /// Puts a file, a link to one outside, a FIFO and nothing in the same place again and again, and does so with a folder.
    private static func swap(in path: String, until isOver: borrowing Atomic<Bool>) {
        let (file, folder) = ("\(path)/root/file/f", "\(path)/root/folder/f")
        while !isOver.load(ordering: .relaxed) {
            close(open(file, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644))
            mkdir(folder, 0o755)
            close(open("\(folder)/inner", O_WRONLY | O_CREAT | O_NOFOLLOW, 0o644))
            unlink(file)
            symlink("\(path)/outside/inner", file)
            rename(folder, "\(path)/moved")
            symlink("\(path)/outside", folder)
            unlink(file)
            mkfifo(file, 0o644)
            unlink(file)
            unlink(folder)
            unlink("\(path)/moved/inner")
            rmdir("\(path)/moved")
        }
    }

    private static func export(_ path: String) -> Result<String, BuildContextError> {
        final class Box { var bytes: [UInt8] = [] }
        let box = Box()
        do throws(BuildContextError) {
            _ = try ContextTar(ContextSelection(directory: path)).write { box.bytes += $0 }
            return .success(String(decoding: box.bytes, as: UTF8.self))
        } catch {
            return .failure(error)
        }
    }

    @Test func `a FIFO is in a tar`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        mkfifo("\(tree.path)/p", 0o644)
        tree.file("q")
        let packed = try tree.packed()
        #expect(packed.files.map { displayed($0.entry.path) } == ["p", "q"])
        #expect(packed.files.first?.entry.kind == .fifo)
        #expect(packed.remarks.notices.isEmpty)
    }

    @Test func `ten thousand levels are walked and packed`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        var here = open(tree.path, O_RDONLY | O_DIRECTORY)
        for _ in 0..<10_000 {
            mkdirat(here, "d", 0o755)
            let inner = openat(here, "d", O_RDONLY | O_DIRECTORY)
            close(here)
            here = inner
        }
        close(openat(here, "end", O_WRONLY | O_CREAT, 0o644))
        close(here)
        let selection = try ContextSelection(directory: tree.path)
        var count = 0
        var longest = 0
        _ = try ContextListing(selection).forEachBatch { batch in
            count += batch.count
            longest = max(longest, batch.map(\.path.count).max() ?? 0)
        }
        #expect(count == 10_001 && longest == 20_003)
        #expect(try ContextTar(selection).write { _ in }.entries == 10_001)
    }

    @Test func `a sparse terabyte that is ignored costs nothing`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.file("huge")
        try #require(truncate("\(tree.path)/huge", 1 << 40) == 0)
        tree.file(".dockerignore", "huge\n")
        #expect(try tree.packed().files.map { displayed($0.entry.path) } == [".dockerignore"])
        tree.file(".dockerignore", "nothing\n")
        var size = ContextSize()
        _ = try ContextListing(ContextSelection(directory: tree.path)).forEachBatch { $0.forEach { size.add($0) } }
        #expect(size.sparse.map { displayed($0.path) } == ["huge"])
    }

    @Test(arguments: [(Int64(8 << 20), "grown"), (1 << 10, "shrunk")])
    func `a large file that changes while it is read is an error that names it`(size: Int64, what: String) throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.file("data.\(what)")
        let path = "\(tree.path)/data.\(what)"
        // Much more than is read ahead.
        try #require(truncate(path, 64 << 20) == 0)
        let selection = try ContextSelection(directory: tree.path)
        let error = #expect(throws: BuildContextError.self) {
            _ = try ContextTar(selection).write { _ in
                truncate(path, what == "grown" ? 64 << 20 + Int(size) : Int(size))
            }
        }
        #expect(error?.code == .changed && error?.message.contains("data.\(what)") == true)
    }

    @Test func `a file that is removed while it is read is sent whole, and later ones are left out with a notice`()
        throws
    {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.file("a")
        try #require(truncate("\(tree.path)/a", 64 << 20) == 0)
        // In folders enough that the last ones can't have been looked at before the first block is written.
        for index in 0..<400 {
            tree.directory("d\(index)")
            tree.file("d\(index)/f")
        }
        let (path, selection) = (tree.path, try ContextSelection(directory: tree.path))
        let summary = try ContextTar(selection).write { _ in
            unlink("\(path)/a")
            unlink("\(path)/d99/f")
        }
        #expect(summary.contentBytes == 64 << 20 + 399)
        #expect(summary.remarks.notices.isEmpty || summary.remarks.notices == [.removed(path: Array("d99/f".utf8))])
    }

    @Test func `what can't be read is named when it is sent, and no matter when it is ignored`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        for name in ["open", "shut"] { tree.directory(name) }
        tree.file("shut/inner")
        tree.file("open/locked", mode: 0)
        chmod("\(tree.path)/shut", 0)
        defer { chmod("\(tree.path)/shut", 0o755) }
        chmod(tree.path, 0o755)
        for (ignored, named) in [("shut", "open/locked"), ("open/locked", "shut"), ("open/locked\nshut", "")] {
            tree.file(".dockerignore", ignored)
            let result = try Self.asNobody { Self.export(tree.path) }
            switch result {
            case .success: #expect(named.isEmpty)
            case .failure(let error):
                #expect(error.code == .notPermitted && error.message.contains(" \(named):"), "\(error)")
            }
        }
    }

    /// Calls without the rights of the superuser over files: those are the thread's own, and of threads that it starts.
    private static func asNobody<Value>(_ body: () -> Value) throws -> Value {
        typealias SetUser = @convention(c) (uid_t) -> Int32
        let symbol = try #require(dlsym(nil, "setfsuid"))
        let setUser = unsafeBitCast(symbol, to: SetUser.self)
        guard geteuid() == 0 else { return body() }
        _ = setUser(65_534)
        defer { _ = setUser(0) }
        return body()
    }

    @Test func `the memory of a tar doesn't depend on the sizes of files`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        for index in 0..<4 {
            tree.file("f\(index)")
            try #require(truncate("\(tree.path)/f\(index)", 512 << 20) == 0)
        }
        let selection = try ContextSelection(directory: tree.path)
        let before = Self.residentBytes()
        var most = 0
        let counter = Atomic(0)
        _ = try ContextTar(selection).write { bytes in
            counter.add(bytes.count, ordering: .relaxed)
            most = max(most, Self.residentBytes() - before)
        }
        #expect(counter.load(ordering: .relaxed) > 2 << 30)
        // Other tests use memory at the same time.
        #expect(most < 256 << 20)
    }

    private static func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, 256, file) != nil else { return 0 }
        let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split(separator: " ")
        return words.count > 1 ? (Int(words[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }
}
