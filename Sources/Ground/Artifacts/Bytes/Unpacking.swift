import CaissonArchive

/// Unpacks compressed bytes, in pieces or whole.
enum Unpacking {
    /// Goes through the content of a compressed stream until the closure returns false.
    ///
    /// - Throws: A problem where the stream is damaged, cut or can't be unpacked; the pieces before were given then.
    static func forEachPiece(
        of bytes: ArtifactBytes,
        _ format: CompressionFormat,
        _ body: (UnsafeRawBufferPointer) -> Bool
    ) throws(ArtifactProblem) {
        guard let filter = format.filter else { throw unsupported(format) }
        let cursor = ByteCursor(bytes)
        do throws(ArchiveError) {
            var stream = try Decompressor.open(filter) { () throws(ArchiveError) in try cursor.next() }
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
            defer { buffer.deallocate() }
            while true {
                let count = try stream.read(into: buffer)
                guard count > 0, body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { break }
            }
        } catch {
            throw cursor.failure ?? problem(error, format)
        }
    }

    /// What was unpacked of a stream, and why there is no more of it.
    struct Content {
        var bytes: [UInt8] = []
        var problem: ArtifactProblem?
    }

    /// The whole content, at most so many bytes.
    ///
    /// - Parameter isWanted: Whether more than a head of that size is wanted, told by the head or all there is.
    static func content(
        of bytes: ArtifactBytes,
        _ format: CompressionFormat,
        limit: Int,
        head: Int,
        isWanted: ([UInt8]) -> Bool
    ) -> Content {
        var content = Content()
        var isTooLarge = false
        var isJudged = false
        do throws(ArtifactProblem) {
            try forEachPiece(of: bytes, format) { piece in
                isTooLarge = piece.count > limit - content.bytes.count
                if isTooLarge { return false }
                content.bytes.append(contentsOf: piece)
                guard !isJudged, content.bytes.count >= head else { return true }
                isJudged = true
                return isWanted(content.bytes)
            }
        } catch {
            content.problem = error
        }
        if isTooLarge {
            content.problem = ArtifactProblem(.limitExceeded, "it has more than \(limit) bytes unpacked; refused")
        }
        return content
    }

    static func problem(_ error: ArchiveError, _ format: CompressionFormat) -> ArtifactProblem {
        switch error.code {
        case .libraryMissing: unsupported(format)
        case .limitExceeded: ArtifactProblem(.limitExceeded, error.message)
        // libarchive has the same error for a stream that was cut as for one that was changed.
        default: .damaged("it is damaged or cut: \(error.message)")
        }
    }

    static func unsupported(_ format: CompressionFormat) -> ArtifactProblem {
        ArtifactProblem(.unsupportedCompression, "it is compressed by \(format.rawValue), which can't be unpacked here")
    }
}
