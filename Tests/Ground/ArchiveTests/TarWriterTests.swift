import Glibc
import Testing

@testable import CaissonArchive

/// A tar of some entries with their content.
func tar(
    _ entries: [(TarEntry, [UInt8])],
    compression: Compression = .none,
    threads: Int = 0
) throws -> [UInt8] {
    final class Box { var bytes: [UInt8] = [] }
    let box = Box()
    var writer = try TarWriter.open(compression: compression, threads: threads) { box.bytes += $0 }
    for (entry, content) in entries {
        try writer.add(entry)
        try content.withUnsafeBytes { try writer.write($0) }
    }
    try writer.finish()
    return box.bytes
}

/// An entry of a regular file.
func file(_ path: String, _ content: [UInt8] = [], permissions: UInt32 = 0o644) -> (TarEntry, [UInt8]) {
    (TarEntry(path: Array(path.utf8), kind: .file(size: Int64(content.count)), permissions: permissions), content)
}

/// All entries of a tar and their content.
func entries(of bytes: [UInt8], limits: TarReader.Limits = .init(), piece: Int = 10_000) throws -> [(TarEntry, [UInt8])]
{
    var at = 0
    var reader = try TarReader.open(limits: limits) {
        let end = min(at + piece, bytes.count)
        defer { at = end }
        return Array(bytes[at..<end])
    }
    var found: [(TarEntry, [UInt8])] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while let entry = try reader.next() {
        var content: [UInt8] = []
        while case let count = try buffer.withUnsafeMutableBytes({ try reader.read(into: $0) }), count > 0 {
            content += buffer[..<count]
        }
        found.append((entry, content))
    }
    return found
}

@Suite struct TarWriterTests {
    @Test func `what is written is read back`() throws {
        var odd = file("a/b c\n\u{e9}", [1, 2, 3], permissions: 0o4755)
        odd.0.modificationTime = -5
        odd.0.attributes = [
            TarAttribute(name: "user.x", value: [0, 10, 255]), TarAttribute(name: "user.y", value: []),
        ]
        let long = [UInt8](repeating: UInt8(ascii: "n"), count: 255)
        let path = Array([long, long, long].joined(separator: [UInt8(ascii: "/")]))
        let all: [(TarEntry, [UInt8])] = [
            (TarEntry(path: Array("a".utf8), kind: .directory, permissions: 0o1777), []), odd,
            (TarEntry(path: [0xFF, 0xFE], kind: .file(size: 1), permissions: 0o600), [7]),
            (TarEntry(path: path, kind: .symbolicLink(target: path), permissions: 0o777), []),
            (TarEntry(path: Array("h".utf8), kind: .hardLink(target: [0xFF, 0xFE]), permissions: 0o600), []),
        ]
        let found = try entries(of: tar(all))
        try #require(found.count == all.count)
        #expect(
            found[0].0.path == Array("a/".utf8) && found[0].0.kind == .directory && found[0].0.permissions == 0o1777
        )
        #expect(found[1].0 == odd.0 && found[1].1 == odd.1)
        #expect(found[2].0 == all[2].0 && found[2].1 == [7])
        #expect(found[3].0.path == path && found[3].0.kind == .symbolicLink(target: path))
        #expect(found[4].0.kind == .hardLink(target: [0xFF, 0xFE]))
    }

    /// libarchive takes a name that it can't convert for a lack of memory where errno says that since an earlier call.
    @Test func `what an earlier call left in errno says nothing of names`() throws {
        let odd: [UInt8] = [0xFF, 0xFE]
        let all = [
            TarEntry(path: odd, kind: .directory, permissions: 0o755),
            TarEntry(path: odd + odd, kind: .symbolicLink(target: odd), permissions: 0o777),
            TarEntry(path: odd + [0x61], kind: .hardLink(target: odd + odd), permissions: 0o644),
        ]
        final class Box { var bytes: [UInt8] = [] }
        let box = Box()
        var writer = try TarWriter.open { box.bytes += $0 }
        for entry in all {
            errno = ENOMEM
            try writer.add(entry)
        }
        try writer.finish()
        var isRead = false
        var reader = try TarReader.open {
            defer { isRead = true }
            errno = ENOMEM
            return isRead ? [] : box.bytes
        }
        for entry in all {
            errno = ENOMEM
            let found = try #require(try reader.next())
            #expect(found.kind == entry.kind)
        }
        #expect(try reader.next() == nil)
    }

    @Test func `an ordinary file costs one header block, and the end two`() throws {
        #expect(try tar([file("a", [1])]).count == 512 * 4)
        #expect(try tar([]).count == 1024)
    }

    @Test(arguments: Compression.allCases)
    func `the same entries give the same bytes, and can be read`(_ compression: Compression) throws {
        let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
        let all = [file("a", content), file("b", [1])]
        let first = try tar(all, compression: compression)
        // The clock must be in none of them.
        usleep(1_100_000)
        #expect(try tar(all, compression: compression) == first)
        let found = try entries(of: first)
        #expect(found.map(\.0) == all.map(\.0) && found.map(\.1) == all.map(\.1))
    }

    @Test func `more or less content than the size says is an error that names the file`() throws {
        var writer = try TarWriter.open { _ in }
        try writer.add(file("short", [1, 2]).0)
        let text = #expect(throws: ArchiveError.self) { try writer.add(file("next").0) }
        #expect(text?.message.contains("short has 2 bytes less") == true)
        var other = try TarWriter.open { _ in }
        try other.add(file("long", [1]).0)
        let more = #expect(throws: ArchiveError.self) {
            try [UInt8](repeating: 0, count: 2).withUnsafeBytes { try other.write($0) }
        }
        #expect(more?.message.contains("long has more") == true)
    }

    @Test func `a name that is empty or has a NUL is refused`() throws {
        for path in [[], [65, 0, 66]] as [[UInt8]] {
            var writer = try TarWriter.open { _ in }
            #expect(throws: ArchiveError.self) {
                try writer.add(TarEntry(path: path, kind: .directory, permissions: 0o755))
            }
        }
    }

    @Test func `a sink's failure comes out as it is, and a dropped writer writes no end`() throws {
        final class Box { var count = 0 }
        let box = Box()
        let failure = ArchiveError(.diskFull, "full")
        do {
            var writer = try TarWriter.open { (_) throws(ArchiveError) in throw failure }
            try writer.add(file("a", [UInt8](repeating: 0, count: 4)).0)
            try [UInt8](repeating: 0, count: 4).withUnsafeBytes { try writer.write($0) }
            try writer.finish()
            Issue.record("nothing was thrown")
        } catch {
            #expect(error as? ArchiveError == failure)
        }
        do {
            var writer = try TarWriter.open { box.count += $0.count }
            try writer.add(file("a").0)
        }
        #expect(box.count == 0)
    }

    @Test func `a file of more than 8 GiB keeps its size`() throws {
        final class Box { var head: [UInt8] = [] }
        let box = Box()
        let size = Int64(9) << 30
        do {
            var writer = try TarWriter.open { if box.head.isEmpty { box.head = Array($0.prefix(4096)) } }
            try writer.add(TarEntry(path: Array("big".utf8), kind: .file(size: size), permissions: 0o644))
            let piece = [UInt8](repeating: 0, count: 2 << 20)
            try piece.withUnsafeBytes { try writer.write($0) }
        }
        var isGiven = false
        var reader = try TarReader.open { () in
            defer { isGiven = true }
            return isGiven ? [] : box.head
        }
        #expect(try reader.next()?.kind == .file(size: size))
    }

    @Test func `a library that isn't there is named with what to install`() {
        let error = #expect(throws: ArchiveError.self) { try ArchiveLibrary.check(named: "libnone.so.1") }
        #expect(error?.code == .libraryMissing && error?.message.contains("libarchive13") == true)
        #expect(throws: ArchiveError.self) { try ArchiveLibrary.check(named: "libc.so.6") }
    }
}
