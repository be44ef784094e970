/// What a kernel image says of itself as a program of UEFI: the header of a PE file.
package struct PEFacts: Sendable, Hashable {
    /// The machine's number in PE, such as 0x8664.
    package let machine: UInt16
    /// How many sections it has.
    package let sectionCount: Int
    /// Where the last of its sections ends in the file.
    package let end: Int
    /// Whether a signature for Secure Boot is in the file.
    package let isSigned: Bool

    private static let mostSections = 96

    /// Reads the header; nil where the file is no PE file.
    ///
    /// The layout is that of Microsoft's “PE Format”; the offset of the header is at 0x3C.
    init?(_ bytes: ArtifactBytes) throws(ArtifactProblem) {
        let dos = FieldBytes(try bytes.prefix(64), isBigEndian: false, "PE header")
        guard dos.has(Array("MZ".utf8), at: 0), dos.bytes.count == 64 else { return nil }
        let start = try dos.int32(0x3C)
        guard bytes.has(24, at: start) else { return nil }
        let coff = FieldBytes(try bytes.read(24, at: start, "PE header"), isBigEndian: false, "PE header")
        guard coff.has(Array("PE\0\0".utf8), at: 0) else { return nil }
        machine = try coff.u16(4)
        sectionCount = Int(try coff.u16(6))
        let optionalSize = Int(try coff.u16(20))
        guard sectionCount <= Self.mostSections else { throw .tooMany("PE sections", Self.mostSections) }
        let size = optionalSize + sectionCount * 40
        let table = FieldBytes(try bytes.read(size, at: start + 24, "PE header"), isBigEndian: false, "PE header")
        var end = 0
        for index in 0..<sectionCount {
            let base = optionalSize + index * 40
            end = max(end, try table.int32(base + 16) + table.int32(base + 20))
        }
        self.end = end
        isSigned = try Self.hasSignature(table, optionalSize)
    }

    /// The fifth of the data directories is that of certificates; they begin later in a header for 64 bits.
    private static func hasSignature(_ table: FieldBytes, _ size: Int) throws(ArtifactProblem) -> Bool {
        guard size >= 2 else { return false }
        let directories = try table.u16(0) == 0x20B ? 112 : 96
        guard size >= directories + 40 else { return false }
        return try table.u32(directories + 36) > 0
    }

    /// The architecture; nil for a machine that isn't known here.
    package var architecture: KernelArchitecture? {
        switch machine {
        case 0x8664: .x86_64
        case 0x14C: .i386
        case 0xAA64: .arm64
        case 0x1C0, 0x1C2, 0x1C4: .arm
        case 0x5032, 0x5064: .riscv
        case 0x6232, 0x6264: .loongarch
        default: nil
        }
    }
}
