import Glibc

/// The names in one directory, in the order of their bytes, kept in one piece of memory.
struct DirectoryListing {
    /// What is known of a name without asking for the file's status.
    enum Kind { case directory, other, unknown }

    private struct Item {
        var offset: UInt32
        var length: UInt16
        var type: UInt8
    }

    private var bytes: [CChar] = []
    private var items: [Item] = []

    /// The number of names.
    var count: Int { items.count }

    /// Reads a directory that was just opened; one that was removed meanwhile has no names.
    init(of directory: Descriptor, path: [UInt8]) throws(BuildContextError) {
        let copy = fcntl(directory.raw, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .failed("read directory", path, errno) }
        guard let stream = fdopendir(copy) else {
            let number = errno
            close(copy)
            throw .failed("read directory", path, number)
        }
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let item = readdir(stream) else { break }
            append(item)
        }
        guard errno == 0 || errno == ENOENT else { throw .failed("read directory", path, errno) }
        sort()
    }

    private mutating func append(_ item: UnsafeMutablePointer<dirent>) {
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return }
        let name = UnsafeRawPointer(item).advanced(by: offset).assumingMemoryBound(to: CChar.self)
        let length = strlen(name)
        if strcmp(name, ".") == 0 || strcmp(name, "..") == 0 { return }
        guard let start = UInt32(exactly: bytes.count), let size = UInt16(exactly: length) else { return }
        bytes.append(contentsOf: UnsafeBufferPointer(start: name, count: length + 1))
        items.append(Item(offset: start, length: size, type: item.pointee.d_type))
    }

    private mutating func sort() {
        bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            items.sort { strcmp(base + Int($0.offset), base + Int($1.offset)) < 0 }
        }
    }

    /// Whether a name is a directory, as far as the directory tells.
    func kind(at index: Int) -> Kind {
        switch Int(items[index].type) {
        case Int(DT_DIR): .directory
        case Int(DT_UNKNOWN): .unknown
        default: .other
        }
    }

    /// Appends a name to a path.
    func appendName(at index: Int, to path: inout [UInt8]) {
        let item = items[index]
        for byte in bytes[Int(item.offset)..<(Int(item.offset) + Int(item.length))] {
            path.append(UInt8(bitPattern: byte))
        }
    }

    /// Calls with a name as a C string.
    func withName<Result>(at index: Int, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        bytes[Int(items[index].offset)...].withUnsafeBufferPointer { name in
            // A name and its NUL are always there, so there is an address.
            name.baseAddress.map(body) ?? "".withCString(body)
        }
    }
}
