import CaissonText

/// What the header of an x86 kernel image says: the boot protocol of `Documentation/arch/x86/boot.rst` of the kernel.
package struct X86Image: Sendable, Hashable {
    /// The version of the protocol: 0x020F is 2.15.
    package var protocolVersion: UInt16
    /// The kernel's own text: release, builder, version and time; nil where there is none.
    package var versionText: String?
    /// How many sectors of 512 bytes the code for real mode has, the first one not counted.
    package var setupSectors: Int
    /// Whether the kernel runs above 1 MiB: a bzImage, and no zImage.
    package var isLoadedHigh: Bool
    /// Whether it can be begun in 64 bits (`XLF_KERNEL_64`).
    package var is64Bit: Bool
    /// Whether it can be loaded above 4 GiB.
    package var isLoadableAbove4GiB: Bool
    /// How much memory it needs to begin, in bytes; nil before protocol 2.10.
    package var initSize: Int?
    /// The kernel inside; nil before protocol 2.08.
    package var payload: KernelPayload?
    /// What it is as a program of UEFI; nil where it is none.
    package var pe: PEFacts?
    /// What is wrong with it.
    package var problems: [ArtifactProblem] = []

    /// The kernel's release: the first word of its text.
    package var release: String? { versionText.flatMap { $0.pieces(at: " ").first }.flatMap { $0.isEmpty ? nil : $0 } }

    /// The architecture that it says to be for.
    package var architecture: KernelArchitecture { is64Bit ? .x86_64 : .i386 }
}

extension X86Image {
    private static let headerSize = 0x268
    private static let longestVersion = 1024

    /// Whether a file begins as such an image: `HdrS` at 0x202 and the mark of a boot sector.
    static func begins(_ head: [UInt8]) -> Bool {
        let fields = FieldBytes(head, isBigEndian: false, "boot header")
        return fields.has(Array("HdrS".utf8), at: 0x202) && fields.has([0x55, 0xAA], at: 0x1FE)
    }

    /// Reads an image.
    init(_ bytes: ArtifactBytes, _ limits: ArtifactLimits) throws(ArtifactProblem) {
        let fields = FieldBytes(try bytes.prefix(Self.headerSize), isBigEndian: false, "boot header")
        protocolVersion = try fields.u16(0x206)
        // 0 stands for 4, for the sake of old loaders.
        let sectors = Int(try fields.u8(0x1F1))
        setupSectors = sectors == 0 ? 4 : sectors
        isLoadedHigh = try fields.u8(0x211) & 1 == 1
        let loadFlags = protocolVersion >= 0x020C ? try fields.u16(0x236) : 0
        is64Bit = loadFlags & 1 == 1
        isLoadableAbove4GiB = loadFlags & 2 == 2
        initSize = protocolVersion >= 0x020A ? try fields.int32(0x260) : nil
        let start = (setupSectors + 1) * 512
        try readVersion(bytes, at: Int(try fields.u16(0x20E)), start)
        // In units of 16 bytes; before 2.04 only its lower half is meant.
        let code = protocolVersion >= 0x0204 ? try fields.int32(0x1F4) : Int(try fields.u16(0x1F4))
        if !bytes.has(code * 16, at: start) { problems.append(.truncated("protected-mode code")) }
        try note { image throws(ArtifactProblem) in image.pe = try PEFacts(bytes) }
        guard protocolVersion >= 0x0208 else { return }
        try note { image throws(ArtifactProblem) in
            try image.readPayload(bytes, (try fields.int32(0x248), try fields.int32(0x24C), start), limits)
        }
    }

    private mutating func note(
        _ step: (inout X86Image) throws(ArtifactProblem) -> Void
    ) throws(ArtifactProblem) {
        do throws(ArtifactProblem) {
            try step(&self)
        } catch {
            guard error.code != .unreadable else { throw error }
            problems.append(error)
        }
    }

    private mutating func readVersion(_ bytes: ArtifactBytes, at pointer: Int, _ start: Int) throws(ArtifactProblem) {
        guard pointer != 0 else { return }
        // It stands in the setup code, and the pointer counts from 0x200.
        guard pointer + 0x200 < start else {
            problems.append(.damaged("the pointer to its version is outside its setup code"))
            return
        }
        let text = try bytes.prefix(Self.longestVersion, at: pointer + 0x200)
        versionText = FieldBytes(text, isBigEndian: false, "version").text(0, limit: text.count)
    }

    private mutating func readPayload(
        _ bytes: ArtifactBytes,
        _ place: (offset: Int, size: Int, start: Int),
        _ limits: ArtifactLimits
    ) throws(ArtifactProblem) {
        guard place.size > 0 else { return }
        let offset = place.start + place.offset
        let format = CompressionFormat(beginning: try bytes.prefix(16, at: offset))
        var payload = KernelPayload(format: format, offset: offset, size: place.size)
        defer { self.payload = payload }
        guard bytes.has(place.size, at: offset) else { throw .truncated("compressed kernel") }
        if limits.readsPayloads { try payload.unpack(bytes, limits) }
        if payload.unpackedSize != nil, payload.banner == nil {
            throw .damaged("there is no kernel's banner in its compressed kernel")
        }
    }
}
