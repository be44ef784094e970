import CaissonSystem
import Glibc

/// The whole lines of a file that may grow, one after another, in bounded memory.
struct JournalLines: Sendable {
    /// How much is read at once.
    private static let chunk = 64 << 10

    let file: SharedDescriptor
    private let path: String
    private var position: off_t = 0
    private var buffer: [UInt8] = []
    /// Where the next line begins in the buffer.
    private var start = 0
    /// Where the search for its end goes on.
    private var searched = 0
    /// Whether the line that the buffer ends with is too long and is passed over.
    private var isPassing = false

    /// Reads a file that is open.
    init(_ file: SharedDescriptor, path: String) {
        self.file = file
        self.path = path
    }

    /// The next line without its end; nil where there is no whole one for now.
    mutating func next() throws(HistoryError) -> ArraySlice<UInt8>? {
        while true {
            if let end = lineEnd {
                let line = buffer[start..<end]
                start = end + 1
                searched = start
                if !isPassing { return line }
                isPassing = false
            } else if try !readMore() {
                return nil
            }
        }
    }

    /// Where the next line ends; nil where its end isn't in the buffer.
    private var lineEnd: Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let found = memchr(base + searched, 0x0A, bytes.count - searched) else {
                return nil
            }
            return UnsafeRawPointer(found) - base
        }
    }

    /// Reads on behind what there is of a line; false where the file ends.
    private mutating func readMore() throws(HistoryError) -> Bool {
        var result = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: Self.chunk) { bytes, count in
            result = file.read(into: UnsafeMutableRawBufferPointer(bytes), at: position)
            count = max(result, 0)
        }
        guard result >= 0 else { throw HistoryError(errno: Int32(clamping: -result), "\(path) can't be read") }
        guard result > 0 else { return false }
        position += off_t(result)
        buffer.removeSubrange(..<start)
        start = 0
        if isPassing || buffer.count > JournalLimit.line {
            isPassing = true
            buffer.removeAll(keepingCapacity: true)
        }
        searched = buffer.count
        buffer.append(contentsOf: chunk)
        return true
    }
}

extension SharedDescriptor {
    /// Reads bytes from a place on; how many, or the error's number below zero.
    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: off_t) -> Int {
        while true {
            let count = pread(raw, bytes.baseAddress, bytes.count, offset)
            if count >= 0 { return count }
            if errno != EINTR { return -Int(errno) }
        }
    }
}
