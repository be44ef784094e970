import Glibc

/// Linux's `O_PATH`, which Swift's Glibc module leaves out: opening needs no read permission on the directory.
private let pathOnly: Int32 = 0o10000000

/// A path that fits into a socket address, however long the original is.
///
/// `sun_path` holds 107 bytes. A longer path is reached through the descriptor of its directory, as
/// `/proc/self/fd/N/name`; so this value must outlive the connect.
struct ShortSocketPath: ~Copyable {
    /// The path to connect to.
    let path: String
    private let directory: Int32

    init(_ path: String, _ endpoint: Endpoint) throws(HTTPClientError) {
        guard path.utf8.count > 107 else {
            self.path = path
            directory = -1
            return
        }
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let name = path[path.index(after: slash)...]
        guard name.utf8.count <= 80 else {
            throw .init(.invalidEndpoint, "the socket's name is longer than 80 bytes — \(endpoint) — use a shorter one")
        }
        let opened = open(String(path[...slash]), pathOnly | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw .connect(errno, endpoint) }
        directory = opened
        self.path = "/proc/self/fd/\(opened)/\(name)"
    }

    deinit { if directory >= 0 { close(directory) } }

    /// Whether the path is valid only as long as this lives.
    var isTemporary: Bool { directory >= 0 }
}

/// Calls with the socket address of a path of at most 107 bytes.
func withUnixAddress<R>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { target in
        target.copyBytes(from: path.utf8.prefix(target.count - 1))
    }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            body(generic, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
