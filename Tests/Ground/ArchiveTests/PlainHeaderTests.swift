import Glibc
import Testing

@testable import CaissonArchive

@Suite struct PlainHeaderTests {
    /// The header that libarchive makes of an entry.
    private func libraryHeader(_ entry: TarEntry) throws -> [UInt8] {
        final class Box { var bytes: [UInt8] = [] }
        let box = Box()
        var writer = try TarWriter.open { box.bytes += $0 }
        try writer.add(entry)
        try [UInt8](repeating: 0, count: Int(entry.contentSize)).withUnsafeBytes { try writer.write($0) }
        try writer.finish()
        return Array(box.bytes[..<PlainHeader.size])
    }

    private func plainHeader(_ maker: PlainHeader, _ entry: TarEntry) -> [UInt8] {
        var header = [UInt8](repeating: 0xAA, count: PlainHeader.size)
        header.withUnsafeMutableBytes { header in
            entry.path.withUnsafeBytes { path in
                maker.write(
                    path: path,
                    permissions: entry.permissions,
                    size: entry.contentSize,
                    time: entry.modificationTime,
                    to: header
                )
            }
        }
        return header
    }

    @Test func `a plain header is libarchive's, byte for byte`() throws {
        let maker = try PlainHeader()
        let seed = UInt64.random(in: 0 ... .max)
        var generator = Generator(state: seed)
        for _ in 0..<500 {
            let path = (0..<Int.random(in: 1...99, using: &generator)).map { _ in
                UInt8.random(in: 0x20...0x7E, using: &generator)
            }
            // Of these libarchive makes a directory.
            guard path.last != UInt8(ascii: "/") else { continue }
            let size = Int64.random(in: 0...3_000, using: &generator)
            let mode = UInt32.random(in: 0...0o7777, using: &generator)
            var entry = TarEntry(path: path, kind: .file(size: size), permissions: mode)
            entry.modificationTime = Int64.random(in: 0..<0x7FFF_FFFF, using: &generator)
            #expect(try plainHeader(maker, entry) == libraryHeader(entry), "\(entry), seed \(seed)")
        }
    }

    @Test func `the largest numbers fit`() throws {
        let maker = try PlainHeader()
        var entry = TarEntry(path: Array("f".utf8), kind: .file(size: 0), permissions: 0o7777)
        for time in [0, 0x7FFF_FFFE] as [Int64] {
            entry.modificationTime = time
            #expect(PlainHeader.canHold(time: time))
            #expect(try plainHeader(maker, entry) == libraryHeader(entry))
        }
        #expect(!PlainHeader.canHold(time: -1) && !PlainHeader.canHold(time: 0x7FFF_FFFF))
    }

    @Test func `only short names of printable ASCII are plain`() {
        func canHold(_ name: [UInt8]) -> Bool { name.withUnsafeBytes { PlainHeader.canHold(path: $0) } }
        #expect(canHold(Array("a/b c~".utf8)) && canHold([UInt8](repeating: 0x61, count: 99)))
        for name in [[], [0x61, 0x0A], [0x7F], [0xC3, 0xA9], [UInt8](repeating: 0x61, count: 100)] as [[UInt8]] {
            #expect(!canHold(name), "\(name)")
        }
    }

    @Test(arguments: Compression.allCases)
    func `entries made before and libarchive's own stand in one tar in their order`(
        compression: Compression
    ) throws {
        final class Box { var bytes: [UInt8] = [] }
        let box = Box()
        let maker = try PlainHeader()
        let large = [UInt8](repeating: 7, count: 100_000)
        let all = [file("a", [1, 2, 3]), file("\u{E9}", [4]), file("b", large), file("c")]
        var writer = try TarWriter.open(compression: compression) { box.bytes += $0 }
        for (entry, content) in all {
            guard entry.path.allSatisfy({ $0 < 0x80 }) else {
                try writer.add(entry)
                try content.withUnsafeBytes { try writer.write($0) }
                continue
            }
            let padding = [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
            try (plainHeader(maker, entry) + content + padding).withUnsafeBytes { try writer.write(encoded: $0) }
        }
        try writer.finish()
        let found = try entries(of: box.bytes)
        #expect(found.map(\.0) == all.map(\.0) && found.map(\.1) == all.map(\.1))
        #expect(try box.bytes == tar(all, compression: compression))
    }

    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }
}
