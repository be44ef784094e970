import CaissonCArchive
import Glibc

/// What libarchive calls with the bytes it has made: a sink, and the error that the sink threw.
final class SinkCallback {
    /// The structure for libarchive; valid as long as this object is.
    let raw = UnsafeMutablePointer<carchive_sink>.allocate(capacity: 1)
    /// What the sink threw; after that it gets no more bytes.
    private(set) var failure: ArchiveError?
    private let sink: TarWriter.Sink

    init(_ sink: @escaping TarWriter.Sink) {
        self.sink = sink
        // Safety: whoever owns the archive holds this object until the archive is freed.
        raw.initialize(
            to: carchive_sink(context: Unmanaged.passUnretained(self).toOpaque()) { context, bytes, count in
                Unmanaged<SinkCallback>.fromOpaque(context).takeUnretainedValue()
                    .take(UnsafeRawBufferPointer(start: bytes, count: count))
            }
        )
    }

    deinit { raw.deallocate() }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        guard failure == nil else { return EIO }
        do throws(ArchiveError) {
            try sink(bytes)
            return 0
        } catch {
            failure = error
            return EIO
        }
    }
}
