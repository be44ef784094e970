import CaissonArchive
import CaissonBuildContext
import Glibc
import Testing

@Suite struct ContextWalkTests {
    @Test func `entries come component by component with a slash below every other byte`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.directory("a")
        for name in ["a/b", "a.txt", "a-", "a b", "a\nb", "\u{1}", "b"] { tree.file(name) }
        tree.file([0xFF, 0xFE])
        let expected: [[UInt8]] = [
            [0x01], Array("a".utf8), Array("a/b".utf8), Array("a\nb".utf8), Array("a b".utf8), Array("a-".utf8),
            Array("a.txt".utf8), Array("b".utf8), [0xFF, 0xFE],
        ]
        #expect(try tree.entries().map(\.path) == expected)
    }

    @Test func `kinds, modes, sizes, times and links are told in the protocol's terms`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.directory("d", mode: 0o1777)
        tree.file("f", "hello", mode: 0o4755)
        tree.link("l", to: "../outside")
        var times = [timespec](repeating: timespec(tv_sec: 12, tv_nsec: 34), count: 2)
        utimensat(AT_FDCWD, "\(tree.path)/f", &times, 0)
        let entries = try tree.entries()
        #expect(entries.map { displayed($0.path) } == ["d", "f", "l"])
        try #require(entries.count == 3)
        #expect(entries[0].mode == [.directory, .sticky, FileMode(rawValue: 0o777)] && entries[0].size == 0)
        #expect(entries[1].mode == [.setUserID, FileMode(rawValue: 0o755)] && entries[1].size == 5)
        #expect(entries[1].modificationTime == 12_000_000_034 && entries[1].userID == 0)
        #expect(entries[2].mode.isSymlink && entries[2].linkname == Array("../outside".utf8))
    }

    @Test func `a hard link names the first file that was sent`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.file("a", "12345")
        tree.hardLink("b", to: "a")
        tree.hardLink("c", to: "a")
        #expect(try tree.entries().map { displayed($0.linkname) } == [".", "a", "a"])
        #expect(try tree.entries().map(\.size) == [5, 5, 5])
        // Where the first is left out, the next takes its place.
        let filtered = try tree.entries(.texts(exclude: ["a"]))
        #expect(filtered.map { displayed($0.linkname) } == [".", "b"])
    }

    @Test func `a FIFO is left out with a notice, and nobody waits for it`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        mkfifo("\(tree.path)/p", 0o640)
        tree.file("q")
        let walk = try DirectorySource(path: tree.path).walk()
        let fifo = try walk.next()
        #expect(fifo?.path == Array("p".utf8) && fifo?.mode == [.namedPipe, FileMode(rawValue: 0o640)])
        #expect(try walk.next()?.path == Array("q".utf8))
        #expect(try walk.next() == nil)
        #expect(walk.notices.isEmpty)
    }

    @Test(arguments: [(S_IFCHR, 1, 3), (S_IFBLK, 7, 300), (S_IFCHR, 259, 70_000)] as [(mode_t, UInt32, UInt32)])
    func `a device is sent with its numbers`(kind: mode_t, major: UInt32, minor: UInt32) throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        // Only root may make one, and not in every container.
        let device = dev_t(minor & 0xFF) | dev_t(major) << 8 | dev_t(minor & ~0xFF) << 12
        guard mknod("\(tree.path)/d", kind | 0o600, device) == 0 else { return }
        let sent = try #require(try DirectorySource(path: tree.path).walk().next())
        #expect(sent.mode.contains(.device) && sent.mode.contains(.characterDevice) == (kind == S_IFCHR))
        #expect(sent.deviceMajor == Int64(major) && sent.deviceMinor == Int64(minor))
        let packed = try tree.packed().files.first
        #expect(
            packed?.entry.kind
                == (kind == S_IFCHR
                    ? .characterDevice(major: UInt64(major), minor: UInt64(minor))
                    : .blockDevice(major: UInt64(major), minor: UInt64(minor)))
        )
    }

    @Test func `a socket is sent as an empty file`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        let raw = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(raw) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "\(tree.path)/s".utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        tree.file("t")
        let walk = try DirectorySource(path: tree.path).walk()
        let file = try #require(try walk.next())
        #expect(file.path == Array("s".utf8) && file.mode.isRegular && file.size == 0)
        #expect(try walk.next()?.path == Array("t".utf8))
        #expect(try walk.next() == nil)
        var index = EntryIndex()
        #expect(try index.claim(try index.append(file)).size == 0)
        #expect(index.isStandIn(0))
        let packed = try tree.packed().files.map(\.entry)
        #expect(packed.first?.path == Array("s".utf8) && packed.first?.kind == .file(size: 0) && packed.count == 2)
    }

    @Test func `three hundred levels and the longest names need few descriptors`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        let name = String(repeating: "n", count: 255)
        var here = open(tree.path, O_RDONLY | O_DIRECTORY)
        for level in 0..<300 {
            mkdirat(here, name, 0o755)
            if level % 50 == 0 { close(openat(here, "z", O_WRONLY | O_CREAT, 0o644)) }
            let inner = openat(here, name, O_RDONLY | O_DIRECTORY)
            close(here)
            here = inner
        }
        close(openat(here, "end", O_WRONLY | O_CREAT, 0o644))
        close(here)
        let source = try DirectorySource(path: tree.path)
        let walk = try source.walk()
        var count = 0
        var deepest: [UInt8] = []
        var most = 0
        let before = openDescriptors()
        while let entry = try walk.next() {
            count += 1
            if entry.path.count > deepest.count { deepest = entry.path }
            if count % 50 == 0 { most = max(most, openDescriptors() - before) }
        }
        #expect(count == 300 + 6 + 1)
        // Other tests run at the same time and open files, too.
        #expect(most < 150)
        #expect(deepest.count == 300 * 256 + 3)
        #expect(try source.open(deepest, announcedSize: 0).path == deepest)
    }

    private func openDescriptors() -> Int {
        guard let stream = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(stream) }
        var count = 0
        while readdir(stream) != nil { count += 1 }
        return count
    }

    @Test func `extended attributes are sent and links are not followed for them`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.file("f")
        tree.link("l", to: "f")
        typealias Set =
            @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeRawPointer?, Int, Int32) -> Int32
        let symbol = try #require(dlsym(nil, "setxattr"))
        let set = unsafeBitCast(symbol, to: Set.self)
        guard set("\(tree.path)/f", "user.test", "value", 5, 0) == 0 else { return }
        let entries = try tree.entries()
        let expected = ExtendedAttribute(name: "user.test", value: Array("value".utf8))
        #expect(entries[0].attributes.contains(expected))
        #expect(!entries[1].attributes.contains(expected))
    }

    @Test func `a directory that becomes a link during the walk is not entered`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.directory("outside")
        tree.file("outside/secret")
        tree.directory("root")
        tree.file("root/a")
        tree.directory("root/b")
        tree.file("root/b/plain")
        tree.file("root/c")
        let source = try DirectorySource(path: tree.path + "/root")
        let walk = try source.walk()
        #expect(try walk.next()?.path == Array("a".utf8))
        rename("\(tree.path)/root/b", "\(tree.path)/moved")
        tree.link("root/b", to: "../outside")
        unlink("\(tree.path)/root/c")
        var rest: [String] = []
        while let entry = try walk.next() { rest.append(displayed(entry.path)) }
        #expect(!rest.contains { $0.hasSuffix("secret") })
        #expect(!rest.contains("c"))
        #expect(throws: BuildContextError.self) {
            try source.open(Array("b/secret".utf8), announcedSize: 1)
        }
    }
}

@Suite struct DirectorySourceTests {
    @Test(arguments: ["../x", "/etc/passwd", "a/../x", "./a", "a//b", "", "l", "d", "p", "l/x", "none"])
    func `only regular files under the root can be opened`(path: String) throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.file("a")
        tree.directory("d")
        tree.link("l", to: "/etc")
        mkfifo("\(tree.path)/p", 0o644)
        let source = try DirectorySource(path: tree.path)
        #expect(throws: BuildContextError.self) { try source.open(Array(path.utf8), announcedSize: 0) }
        #expect(try source.open(Array("a".utf8), announcedSize: 1).path == Array("a".utf8))
    }

    @Test func `a reader gives the content in pieces and tells a changed size`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.file("f", "0123456789")
        let source = try DirectorySource(path: tree.path)
        for (announced, isChanged) in [(10, false), (4, true), (12, true)] {
            let reader = try source.open(Array("f".utf8), announcedSize: Int64(announced))
            var content: [UInt8] = []
            var piece: [UInt8] = []
            while try reader.read(into: &piece, limit: 3) { content += piece }
            #expect(content == Array("0123456789".utf8))
            #expect((reader.sizeProblem != nil) == isChanged)
        }
    }

    @Test func `the shared key is stable, plain and tells directories apart`() throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        tree.directory("a b\u{E9}")
        tree.directory("x")
        tree.link("l", to: "x")
        func key(_ name: String) throws -> String {
            try DirectorySource(path: "\(tree.path)/\(name)").sharedKey(node: "n")
        }
        #expect(try key("x") == key("l"))
        #expect(try key("x") != key("a b\u{E9}"))
        #expect(try key("a b\u{E9}").hasPrefix("a_b__:"))
        #expect(try DirectorySource(path: tree.path).sharedKey(node: "m") != key("."))
    }

    @Test func `a missing directory and a file are errors that name them`() throws {
        let missing = #expect(throws: BuildContextError.self) { try DirectorySource(path: "/nonexistent-dir") }
        #expect(missing?.code == .notFound && missing?.message.contains("/nonexistent-dir") == true)
        let file = #expect(throws: BuildContextError.self) { try DirectorySource(path: "/etc/passwd") }
        #expect(file?.code == .notADirectory)
    }
}
