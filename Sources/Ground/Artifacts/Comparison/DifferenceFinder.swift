/// Explains where two files differ: by the parts of their form, and by the parts within these.
struct DifferenceFinder {
    /// How many bytes may be unpacked yet, for all that a pair of files has within it.
    final class Budget {
        var unpackedBytes: Int
        init(_ limits: ComparisonLimits) { unpackedBytes = limits.unpackedBytes }
    }

    private static let textHead = 4096

    private let limits: ComparisonLimits
    private let budget: Budget

    init(_ limits: ComparisonLimits) {
        self.limits = limits
        budget = Budget(limits)
    }

    /// The difference; nil where all bytes are equal.
    ///
    /// - Throws: `unreadable` where the system can't read a file, or `truncated` where one shrinks meanwhile.
    func difference(
        _ first: ArtifactBytes,
        _ second: ArtifactBytes,
        depth: Int = 0
    ) throws(ArtifactProblem) -> FileDifference? {
        guard let offset = try ByteComparison.firstDifference(first, second) else { return nil }
        guard depth < limits.depth else { return try plain(first, second, at: offset) }
        do throws(ArtifactProblem) {
            if let difference = try inner(first, second, depth) { return difference }
        } catch {
            // What is damaged, too large or unknown still has a first byte that differs.
            guard error.code != .unreadable else { throw error }
        }
        return try plain(first, second, at: offset)
    }

    /// The difference by the form of both; nil where the form tells none.
    private func inner(
        _ first: ArtifactBytes,
        _ second: ArtifactBytes,
        _ depth: Int
    ) throws(ArtifactProblem) -> FileDifference? {
        let form = try ComparedForm(first)
        guard try form == ComparedForm(second) else { return nil }
        if case .compressed(let format) = form { return try compressed(first, second, format, depth) }
        guard let parts = try form.parts(of: first, limits), let others = try form.parts(of: second, limits) else {
            return nil
        }
        var comparison = PartsComparison(parts, others, size: max(first.size, second.size))
        return try comparison.difference { part, other throws(ArtifactProblem) in
            try difference(part.bytes, other.bytes, depth: part.mayHaveForm ? depth + 1 : .max)
        }
    }

    /// The first byte that differs, and what is around it.
    private func plain(
        _ first: ArtifactBytes,
        _ second: ArtifactBytes,
        at offset: Int
    ) throws(ArtifactProblem) -> FileDifference {
        let isLength = offset == min(first.size, second.size)
        var difference = FileDifference(isLength ? .length(first.size, second.size) : .content, offset: offset)
        let context = try DifferenceContext(first, second, at: offset)
        let isText = try Self.isText(first, second)
        if isText { difference.line = try 1 + ByteComparison.count(0x0A, in: first, before: offset) }
        difference.excerpt = context.excerpt(isLine: isText)
        difference.cause = CauseFinder(context).cause
        return difference
    }

    /// Whether both begin as texts with lines.
    private static func isText(_ first: ArtifactBytes, _ second: ArtifactBytes) throws(ArtifactProblem) -> Bool {
        let heads = [try first.prefix(textHead), try second.prefix(textHead)]
        let isText = { (byte: UInt8) in byte >= 0x80 || (9...13).contains(byte) || DifferenceContext.isText(byte) }
        return heads.contains { $0.contains(0x0A) } && heads.allSatisfy { $0.allSatisfy(isText) }
    }
}

extension DifferenceFinder {
    private struct Unpacked {
        var bytes: ArtifactBytes
        var isWhole: Bool
    }

    private func compressed(
        _ first: ArtifactBytes,
        _ second: ArtifactBytes,
        _ format: CompressionFormat,
        _ depth: Int
    ) throws(ArtifactProblem) -> FileDifference? {
        let contents = (try unpacked(first, format), try unpacked(second, format))
        let isWhole = contents.0.isWhole && contents.1.isWhole
        if let difference = try difference(contents.0.bytes, contents.1.bytes, depth: depth + 1) {
            guard !isWhole else { return difference.within(FilePlace(.unpacked, format.rawValue)) }
            // What is told by three bytes need not be a stream, and where one ends early, the content tells nothing.
            if case .length = difference.kind, difference.place.isEmpty { return nil }
            return format == .lzma ? nil : difference.within(FilePlace(.unpacked, format.rawValue))
        }
        guard isWhole, let offset = try ByteComparison.firstDifference(first, second) else { return nil }
        var difference = FileDifference(.compression, offset: offset)
        if format == .gzip, try GzipHeader.has(offset, first) { difference.cause = .gzipHeader }
        return difference
    }

    private func take(_ piece: UnsafeRawBufferPointer, into spool: inout Spool) throws(ArtifactProblem) {
        budget.unpackedBytes -= piece.count
        guard budget.unpackedBytes >= 0 else { throw .tooMany("bytes unpacked", limits.unpackedBytes) }
        try spool.add(piece)
    }

    private func unpacked(_ bytes: ArtifactBytes, _ format: CompressionFormat) throws(ArtifactProblem) -> Unpacked {
        var spool = Spool(limits)
        var failure: ArtifactProblem?
        var isWhole = true
        do throws(ArtifactProblem) {
            try Unpacking.forEachPiece(of: bytes, format) { piece in
                do throws(ArtifactProblem) {
                    try take(piece, into: &spool)
                } catch {
                    failure = error
                }
                return failure == nil
            }
        } catch {
            guard error.code == .damaged else { throw error }
            isWhole = false
        }
        if let failure { throw failure }
        return Unpacked(bytes: try spool.content(), isWhole: isWhole)
    }
}

/// The header of a gzip stream, RFC 1952.
enum GzipHeader {
    private static let longestName = 4096

    /// Whether a place is in the time of the header, or in the name of the file.
    static func has(_ offset: Int, _ bytes: ArtifactBytes) throws(ArtifactProblem) -> Bool {
        if (4..<8).contains(offset) { return true }
        let header = try bytes.prefix(10 + longestName)
        // Only a name, and no extra field before it.
        guard header.count > 10, header[3] & 0x0C == 0x08, offset >= 10 else { return false }
        let end = header[10...].firstIndex(of: 0) ?? header.count
        return offset <= end
    }
}
