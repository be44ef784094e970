import CaissonSystem
import Glibc

/// Reads the content of one file from its beginning to its end.
package final class FileReader {
    /// A good size of one read.
    package static let chunk = 512 * 1024

    /// The file's path under the root.
    package let path: [UInt8]
    /// The size that was announced for it.
    package let announcedSize: Int64
    /// How many bytes were read until now.
    package private(set) var bytesRead: Int64 = 0
    /// Whether the end was reached.
    package private(set) var isAtEnd = false
    private let descriptor: SharedDescriptor

    init(_ descriptor: SharedDescriptor, path: [UInt8], announcedSize: Int64) {
        self.descriptor = descriptor
        self.path = path
        self.announcedSize = announcedSize
    }

    /// Fills the buffer as far as the file goes, and returns the number of bytes; 0 at the end.
    /// - Parameter enough: Once this many bytes have come, no more is read; nil to read until the buffer is full.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer,
        enough: Int? = nil
    ) throws(BuildContextError) -> Int {
        var filled = 0
        while filled < enough ?? buffer.count, filled < buffer.count, !isAtEnd {
            let count = Glibc.read(descriptor.raw, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            if count < 0 {
                if errno == EINTR { continue }
                throw .failed("read", path, errno)
            }
            isAtEnd = count == 0
            filled += count
        }
        bytesRead += Int64(filled)
        return filled
    }

    /// Replaces the array's content with the next piece of the file, in the same storage; false at the end.
    package func read(into bytes: inout [UInt8], limit: Int = chunk) throws(BuildContextError) -> Bool {
        // A read asks for what a file of the announced size still has, and for one byte more to see that it ends there.
        let expected = max(announcedSize - bytesRead, 0) + 1
        let wanted = Int(min(Int64(max(limit, 1)), expected))
        if bytes.count != wanted { bytes = [UInt8](repeating: 0, count: wanted) }
        var failure: BuildContextError?
        let count = bytes.withUnsafeMutableBytes { buffer in
            do throws(BuildContextError) {
                return try read(into: buffer)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        bytes.removeLast(wanted - count)
        return count > 0
    }

    /// What is wrong with the size, known at the end: the file changed after it was announced.
    package var sizeProblem: BuildContextError? {
        guard isAtEnd, bytesRead != announcedSize else { return nil }
        return BuildContextError(
            .changed,
            "\(displayed(path)) changed during the build: it had \(announcedSize) bytes and now has \(bytesRead); build again"
        )
    }
}
