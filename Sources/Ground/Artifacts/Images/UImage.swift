/// What the header of an image for U-Boot says: the older format, `include/image.h` of U-Boot.
package struct UImage: Sendable, Hashable {
    /// The name that it was given.
    package var name: String
    /// When it was made, in seconds since 1970.
    package var time: UInt32
    /// How many bytes its content has.
    package var size: Int
    /// Where in memory it is put.
    package var loadAddress: UInt32
    /// Where in memory it begins.
    package var entry: UInt32
    /// The number of the operating system, 5 for Linux.
    package var systemNumber: UInt8
    /// The number of the architecture.
    package var architectureNumber: UInt8
    /// The number of the type, 2 for a kernel.
    package var typeNumber: UInt8
    /// The number of the compression, 0 for none.
    package var compressionNumber: UInt8
    /// What the kernel inside says of itself.
    package var banner: KernelBanner?
    /// What is wrong with it.
    package var problems: [ArtifactProblem] = []

    /// The operating system; nil for a number that isn't known here.
    package var system: String? { Self.systems[systemNumber] }
    /// The architecture in U-Boot's word; nil for a number that isn't known here.
    package var architectureName: String? { Self.architectures[architectureNumber]?.name }
    /// The architecture of the kernel; nil for one that isn't known here.
    package var architecture: KernelArchitecture? { Self.architectures[architectureNumber]?.kernel }
    /// The type; nil for a number that isn't known here.
    package var type: String? { Self.types[typeNumber] }
    /// The compression; nil for a number that isn't known here.
    package var compression: String? { Self.compressions[compressionNumber] }
}

extension UImage {
    private static let systems: [UInt8: String] = [
        1: "openbsd", 2: "netbsd", 3: "freebsd", 5: "linux", 14: "vxworks", 17: "u-boot",
    ]
    private static let types: [UInt8: String] = [
        1: "standalone", 2: "kernel", 3: "ramdisk", 4: "multi", 5: "firmware", 6: "script", 7: "filesystem",
        8: "flat_dt", 14: "kernel_noload",
    ]
    private static let compressions: [UInt8: String] = [
        0: "none", 1: "gzip", 2: "bzip2", 3: "lzma", 4: "lzo", 5: "lz4", 6: "zstd",
    ]
    private static let architectures: [UInt8: (name: String, kernel: KernelArchitecture?)] = [
        1: ("alpha", .alpha), 2: ("arm", .arm), 3: ("x86", .i386), 5: ("mips", .mips), 6: ("mips64", .mips),
        7: ("powerpc", .powerpc), 8: ("s390", .s390), 9: ("sh", nil), 10: ("sparc", .sparc), 11: ("sparc64", .sparc),
        12: ("m68k", .m68k), 14: ("microblaze", nil), 15: ("nios2", nil), 22: ("arm64", .arm64), 23: ("arc", nil),
        24: ("x86_64", .x86_64), 25: ("xtensa", nil), 26: ("riscv", .riscv),
    ]
    static let magic: [UInt8] = [0x27, 0x05, 0x19, 0x56]
    private static let headerSize = 64

    /// Reads an image.
    init(_ bytes: ArtifactBytes, _ limits: ArtifactLimits) throws(ArtifactProblem) {
        let header = try bytes.read(Self.headerSize, at: 0, "uImage header")
        let fields = FieldBytes(header, isBigEndian: true, "uImage header")
        time = try fields.u32(8)
        size = try fields.int32(12)
        loadAddress = try fields.u32(16)
        entry = try fields.u32(20)
        systemNumber = try fields.u8(28)
        architectureNumber = try fields.u8(29)
        typeNumber = try fields.u8(30)
        compressionNumber = try fields.u8(31)
        name = fields.text(32, limit: 32)
        try checkHeader(header, try fields.u32(4))
        try checkContent(bytes, try fields.u32(24), limits)
    }

    /// The checksum of the header is of a header with 0 in its place.
    private mutating func checkHeader(_ header: [UInt8], _ wanted: UInt32) throws(ArtifactProblem) {
        var blank = header
        blank.replaceSubrange(4..<8, with: [0, 0, 0, 0])
        if try CRC32.value(of: ArtifactBytes(blank)) != wanted {
            problems.append(.damaged("the checksum of its header is wrong"))
        }
    }

    private mutating func checkContent(
        _ bytes: ArtifactBytes,
        _ wanted: UInt32,
        _ limits: ArtifactLimits
    ) throws(ArtifactProblem) {
        guard bytes.has(size, at: Self.headerSize) else {
            problems.append(.truncated("content"))
            return
        }
        let content = bytes.window(at: Self.headerSize, count: size)
        let trailing = bytes.size - Self.headerSize - size
        if trailing > 0 { problems.append(ArtifactProblem(.trailingData, "\(trailing) bytes are behind its content")) }
        if try CRC32.value(of: content) != wanted {
            problems.append(.damaged("the checksum of its content is wrong"))
            return
        }
        guard limits.readsPayloads, type == "kernel" || type == "kernel_noload" else { return }
        banner = try banner(content, limits)
    }

    private mutating func banner(
        _ content: ArtifactBytes,
        _ limits: ArtifactLimits
    ) throws(ArtifactProblem) -> KernelBanner? {
        do throws(ArtifactProblem) {
            guard compressionNumber != 0 else {
                // What isn't compressed by U-Boot may be an image that unpacks itself.
                if let banner = try KernelBanner.search(content, limits) { return banner }
                return try KernelPayload.find(in: content, limits)?.banner
            }
            let format = CompressionFormat(beginning: try content.prefix(16))
            var payload = KernelPayload(format: format, offset: 0, size: content.size)
            try payload.unpack(content, limits)
            return payload.banner
        } catch {
            guard error.code != .unreadable else { throw error }
            problems.append(error)
            return nil
        }
    }
}
