import CaissonArchive

/// Makes modules and kernel images.
enum KernelFixture {
    static let release = "6.1.0-test"
    static let vermagic = "\(release) SMP preempt mod_unload modversions "
    static let banner = "Linux version \(release) (me@here) (gcc 12) #1 SMP Thu\n"

    static let fields = [
        "license=GPL", "description=a = b", "alias=pci:v1", "alias=pci:v2", "firmware=a.bin", "depends=crc32,libcrc-x",
        "retpoline=Y", "intree=Y", "name=my_module", "vermagic=\(vermagic)", "srcversion=ABC",
    ]

    static func module(
        _ elf: ELFFixture = ELFFixture(),
        fields: [String] = fields,
        signature: [UInt8]? = nil
    ) -> [UInt8] {
        var elf = elf
        elf.sections += [
            .init(name: ".text", flags: 6, bytes: [0x90, 0xC3]),
            .init(name: ".modinfo", flags: 2, bytes: fields.flatMap { Array($0.utf8) + [0] }),
            .init(name: ".gnu.linkonce.this_module", flags: 3, bytes: Array(repeating: 0, count: 16)),
            .init(name: ".note.gnu.build-id", type: 7, bytes: ELFFixture.buildID(isBigEndian: elf.isBigEndian)),
            .init(name: ".symtab", type: 2),
        ]
        guard let signature else { return elf.bytes() }
        var record = ByteWriter(isBigEndian: true)
        record.bytes = [0, 0, 2, 0, 0, 0, 0, 0]
        record.u32(signature.count)
        record.text("~Module signature appended~\n")
        return elf.bytes() + signature + record.bytes
    }

    static func vmlinux(_ elf: ELFFixture = ELFFixture(type: 2)) -> [UInt8] {
        var elf = elf
        elf.segments.append(.init(type: 1, address: 0x1000, bytes: Array("Linux version of \0\(banner)\0".utf8)))
        return elf.bytes()
    }

    /// A bzImage of protocol 2.15 with one sector of setup code.
    static func x86Image(payload: [UInt8], release: String = release) -> [UInt8] {
        var out = ByteWriter()
        out.pad(to: 1024)
        out.put(1, 1, at: 0x1F1)
        out.put(0xAA55, 2, at: 0x1FE)
        out.put("HdrS", at: 0x202)
        out.put(0x020F, 2, at: 0x206)
        out.put(0x300 - 0x200, 2, at: 0x20E)
        out.put(1, 1, at: 0x211)
        out.put(3, 2, at: 0x236)
        out.put("\(release) (me@here) #1 SMP Thu", at: 0x300)
        out.put(16, 4, at: 0x248)
        out.put(payload.count, 4, at: 0x24C)
        out.put(0x10000, 4, at: 0x260)
        out.pad(to: 1024 + 16)
        out.bytes += payload
        out.align(16)
        out.put((out.bytes.count - 1024) / 16, 4, at: 0x1F4)
        return out.bytes
    }

    static func flatImage(_ magic: [UInt8], flags: Int = 0b10) -> [UInt8] {
        var out = ByteWriter()
        out.pad(to: 64)
        out.put(0x80000, 8, at: 8)
        out.put(0x200_0000, 8, at: 16)
        out.put(flags, 8, at: 24)
        out.bytes.replaceSubrange(56..<60, with: magic)
        out.text(banner)
        out.pad(to: 512)
        return out.bytes
    }

    static func armImage(payload: [UInt8], isBigEndian: Bool = false) -> [UInt8] {
        var out = ByteWriter(isBigEndian: isBigEndian)
        out.pad(to: 0x40)
        out.put(0x016F_2818, 4, at: 0x24)
        out.bytes += payload
        out.pad(to: out.bytes.count + 40)
        out.put(out.bytes.count, 4, at: 0x2C)
        return out.bytes
    }

    static func zboot(payload: [UInt8]) -> [UInt8] {
        var out = ByteWriter()
        out.text("MZ\0\0zimg")
        out.u32(64)
        out.u32(payload.count)
        out.pad(to: 0x18)
        out.text("gzip")
        out.pad(to: 64)
        return out.bytes + payload
    }

    static func s390Image() -> [UInt8] {
        var out = ByteWriter(isBigEndian: true)
        out.pad(to: 0x10600)
        out.put("S390EP", at: 0x10008)
        out.put(0x10500, 8, at: 0x10428)
        out.put("\(release) (me@here) #1 SMP Thu", at: 0x10500)
        return out.bytes
    }

    static func uImage(_ content: [UInt8], compression: UInt8 = 0, architecture: UInt8 = 2) -> [UInt8] {
        var out = ByteWriter(isBigEndian: true)
        out.u32(0x2705_1956)
        for value in [0, 1_700_000_000, content.count, 0x8000, 0x8040, 0] { out.u32(value) }
        out.bytes += [5, architecture, 2, compression]
        out.text("Linux-\(release)")
        out.pad(to: 64)
        out.put(Int(checksum(content)), 4, at: 24)
        out.put(Int(checksum(out.bytes)), 4, at: 4)
        return out.bytes + content
    }

    /// CRC-32, written as its definition has it.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
    }

    static func compressed(_ bytes: [UInt8], _ compression: Compression) throws -> [UInt8] {
        guard compression != .none else { return bytes }
        final class Box { var bytes: [UInt8] = [] }
        let box = Box()
        let compressor = try Compressor(compression, threads: 1) { box.bytes += Array($0) }
        try bytes.withUnsafeBytes { try compressor.write($0) }
        try compressor.finish()
        return box.bytes
    }
}
