import CaissonBuildContext
import Glibc
import Testing

/// An entry as an engine sends it.
private func entry(
    _ path: String,
    _ mode: FileMode = [],
    _ permissions: UInt32 = 0o644,
    size: Int = 0,
    link: String = ""
)
    -> Entry
{
    var entry = Entry(path: Array(path.utf8), mode: mode.union(FileMode(rawValue: permissions)))
    entry.size = Int64(size)
    entry.linkname = Array(link.utf8)
    entry.modificationTime = 1_000_000_000_000_000_007
    return entry
}

extension DirectoryReceiver {
    /// Takes a whole file.
    fileprivate func send(_ path: String, _ text: String, _ permissions: UInt32 = 0o644) throws {
        guard case .content(let id) = try begin(entry(path, [], permissions, size: text.utf8.count)) else { return }
        try write(id, Array(text.utf8))
        try endFile(id)
    }
}

@Suite struct DirectoryReceiverTests {
    @Test func `a tree arrives with modes, times, links and content`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        let receiver = try DirectoryReceiver(path: tree.path + "/new/out")
        #expect(try receiver.begin(entry("d", .directory, 0o555)) == .nothing)
        try receiver.send("d/f", "hello", 0o444)
        #expect(try receiver.begin(entry("d/g", [], 0o644, size: 5, link: "d/f")) == .nothing)
        _ = try receiver.begin(entry("e"))
        _ = try receiver.begin(entry("l", .symlink, 0o777, link: "../../../etc"))
        _ = try receiver.begin(entry("p", .namedPipe, 0o600))
        try receiver.send("s", "#!", 0o755 | FileMode.setUserID.rawValue)
        #expect(try receiver.finish().bytes == 7)
        #expect(tree.text("new/out/d/f") == "hello" && tree.text("new/out/d/g") == "hello")
        #expect(tree.status("new/out/d/f")?.st_nlink == 2 && tree.status("new/out/d/f")?.st_mode == S_IFREG | 0o444)
        #expect(tree.status("new/out/d")?.st_mode == S_IFDIR | 0o555)
        #expect(tree.status("new/out/s")?.st_mode == S_IFREG | 0o4755)
        #expect(tree.status("new/out/p")?.st_mode == S_IFIFO | 0o600)
        #expect(tree.status("new/out/e")?.st_size == 0)
        for name in ["d", "d/f", "l", "e"] {
            #expect(tree.status("new/out/" + name)?.st_mtim.tv_sec == 1_000_000_000)
            #expect(tree.status("new/out/" + name)?.st_mtim.tv_nsec == 7)
        }
        chmod("\(tree.path)/new/out/d", 0o755)
        #expect(try tree.names().count == 9)
    }

    @Test func `a program that runs as its owner doesn't become one that runs as us`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        let receiver = try DirectoryReceiver(path: tree.path + "/out")
        for (name, user, group) in [
            ("group", geteuid() + 1, getegid()), ("ours", geteuid(), getegid()),
            ("theirs", geteuid() + 1, getegid() + 1), ("user", geteuid(), getegid() + 1),
        ] {
            var file = entry(name, [.setUserID, .setGroupID], 0o755, size: 1)
            (file.userID, file.groupID) = (user, group)
            guard case .content(let id) = try receiver.begin(file) else { continue }
            try receiver.write(id, [0])
            try receiver.endFile(id)
        }
        _ = try receiver.finish()
        #expect(tree.status("out/ours")?.st_mode == S_IFREG | 0o6755)
        #expect(tree.status("out/theirs")?.st_mode == S_IFREG | 0o755)
        #expect(tree.status("out/user")?.st_mode == S_IFREG | 0o4755)
        #expect(tree.status("out/group")?.st_mode == S_IFREG | 0o2755)
    }

    @Test(arguments: [-9_223_372_037, Int.min, Int.max])
    func `a directory of any time loses what isn't in the tree, and keeps its time`(seconds: Int) throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        let receiver = try DirectoryReceiver(path: tree.path + "/out")
        _ = try receiver.begin(entry("d", .directory, 0o755))
        try receiver.send("d/f", "hello")
        _ = try receiver.finish()
        tree.file("out/d/x", "left over")
        let times = [timespec](repeating: timespec(tv_sec: seconds, tv_nsec: 0), count: 2)
        utimensat(AT_FDCWD, tree.path + "/out/d", times, 0)
        let before = tree.status("out/d")?.st_mtim.tv_sec
        try ReceivedTree.removeOthers(than: [receiver.received])
        #expect(tree.status("out/d/x") == nil && tree.text("out/d/f") == "hello")
        #expect(tree.status("out/d")?.st_mtim.tv_sec == before)
    }

    @Test func `what is there is merged, replaced, or removed where it is in the way`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.directory("keep")
        tree.file("keep/old")
        tree.file("file", "old")
        tree.hardLink("other", to: "file")
        tree.directory("tree")
        tree.directory("tree/deep")
        tree.file("tree/deep/x")
        tree.file("was-file")
        tree.directory("outside")
        tree.link("was-link", to: "outside")
        let receiver = try DirectoryReceiver(path: tree.path)
        try receiver.send("file", "new")
        _ = try receiver.begin(entry("keep", .directory, 0o755))
        try receiver.send("keep/new", "n")
        try receiver.send("tree", "now a file")
        for name in ["was-file", "was-link"] {
            _ = try receiver.begin(entry(name, .directory, 0o755))
            try receiver.send(name + "/in", "i")
        }
        _ = try receiver.finish()
        // The other name of the replaced file keeps the old content.
        #expect(tree.text("file") == "new" && tree.text("other") == "old")
        #expect(tree.text("keep/old") == "x" && tree.text("keep/new") == "n")
        #expect(tree.text("tree") == "now a file")
        #expect(tree.text("was-file/in") == "i" && tree.text("was-link/in") == "i")
        #expect(tree.text("outside/in") == nil)
        #expect(try !tree.names().contains { $0.contains(".tmp.") })
    }

    @Test func `a deep tree in the way is removed with few descriptors`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        var path = "t"
        for _ in 0..<200 {
            tree.directory(path)
            tree.file(path + "/f")
            path += "/d"
        }
        let receiver = try DirectoryReceiver(path: tree.path)
        try receiver.send("t", "file")
        _ = try receiver.finish()
        #expect(try tree.names() == ["t"])
    }

    @Test(arguments: [
        "..", "../x", "/x", "a/../x", "./a", "a//b", "a/", "", ".", "d/..", "missing/x", "a\u{0}b", "d/d/d",
        String(repeating: "n", count: 256), "c", "b",
    ])
    func `paths that are unclean, lead out, come twice or too late are refused`(path: String) throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        let receiver = try DirectoryReceiver(path: tree.path)
        _ = try receiver.begin(entry("c", .directory, 0o755))
        _ = try receiver.begin(entry("d", .directory, 0o755))
        #expect(throws: BuildContextError.self) { try receiver.begin(entry(path, [], size: 1)) }
        #expect(throws: BuildContextError.self) { try receiver.begin(entry(path, .directory)) }
    }

    @Test func `nothing is written through a link that was sent or that was there`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.directory("outside")
        tree.directory("root")
        tree.link("root/there", to: "../outside")
        let receiver = try DirectoryReceiver(path: tree.path + "/root")
        _ = try receiver.begin(entry("sent", .symlink, 0o777, link: "../outside"))
        #expect(throws: BuildContextError.self) { try receiver.begin(entry("sent/x", [], size: 1)) }
        #expect(throws: BuildContextError.self) { try receiver.begin(entry("there/x", [], size: 1)) }
        // A directory that somebody replaces by a link while the content comes.
        _ = try receiver.begin(entry("swapped", .directory, 0o755))
        let request = try receiver.begin(entry("swapped/x", [], size: 1))
        rmdir("\(tree.path)/root/swapped")
        tree.link("root/swapped", to: "../outside")
        #expect(request == .content(2))
        #expect(throws: BuildContextError.self) { try receiver.write(2, [1]) }
        #expect(tree.text("outside/x") == nil)
    }

    @Test(arguments: ["../f", "/etc/passwd", "existing", "d", "l", "z", "h"])
    func `a hard link must name a file of the result`(target: String) throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.file("existing")
        let receiver = try DirectoryReceiver(path: tree.path)
        _ = try receiver.begin(entry("d", .directory, 0o755))
        try receiver.send("f", "x")
        _ = try receiver.begin(entry("h", [], size: 1, link: "f"))
        _ = try receiver.begin(entry("l", .symlink, link: "f"))
        let error = #expect(throws: BuildContextError.self) {
            try receiver.begin(entry("m", [], size: 1, link: target))
        }
        #expect(error?.code == .refused && error?.message.contains("m was sent as a link to") == true)
    }

    @Test func `content must have been asked for and be as long as announced`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        let receiver = try DirectoryReceiver(path: tree.path)
        #expect(throws: BuildContextError.self) { try receiver.write(0, [1]) }
        #expect(try receiver.begin(entry("a", [], size: 2)) == .content(0))
        #expect(try receiver.begin(entry("b", [], size: 2)) == .content(1))
        #expect(throws: BuildContextError.self) { try receiver.finish() }
        #expect(throws: BuildContextError.self) { try receiver.write(0, [1, 2, 3]) }
        try receiver.write(1, [1])
        #expect(throws: BuildContextError.self) { try receiver.endFile(1) }
        #expect(throws: BuildContextError.self) { try receiver.endFile(1) }
        #expect(try tree.names() == [])
    }

    @Test func `an incomplete file leaves nothing behind and the old one in place`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.file("a", "old")
        do {
            let receiver = try DirectoryReceiver(path: tree.path)
            _ = try receiver.begin(entry("a", [], size: 9))
            try receiver.write(0, [1, 2, 3])
            #expect(try tree.names().count == 2)
        }
        #expect(try tree.names() == ["a"])
        #expect(tree.text("a") == "old")
    }

    @Test func `more entries or open files than allowed are refused`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        var limits = DirectoryReceiver.Limits()
        limits.entries = 3
        limits.openFiles = 1
        let receiver = try DirectoryReceiver(path: tree.path, limits: limits)
        for name in ["a", "b", "c"] { _ = try receiver.begin(entry(name, [], size: 1)) }
        #expect(throws: BuildContextError.self) { try receiver.begin(entry("d")) }
        try receiver.write(0, [1])
        #expect(throws: BuildContextError.self) { try receiver.write(1, [1]) }
    }

    @Test(arguments: [FileMode.socket, .irregular])
    func `kinds that nothing can be made of are refused`(mode: FileMode) throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        let receiver = try DirectoryReceiver(path: tree.path)
        let error = #expect(throws: BuildContextError.self) { try receiver.begin(entry("x", mode)) }
        #expect(error?.code == .refused)
    }

    @Test func `what a walk sends a receiver makes again`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.directory("in")
        for name in ["a", "a/b", "c c"] { tree.directory("in/" + name) }
        for name in ["a/b/x", "a/y\n", "a.txt", "c c/z"] { tree.file("in/" + name, name) }
        tree.file(Array("in/".utf8) + [0xFF], "bytes")
        tree.link("in/l", to: "a")
        tree.hardLink("in/z", to: "in/a.txt")
        let source = try DirectorySource(path: tree.path + "/in")
        let receiver = try DirectoryReceiver(path: tree.path + "/out")
        let walk = try source.walk()
        var sent: [Entry] = []
        while let entry = try walk.next() {
            sent.append(entry)
            guard case .content(let id) = try receiver.begin(entry) else { continue }
            let reader = try source.open(entry.path, announcedSize: entry.size)
            var bytes: [UInt8] = []
            while try reader.read(into: &bytes) { try receiver.write(id, bytes) }
            try receiver.endFile(id)
        }
        _ = try receiver.finish()
        let made = try DirectorySource(path: tree.path + "/out").walk()
        var found: [Entry] = []
        while let entry = try made.next() { found.append(entry) }
        #expect(found.map { withoutAttributes($0) } == sent.map { withoutAttributes($0) })
    }

    private func withoutAttributes(_ entry: Entry) -> Entry {
        var entry = entry
        entry.attributes = []
        return entry
    }
}
