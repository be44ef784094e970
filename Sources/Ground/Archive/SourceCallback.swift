import CaissonCArchive

/// What libarchive calls for the bytes that it reads: a source, and the error that the source threw.
final class SourceCallback {
    /// The structure for libarchive; valid as long as this object is.
    let raw = UnsafeMutablePointer<carchive_source>.allocate(capacity: 1)
    /// What the source threw; after that it isn't asked any more.
    private(set) var failure: ArchiveError?
    /// How many bytes were taken so far.
    private(set) var consumed: Int64 = 0
    private let source: TarReader.Source
    /// What libarchive looks at.
    private var buffer: UnsafeMutableRawBufferPointer?

    init(_ source: @escaping TarReader.Source) {
        self.source = source
        // Safety: whoever owns the archive holds this object until the archive is freed.
        raw.initialize(
            to: carchive_source(context: Unmanaged.passUnretained(self).toOpaque()) { context, bytes in
                Unmanaged<SourceCallback>.fromOpaque(context).takeUnretainedValue().next(bytes)
            }
        )
    }

    deinit {
        raw.deallocate()
        buffer?.deallocate()
    }

    /// Copies the next bytes to storage that stays valid until the next call.
    private func next(_ bytes: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        guard failure == nil else { return -1 }
        do throws(ArchiveError) {
            let next = try source()
            if (buffer?.count ?? 0) < next.count {
                buffer?.deallocate()
                buffer = .allocate(byteCount: next.count, alignment: 16)
            }
            buffer?.copyBytes(from: next)
            bytes.pointee = buffer.map { UnsafeRawPointer($0.baseAddress) } ?? nil
            consumed += Int64(next.count)
            return next.count
        } catch {
            failure = error
            return -1
        }
    }
}
