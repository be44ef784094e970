package import BuildModel
import Glibc

/// The file that an export is written into: it appears under its name only when it is whole.
///
/// The bytes go into a file without a name where the system has them (`O_TMPFILE`), so that even `kill -9` leaves nothing
/// behind, else into a hidden file beside the target. What is no regular file already (a terminal, a pipe, `/dev/null`) is
/// written as it is.
package struct ExportWriter: ~Copyable {
    private let descriptor: CInt
    private let path: String
    private let kind: Kind
    private var isDone = false

    /// Linux's `O_TMPFILE`, which the C library hides from Swift behind a macro.
    private static let unnamedFile = 0o20000000 | O_DIRECTORY

    private enum Kind {
        case borrowed
        case asIs
        case unnamed
        case hidden(String)
    }

    private init(descriptor: CInt, path: String, kind: Kind) {
        self.descriptor = descriptor
        self.path = path
        self.kind = kind
    }

    deinit {
        if case .borrowed = kind { return }
        close(descriptor)
        if !isDone, case .hidden(let name) = kind { unlink(name) }
    }

    /// Opens the place for an export.
    ///
    /// - Throws: `BuildError` with code `output` that names the file.
    package static func open(_ target: ExportFile) throws(BuildError) -> ExportWriter {
        guard case .path(let path) = target else {
            return ExportWriter(descriptor: STDOUT_FILENO, path: "standard output", kind: .borrowed)
        }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            guard status.st_mode & S_IFMT != S_IFDIR else {
                throw BuildError(.output, "can't write the export — \(path) is a directory — name a file in it")
            }
            return try existing(path)
        }
        let unnamed = Glibc.open(directory(of: path), unnamedFile | O_WRONLY | O_CLOEXEC, 0o644)
        if unnamed >= 0 { return ExportWriter(descriptor: unnamed, path: path, kind: .unnamed) }
        let hidden = hiddenName(path)
        let descriptor = Glibc.open(hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("create", path) }
        return ExportWriter(descriptor: descriptor, path: path, kind: .hidden(hidden))
    }

    /// Writes into a descriptor that stays its owner's to close.
    static func borrowing(_ descriptor: CInt) -> ExportWriter {
        ExportWriter(descriptor: descriptor, path: "descriptor \(descriptor)", kind: .borrowed)
    }

    /// Appends bytes.
    package borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(BuildError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, 1000)
            } else if errno != EINTR {
                throw ExportWriter.failure("write", path)
            }
        }
    }

    /// Appends bytes.
    package borrowing func write(_ bytes: [UInt8]) throws(BuildError) {
        let failure = bytes.withUnsafeBytes { bytes -> BuildError? in
            do throws(BuildError) {
                try write(bytes)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    /// Gives the whole file its name, replacing what was there.
    package consuming func finish() throws(BuildError) {
        switch kind {
        case .borrowed, .asIs:
            break
        case .hidden(let name):
            guard rename(name, path) == 0 else { throw ExportWriter.failure("replace", path) }
        case .unnamed:
            let name = ExportWriter.hiddenName(path)
            guard linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 else {
                throw ExportWriter.failure("create", path)
            }
            guard rename(name, path) == 0 else {
                let error = ExportWriter.failure("replace", path)
                unlink(name)
                throw error
            }
        }
        isDone = true
    }

    private static func existing(_ path: String) throws(BuildError) -> ExportWriter {
        let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        return ExportWriter(descriptor: descriptor, path: path, kind: .asIs)
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func hiddenName(_ path: String) -> String {
        "\(directory(of: path))/.caisson-\(Session.makeID())"
    }

    private static func failure(_ verb: String, _ path: String) -> BuildError {
        let code = errno
        let advice =
            switch code {
            case ENOSPC, EDQUOT: "free some space or export elsewhere"
            case EACCES, EROFS, EPERM: "choose a place that you may write to"
            case ENOENT: "make its directory first"
            default: "see the cause"
            }
        return BuildError(.output, "can't \(verb) the export — \(path): \(String(cString: strerror(code))) — \(advice)")
    }
}
