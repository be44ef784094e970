import CaissonSystem
import Glibc

/// The names in one directory, in the order of their bytes, kept in one piece of memory.
struct DirectoryListing {
    /// The kind of a name, as far as it is known without reading the file's status.
    enum Kind { case directory, regular, other, unknown }

    private struct Item {
        /// The first eight bytes, which decide most comparisons without a look at the name.
        var key: UInt64
        var offset: UInt32
        var length: UInt16
        var type: UInt8
    }

    /// How many bytes of names one call asks the kernel for: about a thousand names.
    private static let bufferSize = 32 * 1024

    private var bytes: [UInt8] = []
    private var items: [Item] = []

    /// The number of names.
    var count: Int { items.count }

    /// Reads a directory that was just opened; one that was removed meanwhile has no names.
    init(of directory: SharedDescriptor, path: [UInt8]) throws(BuildContextError) {
        let failure = withUnsafeTemporaryAllocation(byteCount: Self.bufferSize, alignment: 8) { buffer -> Int32 in
            while true {
                let count = DirectoryCalls.read(directory.raw, buffer)
                if count > 0 { append(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
                if count == 0 { return 0 }
                if count < 0, errno != EINTR { return errno }
            }
        }
        guard failure == 0 || failure == ENOENT else { throw .failed("read directory", path, failure) }
        sort()
        // Up to half of the reserved memory may be unused, and would be held as long as the directory is walked.
        if items.count > 1024 {
            (bytes, items) = (bytes.withUnsafeBufferPointer(Array.init), items.withUnsafeBufferPointer(Array.init))
        }
    }

    /// Takes what the kernel gave: records of inode, position, length, kind and name (`struct linux_dirent64`).
    private mutating func append(_ records: UnsafeRawBufferPointer) {
        var at = 0
        while at + 19 < records.count {
            let length = Int(records.loadUnaligned(fromByteOffset: at + 16, as: UInt16.self))
            guard length > 19, at + length <= records.count else { return }
            let name = UnsafeRawBufferPointer(rebasing: records[(at + 19)..<(at + length)])
            append(name.prefix { $0 != 0 }, type: records[at + 18])
            at += length
        }
    }

    private mutating func append(_ name: Slice<UnsafeRawBufferPointer>, type: UInt8) {
        let dot = UInt8(ascii: ".")
        if name.first == dot, name.count == 1 || name.count == 2 && name[name.startIndex + 1] == dot { return }
        guard let start = UInt32(exactly: bytes.count), let size = UInt16(exactly: name.count), size > 0 else { return }
        var key: UInt64 = 0
        for byte in name.prefix(8) { key = key << 8 | UInt64(byte) }
        if name.count < 8 { key <<= UInt64(8 * (8 - name.count)) }
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: name))
        bytes.append(0)
        items.append(Item(key: key, offset: start, length: size, type: type))
    }

    private mutating func sort() {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return }
            items.sort {
                $0.key != $1.key ? $0.key < $1.key : strcmp(base + Int($0.offset), base + Int($1.offset)) < 0
            }
        }
    }

    /// Whether a name is a directory, according to the directory's own record.
    func kind(at index: Int) -> Kind {
        switch Int(items[index].type) {
        case Int(DT_DIR): .directory
        case Int(DT_REG): .regular
        case Int(DT_UNKNOWN): .unknown
        default: .other
        }
    }

    /// Appends a name to a path.
    func appendName(at index: Int, to path: inout [UInt8]) {
        let item = items[index]
        bytes.withUnsafeBytes { bytes in
            let end = Int(item.offset) + Int(item.length)
            path.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[Int(item.offset)..<end]))
        }
    }

    /// Calls with a name as a C string.
    func withName<Result>(at index: Int, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        bytes.withUnsafeBytes { bytes in
            let name = UnsafeRawBufferPointer(rebasing: bytes[Int(items[index].offset)...])
            // A name and its NUL are always there, so the memory has an address.
            return name.assumingMemoryBound(to: CChar.self).baseAddress.map(body) ?? "".withCString(body)
        }
    }
}

/// The C library's function `getdents64`, looked up by name, because the Glibc module leaves it out.
private enum DirectoryCalls {
    typealias Read = @Sendable @convention(c) (Int32, UnsafeMutableRawPointer?, Int) -> Int

    private static let call: Read? = dlsym(nil, "getdents64").map { unsafeBitCast($0, to: Read.self) }

    /// Reads the next records of a directory; 0 at the end, -1 with `errno` for a failure.
    static func read(_ directory: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let call else {
            errno = ENOSYS
            return -1
        }
        return call(directory, buffer.baseAddress, buffer.count)
    }
}
