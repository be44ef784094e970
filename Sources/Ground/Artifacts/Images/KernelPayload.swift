/// The kernel inside an image that unpacks itself.
package struct KernelPayload: Sendable, Hashable {
    /// How it is compressed; nil for a way that isn't known here.
    package var format: CompressionFormat?
    /// Where in the file it begins.
    package var offset: Int
    /// How many bytes it has in the file.
    package var size: Int
    /// How many bytes were unpacked; nil where it wasn't unpacked.
    package var unpackedSize: Int?
    /// The banner of the kernel inside.
    package var banner: KernelBanner?
    /// What the kernel inside is for, where it is an ELF file, as on x86.
    package var machine: ELFMachine?
}

extension KernelPayload {
    /// Unpacks a payload, and keeps of it what is told.
    ///
    /// The kernel's build puts the size behind all streams but gzip's, in four bytes that make some filters fail.
    ///
    /// - Throws: A problem where nothing, or too little of it, can be unpacked.
    mutating func unpack(_ bytes: ArtifactBytes, _ limits: ArtifactLimits) throws(ArtifactProblem) {
        guard let format else {
            throw ArtifactProblem(.unsupportedCompression, "its kernel is compressed in a way that isn't known")
        }
        if format != .gzip, size > 4 {
            let isWhole = (try? unpack(bytes.window(at: offset, count: size - 4), format, limits)) != nil
            if isWhole, banner != nil { return }
        }
        try unpack(bytes.window(at: offset, count: size), format, limits)
    }

    /// Goes through one stream; once there is a banner, the rest isn't needed, and its failure isn't told.
    private mutating func unpack(
        _ stream: ArtifactBytes,
        _ format: CompressionFormat,
        _ limits: ArtifactLimits
    ) throws(ArtifactProblem) {
        var head: [UInt8] = []
        var scanner = BannerScanner()
        var total = 0
        var failure: ArtifactProblem?
        do throws(ArtifactProblem) {
            try Unpacking.forEachPiece(of: stream, format) { piece in
                if head.count < 64 { head += piece.prefix(64 - head.count) }
                total += piece.count
                _ = scanner.add(piece)
                return total < limits.payloadBytes
            }
        } catch {
            failure = error
        }
        banner = scanner.finish()
        unpackedSize = total
        machine = Self.machine(head)
        if let failure, banner == nil { throw failure }
    }

    private static func machine(_ head: [UInt8]) -> ELFMachine? {
        guard head.starts(with: ELFReader.magic), head.count >= 20 else { return nil }
        let fields = FieldBytes(head, isBigEndian: head[5] == 2, "ELF header")
        return (try? fields.u16(18)).map { ELFMachine($0) }
    }

    /// Looks for a payload in an image that doesn't say where it is: the first stream that a kernel comes out of.
    ///
    /// Only some beginnings of streams are tried, as most by far are none, and all together give no more than one may.
    static func find(in bytes: ArtifactBytes, _ limits: ArtifactLimits) throws(ArtifactProblem) -> KernelPayload? {
        var limits = limits
        for place in try beginnings(in: bytes, limits).prefix(mostAttempts) where limits.payloadBytes > 0 {
            var payload = KernelPayload(format: place.format, offset: place.offset, size: bytes.size - place.offset)
            guard place.format.filter != nil else { return payload }
            let isUnpacked = (try? payload.unpack(bytes, limits)) != nil
            if isUnpacked, payload.banner != nil { return payload }
            limits.payloadBytes -= payload.unpackedSize ?? 0
        }
        return nil
    }

    private static let mostAttempts = 32

    /// Where streams may begin, in order; those of the older format of xz are too short to be looked for.
    private static func beginnings(
        in bytes: ArtifactBytes,
        _ limits: ArtifactLimits
    ) throws(ArtifactProblem) -> [(offset: Int, format: CompressionFormat)] {
        let content = try bytes.prefix(min(limits.unpackedBytes, 64 << 20))
        var found: [(offset: Int, format: CompressionFormat)] = []
        content.withUnsafeBytes { content in
            for (format, beginning) in CompressionFormat.beginnings where format != .lzma {
                var start = 0
                while found.count < 1024,
                    let place = BannerScanner.place(
                        of: beginning,
                        in: UnsafeRawBufferPointer(rebasing: content[start...])
                    )
                {
                    found.append((start + place, format))
                    start += place + 1
                }
            }
        }
        return found.sorted { $0.offset < $1.offset }
    }
}
