import CaissonText
import Glibc

/// What the file system says of a path, and how paths are taken apart and put together.
package enum PathFacts {
    /// What a path leads to, symbolic links followed.
    package enum Kind: Sendable, Equatable {
        case directory
        case regular(size: Int64)
        /// A pipe, a device, or a file that is open already, as `/dev/stdin`, `/dev/fd/3` and `<(…)` are: it is read and
        /// written by that name, which leads nowhere else.
        case stream
        /// It isn't there, or not to be reached: the system's reason.
        case missing(Errno)
    }

    /// Looks a path up.
    package static func kind(of path: String) -> Kind {
        var facts = stat()
        guard stat(path.cPath, &facts) == 0 else { return .missing(.last) }
        switch facts.st_mode & S_IFMT {
        case S_IFDIR: return .directory
        // Only through a link can a file have been opened before.
        case S_IFREG where linkTarget(of: path) != nil && isOpenFile(followed(path)): return .stream
        case S_IFREG: return .regular(size: Int64(facts.st_size))
        default: return .stream
        }
    }

    /// Why a path can't be used in the ways of `mode` (`R_OK`, `W_OK`, `X_OK`); nil when it can.
    package static func refusal(of path: String, _ mode: Int32) -> Errno? {
        access(path.cPath, mode) == 0 ? nil : .last
    }

    /// Where a symbolic link leads, dangling ones included; nil for what is no link.
    package static func linkTarget(of path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = readlink(path.cPath, &buffer, buffer.count)
        return count < 0 ? nil : String(pathBytes: buffer.prefix(count))
    }

    /// Where a path's last name leads through symbolic links; it need not be there.
    ///
    /// Links in `/proc` are left to the system, as they stand for what is open.
    package static func followed(_ path: String) -> String {
        var path = path
        for _ in 0..<40 {
            guard let target = linkTarget(of: path), !isOpenFile(path) else { break }
            path = target.hasPrefix("/") ? target : join(split(path).directory, target)
        }
        return path
    }

    /// Whether a path is a link of `/proc`, whatever leads there: what it stands for need not have a name.
    package static func isOpenFile(_ path: String) -> Bool {
        guard let directory = realpath(split(path).directory.cPath, nil) else { return false }
        defer { free(directory) }
        return String(cString: directory).hasPrefix("/proc/")
    }

    /// The directory a path lies in, and its last name.
    package static func split(_ path: String) -> (directory: String, name: String) {
        var trimmed = Substring(path)
        while trimmed.utf8.count > 1, trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        guard let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", String(trimmed)) }
        let directory = trimmed[..<slash]
        return (directory.isEmpty ? "/" : String(directory), String(trimmed[trimmed.utf8.index(after: slash)...]))
    }

    /// Two paths joined by one slash.
    package static func join(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
    }
}
