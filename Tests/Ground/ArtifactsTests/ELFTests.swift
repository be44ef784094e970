import CaissonArtifacts
import Testing

struct ELFTests {
    private static func facts(_ bytes: [UInt8]) throws -> ELFFacts {
        let artifact = try Artifact.read(ArtifactBytes(bytes))
        return try #require(artifact.facts.elf)
    }

    private static func program(is64Bit: Bool, isBigEndian: Bool) -> ELFFixture {
        var names: [UInt8] = [0]
        let places = ["libc.so.6", "libm.so.6", "libown.so.1", "/opt/lib"].map { name in
            defer { names += Array(name.utf8) + [0] }
            return names.count
        }
        var dynamic = ByteWriter(isBigEndian: isBigEndian)
        let pairs = [
            (1, places[0]), (1, places[1]), (14, places[2]), (29, places[3]), (5, 0x4000), (10, names.count), (0, 0),
        ]
        for (tag, value) in pairs {
            dynamic.number(UInt64(tag), is64Bit ? 8 : 4)
            dynamic.number(UInt64(value), is64Bit ? 8 : 4)
        }
        var elf = ELFFixture(is64Bit: is64Bit, isBigEndian: isBigEndian, type: 3, machine: isBigEndian ? 22 : 183)
        elf.segments = [
            .init(type: 1, address: 0x4000, bytes: names), .init(type: 2, bytes: dynamic.bytes),
            .init(type: 3, bytes: Array("/lib/ld.so.1\0".utf8)),
            .init(type: 4, bytes: ELFFixture.buildID(isBigEndian: isBigEndian)),
        ]
        elf.sections = [
            .init(name: ".text", flags: 6, bytes: [1, 2, 3]), .init(name: ".bss", type: 8, bytes: [0, 0]),
            .init(name: ".debug_info", flags: 0x800, bytes: [9]),
        ]
        return elf
    }

    @Test(arguments: [false, true], [false, true])
    func `Both classes and byte orders are read`(is64Bit: Bool, isBigEndian: Bool) throws {
        let bytes = Self.program(is64Bit: is64Bit, isBigEndian: isBigEndian).bytes()
        let elf = try Self.facts(bytes)
        #expect(elf.is64Bit == is64Bit && elf.isBigEndian == isBigEndian && elf.type == .shared)
        #expect(elf.machine.name == (isBigEndian ? "s390" : "aarch64") && elf.entry == 0x1000)
        #expect(elf.sections.map(\.name) == ["", ".text", ".bss", ".debug_info", ".shstrtab"])
        #expect(elf.segments.count == 4 && elf.interpreter == "/lib/ld.so.1")
        #expect(elf.needed == ["libc.so.6", "libm.so.6"] && elf.soname == "libown.so.1")
        #expect(elf.runpath == "/opt/lib" && elf.rpath == nil && elf.buildID == "deadbe0f")
        #expect(elf.isStripped && elf.hasDebugInformation && elf.problems == [])
        let text = try #require(elf.section(".text"))
        #expect(try elf.bytes(of: text, in: ArtifactBytes(bytes), limit: 3) == [1, 2, 3])
        #expect(text.isAllocated && !text.isCompressed && elf.section(".debug_info")?.isCompressed == true)
        #expect(try elf.bytes(of: #require(elf.section(".bss")), in: ArtifactBytes(bytes), limit: 0) == [])
        #expect(throws: ArtifactProblem.self) { try elf.bytes(of: text, in: ArtifactBytes(bytes), limit: 2) }
    }

    @Test
    func `A table of symbols means that it isn't stripped`() throws {
        let elf = ELFFixture(sections: [.init(name: ".symtab", type: 2)])
        #expect(try !Self.facts(elf.bytes()).isStripped)
    }

    @Test
    func `A machine that isn't known is told by its number`() throws {
        let elf = try Self.facts(ELFFixture(machine: 0x1234).bytes())
        #expect(elf.machine.name == "machine 4660" && KernelArchitecture(elf.machine) == nil)
    }

    /// Tables that lie: each is one change of the header of a 64-bit file, at this place and of so many bytes.
    @Test(arguments: [
        ("sections far away", 40, 8, Int.max, ArtifactProblem.Code.truncated),
        ("sections past the end", 40, 8, 4000, .truncated),
        ("large section headers", 58, 2, 65, .damaged), ("names by a section that there is not", 62, 2, 77, .damaged),
        ("more sections than there are", 60, 2, 0xFF00, .truncated),
        ("program headers far away", 32, 8, Int.max, .truncated),
        ("more segments than are taken", 56, 2, 0xFFFE, .limitExceeded),
        ("small program headers", 54, 2, 1, .damaged),
    ])
    func `What lies in a header is a problem`(
        what: String,
        offset: Int,
        count: Int,
        value: Int,
        code: ArtifactProblem.Code
    ) throws {
        var writer = ByteWriter()
        writer.bytes = Self.program(is64Bit: true, isBigEndian: false).bytes()
        writer.put(value, count, at: offset)
        let elf = try Self.facts(writer.bytes)
        #expect(elf.problems.first?.code == code, "\(what): \(elf.problems)")
    }

    @Test
    func `A count of sections that its field can't hold is in the first section`() throws {
        var writer = ByteWriter()
        writer.bytes = ELFFixture(sections: [.init(name: ".a")]).bytes()
        let table = writer.bytes.count - 3 * 64
        writer.put(0, 2, at: 60)
        writer.put(0xFFFF, 2, at: 62)
        writer.put(3, 8, at: table + 32)
        writer.put(2, 4, at: table + 40)
        #expect(try Self.facts(writer.bytes).sections.map(\.name) == ["", ".a", ".shstrtab"])
        writer.put(Int.max, 8, at: table + 32)
        #expect(try Self.facts(writer.bytes).problems.first?.code == .limitExceeded)
    }

    @Test
    func `A class or an order of bytes that there isn't is damage`() throws {
        for (place, value) in [(4, UInt8(3)), (5, 0)] {
            var bytes = ELFFixture().bytes()
            bytes[place] = value
            let artifact = try Artifact.read(ArtifactBytes(bytes))
            #expect(artifact.kind == .unknown && artifact.problems.map(\.code) == [.damaged])
        }
    }
}
