/// The parts of kernel images: what is around the kernel, and the kernel itself.
enum ImageParts {
    private static let unread: ArtifactLimits = {
        var limits = ArtifactLimits()
        limits.readsPayloads = false
        return limits
    }()

    static func addX86Image(_ bytes: ArtifactBytes, to parts: inout FileParts) throws(ArtifactProblem) {
        let image = try X86Image(bytes, unread)
        let start = (image.setupSectors + 1) * 512
        guard let payload = image.payload, bytes.has(payload.size, at: payload.offset) else {
            try add("setup code", bytes.window(at: 0, count: start), to: &parts)
            return try add("code behind the setup", bytes.window(at: start), to: &parts)
        }
        let end = try addKernel(payload, bytes, to: &parts)
        try add("setup code", bytes.window(at: 0, count: start), to: &parts)
        let before = bytes.window(at: start, count: payload.offset - start)
        try add("code before the kernel", before, .table, to: &parts)
        try add("end behind the kernel", bytes.window(at: end), .sum, to: &parts)
    }

    static func addZboot(_ bytes: ArtifactBytes, to parts: inout FileParts) throws(ArtifactProblem) {
        let payload = try ZbootImage(bytes, unread).payload
        guard bytes.has(payload.size, at: payload.offset) else { throw .truncated("compressed kernel") }
        let end = try addKernel(payload, bytes, to: &parts)
        try add("code before the kernel", bytes.window(at: 0, count: payload.offset), .side, to: &parts)
        try add("end behind the kernel", bytes.window(at: end), .side, to: &parts)
    }

    static func addArmImage(_ bytes: ArtifactBytes, to parts: inout FileParts) throws(ArtifactProblem) {
        guard let payload = try KernelPayload.find(in: bytes, ArtifactLimits()) else {
            throw .damaged("there is no compressed kernel in it")
        }
        _ = try addKernel(payload, bytes, to: &parts)
        try add("code before the kernel", bytes.window(at: 0, count: payload.offset), .side, to: &parts)
    }

    static func addUImage(_ bytes: ArtifactBytes, to parts: inout FileParts) throws(ArtifactProblem) {
        let header = try bytes.read(64, at: 0, "uImage header")
        try add("content", bytes.window(at: header.count), to: &parts)
        var time = FilePart(place: FilePlace(.part, "time"), bytes: bytes.window(at: 8, count: 4))
        time.cause = .time
        try parts.add(time)
        // It has sums of the content and of itself.
        try add("header", bytes.window(at: 0, count: header.count), .sum, to: &parts)
    }

    /// Adds the compressed kernel, without the size that the build puts behind all streams but gzip's.
    ///
    /// - Returns: Where it ends.
    private static func addKernel(
        _ payload: KernelPayload,
        _ bytes: ArtifactBytes,
        to parts: inout FileParts
    ) throws(ArtifactProblem) -> Int {
        parts.prefersCauses = true
        let size = try hasSize(payload, bytes) ? payload.size - 4 : payload.size
        try add("compressed kernel", bytes.window(at: payload.offset, count: size), to: &parts)
        return payload.offset + size
    }

    /// Whether the last four bytes can be the size of what is compressed.
    private static func hasSize(_ payload: KernelPayload, _ bytes: ArtifactBytes) throws(ArtifactProblem) -> Bool {
        guard let format = payload.format, format != .gzip, payload.size > 4 else { return false }
        let end = try bytes.read(4, at: payload.offset + payload.size - 4, "compressed kernel")
        let size = try FieldBytes(end, isBigEndian: false, "size of the kernel").int32(0)
        return size >= payload.size / 2 && size / 64 <= payload.size
    }

    private static func add(
        _ name: String,
        _ bytes: ArtifactBytes,
        _ weight: FilePart.Weight = .content,
        to parts: inout FileParts
    ) throws(ArtifactProblem) {
        // Only what begins behind the header of the image can be a file of its own.
        let mayHaveForm = ["compressed kernel", "content"].contains(name)
        let place = FilePlace(.part, name)
        try parts.add(FilePart(place: place, bytes: bytes, weight: weight, mayHaveForm: mayHaveForm))
    }
}
