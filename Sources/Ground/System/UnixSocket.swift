import Glibc

/// What a look at a socket's path found.
package enum SocketState: Sendable, Hashable {
    /// There is nothing.
    case missing
    /// There is something that is no socket.
    case notSocket
    /// It, or a directory above it, isn't ours to use; `group` is the group that may.
    case denied(group: String?)
    /// The file is there and nobody listens.
    case dead
    /// Somebody listens.
    case live
    /// The operating system refused with this errno.
    case failed(Int32)
}

/// Looks at Unix sockets without talking to them.
package enum UnixSocket {
    /// The longest path an address can hold, its NUL not counted.
    package static let longestPath = 107

    /// Connects and hangs up at once.
    ///
    /// Never waits: a listener whose queue is full is live.
    package static func probe(_ path: String) -> SocketState {
        var status = stat()
        guard stat(path, &status) == 0 else { return state(of: errno, path: path) }
        guard status.st_mode & S_IFMT == S_IFSOCK else { return .notSocket }
        switch connect(path) {
        case .success(let descriptor):
            close(descriptor)
            return .live
        case .failure(let failure):
            return state(of: failure.code, path: path)
        }
    }

    private static func state(of code: Int32, path: String) -> SocketState {
        switch code {
        case ENOENT, ENOTDIR: .missing
        case EACCES, EPERM: .denied(group: owningGroup(of: path))
        case ECONNREFUSED: .dead
        case EAGAIN, EINPROGRESS: .live
        default: .failed(code)
        }
    }

    /// A refusal of the operating system.
    package struct Refusal: Error {
        /// The errno.
        package let code: Int32
    }

    /// A connected, non-blocking socket.
    package static func connect(_ path: String) -> Result<Int32, Refusal> {
        guard var address = address(path) else { return .failure(Refusal(code: ENAMETOOLONG)) }
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { return .failure(Refusal(code: errno)) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else {
            let failure = Refusal(code: errno)
            close(descriptor)
            return .failure(failure)
        }
        return .success(descriptor)
    }

    /// Gives a socket its path; false, with errno, where that can't be.
    package static func bind(_ descriptor: Int32, to path: String) -> Bool {
        guard var address = address(path) else {
            errno = ENAMETOOLONG
            return false
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    private static func address(_ path: String) -> sockaddr_un? {
        let bytes = Array(path.utf8)
        guard bytes.count <= longestPath, !bytes.isEmpty else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }

    /// The group of the first thing on the way to the socket that says who may use it.
    private static func owningGroup(of path: String) -> String? {
        var current = path
        while current.count > 1 {
            var status = stat()
            if stat(current, &status) == 0 { return groupName(status.st_gid) }
            current = String(current[..<(current.lastIndex(of: "/") ?? current.startIndex)])
        }
        return nil
    }

    /// A group's name; its number where it has none.
    private static func groupName(_ id: gid_t) -> String {
        var entry = group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 64 << 10)
        guard getgrgid_r(id, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.gr_name else {
            return String(id)
        }
        return String(cString: name)
    }
}
