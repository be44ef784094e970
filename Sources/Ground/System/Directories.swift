import CaissonText
package import Glibc

/// Directories with all that lead to them.
package enum Directories {
    /// Makes a directory and those on the way to it that aren't there yet.
    ///
    /// - Throws: Why one of them can't be made; what is there and no directory is `ENOTDIR` to the next name.
    package static func make(_ path: String, mode: mode_t = 0o755) throws(Errno) {
        var made = path.hasPrefix("/") ? "/" : ""
        for name in path.split(separator: "/") {
            made += "\(name)/"
            // A file system that can't be written to says so of directories that are there, too.
            guard mkdir(made.cPath, mode) == 0 || [EEXIST, EISDIR, EROFS].contains(errno) else { throw .last }
        }
    }
}
