/// A kernel image that is a program of UEFI and unpacks itself: `drivers/firmware/efi/libstub/zboot-header.S`.
package struct ZbootImage: Sendable, Hashable {
    /// What it is compressed by, in the build's own word, such as `gzip` or `zstd22`.
    package var compression: String
    /// The kernel inside.
    package var payload: KernelPayload
    /// What it is as a program of UEFI, which names the architecture.
    package var pe: PEFacts?
    /// What is wrong with it.
    package var problems: [ArtifactProblem] = []
}

extension ZbootImage {
    /// Whether a file begins as such an image: `zimg` behind the mark of a DOS program.
    static func begins(_ head: [UInt8]) -> Bool { head.starts(with: Array("MZ\0\0zimg".utf8)) }

    /// Reads an image.
    init(_ bytes: ArtifactBytes, _ limits: ArtifactLimits) throws(ArtifactProblem) {
        let fields = FieldBytes(try bytes.read(64, at: 0, "image header"), isBigEndian: false, "image header")
        compression = fields.text(0x18, limit: 32)
        let offset = try fields.int32(8)
        let format = CompressionFormat(beginning: try bytes.prefix(16, at: offset))
        payload = KernelPayload(format: format, offset: offset, size: try fields.int32(12))
        do throws(ArtifactProblem) {
            pe = try PEFacts(bytes)
            guard bytes.has(payload.size, at: offset) else { throw .truncated("compressed kernel") }
            guard limits.readsPayloads else { return }
            try payload.unpack(bytes, limits)
            if payload.banner == nil { throw .damaged("there is no kernel's banner in its compressed kernel") }
        } catch {
            guard error.code != .unreadable else { throw error }
            problems.append(error)
        }
    }
}
