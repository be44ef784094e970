import Glibc
import Testing

@testable import CaissonSystem

@Suite("Replacing a file at once")
struct AtomicFileTests {
    @Test func `a new file has the permissions that were asked for and an old one can keep its own`() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/file"
            try AtomicFile.replace(path, with: [1], .ownerOnly)
            #expect(mode(of: path) == 0o600)
            #expect(chmod(path, 0o7751) == 0)
            try AtomicFile.replace(path, with: [2], .usual)
            #expect(mode(of: path) == 0o751)
            #expect(try BoundedFile.read(path) == [2])
            #expect(DirectoryNames.sorted(in: directory, limit: 9) == ["file"])
        }
    }

    @Test func `a file that was let go of leaves nothing behind, and neither does a refusal`() throws {
        try inTemporaryDirectory { directory in
            do {
                let file = try AtomicFile.open(directory + "/file", .usual)
                try BorrowedDescriptor(number: file.descriptor).write([1])
            }
            #expect(mkdir(directory + "/there", 0o700) == 0)
            #expect(throws: Errno(EISDIR)) {
                try AtomicFile.replace(directory + "/there", with: [1], .usual)
            }
            #expect(DirectoryNames.sorted(in: directory, limit: 9) == ["there"])
        }
    }

    @Test func `of several files that are created under one name the first stays`() throws {
        try inTemporaryDirectory { directory in
            for byte in 1...3 as ClosedRange<UInt8> { try AtomicFile.create(directory + "/salt", with: [byte]) }
            #expect(try BoundedFile.read(directory + "/salt") == [1])
            #expect(DirectoryNames.sorted(in: directory, limit: 9) == ["salt"])
        }
    }

    @Test func `a file whose name is as long as names may be can be replaced`() throws {
        try inTemporaryDirectory { directory in
            let name = String(repeating: "n", count: 255)
            try AtomicFile.replace("\(directory)/\(name)", with: [1], .usual)
            #expect(DirectoryNames.sorted(in: directory, limit: 9) == [name])
        }
    }
}

@Suite("Files that a user named")
struct FileInPlaceTests {
    @Test func `a link stays and what it leads to keeps its mode and owner`() throws {
        try inTemporaryDirectory { directory in
            try AtomicFile.replace(directory + "/file", with: [1], .usual)
            // Only root gives files away.
            let owner = getuid() == 0 ? 12_345 : getuid()
            #expect(chown(directory + "/file", owner, getgid()) == 0)
            #expect(chmod(directory + "/file", 0o640) == 0)
            #expect(symlink("file", directory + "/link") == 0)
            #expect(symlink(directory + "/link", directory + "/link2") == 0)
            try FileInPlace.replace(directory + "/link2", with: [2])
            #expect(try BoundedFile.read(directory + "/file") == [2])
            #expect(PathFacts.linkTarget(of: directory + "/link") == "file")
            #expect(PathFacts.linkTarget(of: directory + "/link2") == directory + "/link")
            #expect(mode(of: directory + "/file") == 0o640)
            var facts = stat()
            #expect(stat(directory + "/file", &facts) == 0 && facts.st_uid == owner)
        }
    }

    @Test func `the traits of a file that went are those of the new one`() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/file"
            try AtomicFile.replace(path, with: [1], .usual)
            #expect(chmod(path, 0o4751) == 0)
            let traits = try #require(FileTraits(of: path))
            #expect(unlink(path) == 0 && FileTraits(of: path) == nil)
            try FileInPlace.replace(path, with: [2], traits: traits)
            #expect(mode(of: path) == 0o751)
        }
    }

    @Test func `a file that is open already is a stream, whatever links lead to it, and is written to`() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/file"
            let number = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            defer { close(number) }
            #expect(symlink("/dev/fd/\(number)", directory + "/link") == 0)
            for name in ["/dev/fd/\(number)", "/proc/self/fd/\(number)", directory + "/link"] {
                #expect(PathFacts.kind(of: name) == .stream, "\(name)")
                try FileInPlace.write(Array(name.utf8), to: name)
                #expect(try BoundedFile.read(path) == Array(name.utf8))
            }
            #expect(PathFacts.kind(of: path) == .regular(size: Int64(directory.utf8.count + 5)))
            #expect(PathFacts.kind(of: "/dev/fd") == .directory && PathFacts.kind(of: "/dev/null") == .stream)
        }
    }

    @Test func `a file that can't be replaced gets the bytes of the one that was to replace it`() throws {
        try inTemporaryDirectory { directory in
            for (name, bytes) in [("old", [1, 2, 3]), ("new", [4])] as [(String, [UInt8])] {
                try AtomicFile.replace("\(directory)/\(name)", with: bytes, .usual)
            }
            let source = open(directory + "/new", O_RDONLY | O_CLOEXEC)
            defer { close(source) }
            try FileInPlace.copy(source, over: directory + "/old")
            #expect(try BoundedFile.read(directory + "/old") == [4])
            #expect(FileInPlace.mustKeep(directory + "/old", after: Errno(EBUSY)))
            #expect(!FileInPlace.mustKeep(directory + "/old", after: Errno(ENOSPC)))
            #expect(!FileInPlace.mustKeep(directory + "/none", after: Errno(EBUSY)))
        }
    }
}

@Suite("Reading small files")
struct BoundedFileTests {
    @Test func `a file that has to be a user's own is no link and nobody else's`() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/file"
            try AtomicFile.replace(path, with: [1], .usual)
            #expect(symlink("file", directory + "/link") == 0)
            #expect(try BoundedFile.read(path, owner: getuid()) == [1])
            #expect(try BoundedFile.read(directory + "/link") == [1])
            #expect(throws: BoundedFile.Failure.foreign) {
                try BoundedFile.read(directory + "/link", owner: getuid())
            }
            #expect(throws: BoundedFile.Failure.foreign) { try BoundedFile.read(path, owner: getuid() + 1) }
        }
    }
}

@Suite("Listing a directory")
struct DirectoryNamesTests {
    @Test func `the names are sorted, without dots, wanted and no more than asked for`() throws {
        try inTemporaryDirectory { directory in
            for name in ["b", ".c", "a", "wanted"] { try AtomicFile.replace("\(directory)/\(name)", with: [], .usual) }
            #expect(DirectoryNames.sorted(in: directory, limit: 9) == [".c", "a", "b", "wanted"])
            #expect(DirectoryNames.sorted(in: directory, limit: 2).count == 2)
            #expect(DirectoryNames.sorted(in: directory, limit: 1) { $0 == "wanted" } == ["wanted"])
            #expect(DirectoryNames.sorted(in: directory + "/none", limit: 9).isEmpty)
        }
    }

    @Test func `names that are no text are visited as they are`() throws {
        try inTemporaryDirectory { directory in
            let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            defer { close(folder) }
            let name: [CChar] = [0x66, -1, 0]
            close(openat(folder, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
            var found: [[UInt8]] = []
            DirectoryNames.visit(folder) { pointer in
                found.append((0..<strlen(pointer)).map { UInt8(bitPattern: pointer[$0]) })
                return true
            }
            #expect(found == [[0x66, 0xFF]])
            #expect(fcntl(folder, F_GETFD) >= 0)
            unlinkat(folder, name, 0)
        }
    }
}

/// Calls with the path of a new directory and removes it and the files in it.
private func inTemporaryDirectory(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/caisson-system.XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
        for name in DirectoryNames.sorted(in: path, limit: .max) { remove("\(path)/\(name)") }
        rmdir(path)
    }
    try body(path)
}

private func mode(of path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
}
