/// What the header of an uncompressed kernel image says: that of arm64, riscv and loongarch.
///
/// The layouts are those of `Documentation/arch/arm64/booting.rst`, `Documentation/arch/riscv/boot-image-header.rst`
/// and `arch/loongarch/kernel/head.S` of the kernel.
package struct FlatImage: Sendable, Hashable {
    /// The architecture that the header is of.
    package var architecture: KernelArchitecture
    /// How far from the beginning of memory it wants to be, in bytes.
    package var textOffset: UInt64
    /// How many bytes of memory it takes, with what isn't in the file.
    package var imageSize: UInt64
    /// The flags as they stand.
    package var flags: UInt64
    /// Whether the kernel has the most significant byte first.
    package var isBigEndian: Bool
    /// The size of arm64's pages in bytes; nil where it isn't told.
    package var pageSize: Int?
    /// The version of riscv's header, its upper half before the point and its lower behind it.
    package var headerVersion: UInt32?
    /// What the kernel inside says of itself.
    package var banner: KernelBanner?
    /// What it is as a program of UEFI; nil where it is none.
    package var pe: PEFacts?
    /// What is wrong with it.
    package var problems: [ArtifactProblem] = []
}

extension FlatImage {
    /// What the header of an architecture has at 0x38.
    private static let magics: [(architecture: KernelArchitecture, bytes: [UInt8])] = [
        (.arm64, Array("ARM\u{64}".utf8)), (.riscv, Array("RSC\u{05}".utf8)), (.loongarch, [0xCD, 0x23, 0x82, 0x81]),
    ]

    /// The architecture of the image that a file begins as; nil where it begins as none.
    static func architecture(_ head: [UInt8]) -> KernelArchitecture? {
        let fields = FieldBytes(head, isBigEndian: false, "image header")
        // An image that unpacks itself by UEFI has the mark of loongarch, too.
        guard !ZbootImage.begins(head) else { return nil }
        return magics.first { fields.has($0.bytes, at: 0x38) }?.architecture
    }

    /// Reads an image.
    init(
        _ bytes: ArtifactBytes,
        _ architecture: KernelArchitecture,
        _ limits: ArtifactLimits
    ) throws(ArtifactProblem) {
        let fields = FieldBytes(try bytes.read(64, at: 0, "image header"), isBigEndian: false, "image header")
        self.architecture = architecture
        let isLoongarch = architecture == .loongarch
        textOffset = try fields.u64(isLoongarch ? 24 : 8)
        imageSize = try fields.u64(16)
        flags = isLoongarch ? 0 : try fields.u64(24)
        isBigEndian = flags & 1 == 1
        if architecture == .arm64 { pageSize = [nil, 4096, 16384, 65536][Int(flags >> 1 & 3)] }
        if architecture == .riscv { headerVersion = try fields.u32(32) }
        do throws(ArtifactProblem) {
            pe = try PEFacts(bytes)
        } catch {
            guard error.code != .unreadable else { throw error }
            problems.append(error)
        }
        if let pe, pe.end > bytes.size { problems.append(.truncated("sections")) }
        banner = try KernelBanner.search(bytes, limits)
        if banner == nil { problems.append(.damaged("there is no kernel's banner in it")) }
    }
}

extension KernelBanner {
    /// The first banner in bytes; nil where there is none in as many as are looked at.
    static func search(_ bytes: ArtifactBytes, _ limits: ArtifactLimits) throws(ArtifactProblem) -> KernelBanner? {
        var scanner = BannerScanner()
        try bytes.window(at: 0, count: limits.scannedBytes).forEachPiece { piece throws(ArtifactProblem) in
            piece.withUnsafeBytes { scanner.add($0) }
        }
        return scanner.finish()
    }

    /// The first banner in what an ELF file loads.
    static func search(
        _ bytes: ArtifactBytes,
        _ elf: ELFFacts,
        _ limits: ArtifactLimits
    ) throws(ArtifactProblem) -> KernelBanner? {
        var left = limits.scannedBytes
        for segment in elf.segments where segment.type == ELFSegment.load && left > 0 {
            let part = bytes.window(at: segment.offset, count: min(left, segment.fileSize))
            if let banner = try search(part, limits) { return banner }
            left -= part.size
        }
        return nil
    }
}
