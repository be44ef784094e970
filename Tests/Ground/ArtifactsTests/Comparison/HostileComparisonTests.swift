import CaissonArchive
import CaissonArtifacts
import Testing

/// Files that are damaged or lie: a difference is told whenever bytes differ, soon and without a trap.
struct HostileComparisonTests {
    typealias Fixture = ComparisonFixture

    private static let small: ComparisonLimits = {
        var limits = ComparisonLimits()
        limits.unpackedBytes = 4 << 20
        return limits
    }()

    /// Fixtures of all forms, by their names.
    private static func fixtures() throws -> [(name: String, bytes: [UInt8])] {
        let elf = Fixture.elf(data: "built at 10:32:11")
        let packed = try KernelFixture.compressed(elf, .gzip)
        let tar = try Fixture.tar([
            Fixture.file("a", "1"), Fixture.file(String(repeating: "long/", count: 60), "text\n"),
        ])
        return [
            ("elf", elf),
            ("elf of 32 bits", ELFFixture(is64Bit: false, isBigEndian: true, sections: [.init(name: ".a")]).bytes()),
            ("module", KernelFixture.module(signature: [1, 2])), ("bzImage", KernelFixture.x86Image(payload: packed)),
            ("zImage", KernelFixture.armImage(payload: packed)), ("zboot", KernelFixture.zboot(payload: packed)),
            ("uImage", KernelFixture.uImage(packed)), ("device tree", DeviceTreeFixture.machine.bytes()), ("tar", tar),
            ("cpio", Fixture.cpio([("a", [1, 2], 3), ("b", [], 4)], rest: packed)), ("gzip", packed),
            ("package", try Fixture.package(data: tar)), ("text", Array("a\nb\nc\n".utf8)), ("empty", []),
        ]
    }

    /// A difference is told exactly where bytes differ, and it can be told in a line.
    private static func check(_ first: [UInt8], _ second: [UInt8], _ what: String) throws {
        let difference = try Fixture.difference(first, second, small)
        #expect((difference == nil) == (first == second), "\(what)")
        guard let difference else { return }
        let line = difference.description
        #expect(!line.isEmpty && line.utf8.allSatisfy { $0 != 0x0A && $0 != 0 }, "\(what)")
    }

    @Test
    func `Every prefix of every form differs from the whole`() throws {
        for (name, bytes) in try Self.fixtures() {
            for count in bytes.indices where count < 64 || count % 17 == 0 || count > bytes.count - 64 {
                try Self.check(bytes, Array(bytes[..<count]), "\(name) cut at \(count)")
                try Self.check(Array(bytes[..<count]), bytes, "\(name) cut at \(count)")
            }
        }
    }

    @Test
    func `Every byte of every form can differ`() throws {
        for (name, bytes) in try Self.fixtures() {
            for place in bytes.indices where place < 64 || place % 7 == 0 {
                for mask in [UInt8(0xFF), 0x01] {
                    var changed = bytes
                    changed[place] ^= mask
                    try Self.check(bytes, changed, "\(name) changed at \(place)")
                }
            }
        }
    }

    @Test
    func `Numbers of all sizes are put anywhere in either file`() throws {
        let values: [UInt64] = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, .max >> 1, .max]
        var random = SeededGenerator(state: 11)
        let fixtures = try Self.fixtures().filter { $0.bytes.count > 8 }
        for _ in 0..<4000 {
            guard let (name, bytes) = fixtures.randomElement(using: &random) else { return }
            var pair = [bytes, bytes]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let size = [1, 2, 4, 8].randomElement(using: &random) ?? 1
                let room = min(bytes.count - size, 600)
                let near = Int.random(in: 0...room, using: &random)
                let place = Bool.random(using: &random) ? near : bytes.count - size - near
                let value = values.randomElement(using: &random) ?? 0
                let number = ByteWriter.sized(value, size, Bool.random(using: &random))
                // Both may lie the same way, so that their tables agree.
                for index in 0..<2 where index == 0 || random.chance(70) {
                    pair[index].replaceSubrange(place..<(place + size), with: number)
                }
                if random.chance(60) { pair[1][Int.random(in: 0..<bytes.count, using: &random)] ^= 1 }
            }
            try Self.check(pair[0], pair[1], name)
        }
    }

    @Test
    func `Any bytes behind any mark are compared`() throws {
        let marks: [[UInt8]] = [
            [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0], [0xD0, 0x0D, 0xFE, 0xED], [0x27, 0x05, 0x19, 0x56],
            Array("!<arch>\n".utf8), Array("MZ\0\0zimg".utf8), Array("070701".utf8), [0x1F, 0x8B, 8],
            [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], [0x28, 0xB5, 0x2F, 0xFD], [0x5D, 0, 0], Array("BZh9".utf8), [],
        ]
        var random = SeededGenerator(state: 12)
        for _ in 0..<2000 {
            let mark = marks.randomElement(using: &random) ?? []
            let pair = (0..<2).map { _ in
                mark
                    + (0..<Int.random(in: 0...300, using: &random)).map { _ in
                        random.chance(40) ? 0 : UInt8.random(in: .min ... .max, using: &random)
                    }
            }
            try Self.check(pair[0], pair[1], "\(mark)")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `Many sections over the same bytes don't take long`() throws {
        let large = ELFFixture.Section(name: ".large", bytes: [UInt8](repeating: 0, count: 4 << 20))
        var file = ByteWriter()
        file.bytes = ELFFixture(sections: [large]).bytes()
        let (table, size) = (file.bytes.count - 3 * 64, file.bytes.count)
        var header = ByteWriter()
        header.bytes = Array(file.bytes[(table + 64)..<(table + 128)])
        header.put(0, 8, at: 24)
        header.put(size, 8, at: 32)
        file.bytes += file.bytes[table...]
        for _ in 0..<20_000 { file.bytes += header.bytes }
        file.put(size, 8, at: 40)
        file.put(20_003, 2, at: 60)
        let (bytes, other) = (file.bytes, file.bytes + [1])
        let difference = try #require(try Fixture.difference(bytes, other))
        #expect(difference.place == [] && difference.kind == .length(bytes.count, other.count))
    }

    @Test(.timeLimit(.minutes(1)))
    func `A small stream that unpacks to much is refused`() throws {
        let streams = try [UInt8(0), 1].map { byte in
            try KernelFixture.compressed([UInt8](repeating: byte, count: 8 << 20), .zstd)
        }
        let difference = try #require(try Fixture.difference(streams[0], streams[1], Self.small))
        #expect(difference.place == [])
    }

    @Test
    func `Streams within streams are unpacked only so deep`() throws {
        var streams: [[UInt8]] = [[0, 1, 2, 3], [0, 1, 2, 4]]
        for _ in 0..<20 { streams = try streams.map { try KernelFixture.compressed($0, .gzip) } }
        let difference = try #require(try Fixture.difference(streams[0], streams[1]))
        #expect(difference.place.count == 12)
    }
}
