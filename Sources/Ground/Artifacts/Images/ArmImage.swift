/// What the header of a 32-bit ARM zImage says: `arch/arm/boot/compressed/head.S` of the kernel.
package struct ArmImage: Sendable, Hashable {
    /// Where it begins; 0 where it can run at any address.
    package var start: UInt32
    /// Where it ends.
    package var end: UInt32
    /// Whether its data has the most significant byte first.
    package var isBigEndian: Bool
    /// The kernel inside; nil where none was found.
    package var payload: KernelPayload?
    /// How many bytes are behind its end, such as of a device tree that was put there.
    package var trailingBytes: Int
    /// What is wrong with it.
    package var problems: [ArtifactProblem] = []
}

extension ArmImage {
    private static let magic: UInt32 = 0x016F_2818

    /// Whether a file begins as such an image, and with which order of bytes; nil where it doesn't.
    static func byteOrder(_ head: [UInt8]) -> Bool? {
        [false, true].first { isBig in (try? FieldBytes(head, isBigEndian: isBig, "zImage").u32(0x24)) == magic }
    }

    /// Reads an image.
    init(_ bytes: ArtifactBytes, isBigEndian: Bool, _ limits: ArtifactLimits) throws(ArtifactProblem) {
        let fields = FieldBytes(try bytes.prefix(0x34), isBigEndian: isBigEndian, "zImage header")
        start = try fields.u32(0x28)
        end = try fields.u32(0x2C)
        self.isBigEndian = isBigEndian
        let size = Int(end) - Int(start)
        trailingBytes = max(0, bytes.size - max(0, size))
        if size <= 0x34 { problems.append(.damaged("it ends at \(end) and begins at \(start)")) }
        if size > bytes.size { problems.append(.truncated("kernel")) }
        guard limits.readsPayloads, size > 0x34 else { return }
        payload = try KernelPayload.find(in: bytes.window(at: 0, count: size), limits)
        if payload == nil { problems.append(.damaged("no compressed kernel was found in it")) }
        if let format = payload?.format, format.filter == nil {
            let text = "its kernel is compressed by \(format.rawValue), which can't be unpacked here"
            problems.append(ArtifactProblem(.unsupportedCompression, text))
        }
    }
}
