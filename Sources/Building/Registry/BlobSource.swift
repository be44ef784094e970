import Glibc

/// Content that can be read from any offset as often as needed, so that an upload that broke off can be resumed.
package struct BlobSource: Sendable {
    /// Its size in bytes.
    package let size: Int64
    /// Reads some bytes from an offset; fewer only at the end.
    let read: @Sendable (_ offset: Int64, _ count: Int) throws(RegistryError) -> [UInt8]

    /// Makes a source of a closure that reads so many bytes from an offset, fewer only at the end.
    package init(size: Int64, read: @escaping @Sendable (Int64, Int) throws(RegistryError) -> [UInt8]) {
        self.size = size
        self.read = read
    }

    /// Content in memory.
    package init(_ bytes: [UInt8]) {
        self.init(size: Int64(bytes.count)) { offset, count in
            Array(bytes.dropFirst(Int(clamping: offset)).prefix(count))
        }
    }

    /// The content of a spool.
    init(_ spool: Spool) {
        self.init(size: spool.size) { offset, count throws(RegistryError) in try spool.read(offset, count) }
    }
}

/// Content in transit: in memory while it is small, else in a file without a name, which ends with this object.
final class Spool: Sendable {
    private let storage: Storage
    /// The bytes that are in it.
    let size: Int64

    private enum Storage: Sendable {
        case memory([UInt8])
        case file(Int32)
    }

    deinit {
        if case .file(let descriptor) = storage { close(descriptor) }
    }

    /// A spool with nothing in it.
    static let empty = Spool(memory: [])

    fileprivate init(memory: [UInt8]) {
        storage = .memory(memory)
        size = Int64(memory.count)
    }

    fileprivate init(file: Int32, size: Int64) {
        storage = .file(file)
        self.size = size
    }

    /// Reads some bytes from an offset; fewer only at the end.
    func read(_ offset: Int64, _ count: Int) throws(RegistryError) -> [UInt8] {
        switch storage {
        case .memory(let bytes): return Array(bytes.dropFirst(Int(clamping: offset)).prefix(count))
        case .file(let descriptor): return try read(descriptor, offset, count)
        }
    }

    private func read(_ descriptor: Int32, _ offset: Int64, _ count: Int) throws(RegistryError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(min(Int64(count), max(0, size - offset))))
        var filled = 0
        while filled < bytes.count {
            let left = bytes.count - filled
            let place = off_t(offset) + off_t(filled)
            let got = bytes.withUnsafeMutableBytes { buffer in
                buffer.baseAddress.map { pread(descriptor, $0 + filled, left, place) } ?? 0
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw RegistryError(.system, "a temporary file can't be read back") }
            filled += got
        }
        return bytes
    }
}

/// Writes a spool.
final class SpoolWriter {
    private let folder: String
    private let threshold: Int
    private var memory: [UInt8] = []
    private var file: Int32 = -1
    private var written: Int64 = 0

    /// Begins a spool, which moves to a file in this folder when it grows beyond the threshold.
    init(folder: String, threshold: Int = 4 << 20) {
        self.folder = folder
        self.threshold = threshold
    }

    deinit {
        if file >= 0 { close(file) }
    }

    /// Takes the next bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws(RegistryError) {
        written += Int64(bytes.count)
        guard file >= 0 || memory.count + bytes.count > threshold else {
            memory.append(contentsOf: bytes)
            return
        }
        if file < 0 {
            file = try NamelessFile.open(in: folder)
            let begun = memory
            memory = []
            try NamelessFile.write(begun, to: file, in: folder)
        }
        try store(bytes)
    }

    /// Takes the next bytes.
    func write(_ bytes: [UInt8]) throws(RegistryError) {
        if file < 0, memory.count + bytes.count <= threshold {
            written += Int64(bytes.count)
            memory += bytes
            return
        }
        var failure: RegistryError?
        bytes.withUnsafeBytes { buffer in
            do throws(RegistryError) { try write(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Ends the spool.
    func finish() -> Spool {
        guard file >= 0 else { return Spool(memory: memory) }
        let spool = Spool(file: file, size: written)
        file = -1
        return spool
    }

    private func store(_ bytes: UnsafeRawBufferPointer) throws(RegistryError) {
        try NamelessFile.write(bytes, to: file, in: folder)
    }
}
