import CaissonBuildModel
import Glibc

/// What the file system says of a path.
enum FileFacts {
    /// What a path leads to, symbolic links followed.
    enum Kind: Equatable {
        case directory
        case regular(size: Int64)
        /// A pipe or a device, as `/dev/stdin` and `<(…)` are.
        case stream
        /// It isn't there, or not to be reached: the system's reason.
        case missing(Errno)
    }

    /// Looks a path up.
    static func kind(of path: String) -> Kind {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return .missing(Errno(errno)) }
        switch facts.st_mode & S_IFMT {
        case S_IFDIR: return .directory
        case S_IFREG: return .regular(size: Int64(facts.st_size))
        default: return .stream
        }
    }

    /// Why a path can't be used in the ways of `mode` (`R_OK`, `W_OK`, `X_OK`); nil when it can.
    static func refusal(of path: String, _ mode: CInt) -> Errno? {
        access(path, mode) == 0 ? nil : Errno(errno)
    }

    /// Whether a path is a symbolic link, dangling ones included, and where it leads.
    static func linkTarget(of path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Up to 10,000 names in a directory, sorted; none where it can't be read.
    static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < 10_000, let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The directory a path lies in, and its last name.
    static func split(_ path: String) -> (directory: String, name: String) {
        var trimmed = Substring(path)
        while trimmed.utf8.count > 1, trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        guard let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", String(trimmed)) }
        let directory = trimmed[..<slash]
        return (directory.isEmpty ? "/" : String(directory), String(trimmed[trimmed.utf8.index(after: slash)...]))
    }

    /// Two paths joined by one slash.
    static func join(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
    }

    /// The whole content of a regular file of at most `limit` bytes; a longer one fails with `EFBIG`.
    static func content(of path: String, limit: Int) throws(Errno) -> [UInt8] {
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else { throw Errno(errno) }
        defer { close(number) }
        var status = stat()
        guard fstat(number, &status) == 0 else { throw Errno(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Errno(EINVAL) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(number, &chunk, chunk.count)
            if count == 0 { return content }
            if count < 0 {
                if errno == EINTR { continue }
                throw Errno(errno)
            }
            guard content.count + count <= limit else { throw Errno(EFBIG) }
            content += chunk[..<count]
        }
    }
}
