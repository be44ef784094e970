import CaissonText
package import CaissonBuildModel
import CaissonSystem
import Glibc

/// The file that an export is written into; it appears under its name only when it is complete.
///
/// Where the system supports it (`O_TMPFILE`), the bytes go into a file without a name, so that even `kill -9` leaves
/// nothing behind; elsewhere into a hidden file beside the target. If the target exists and isn't a regular file (a
/// terminal, a pipe, `/dev/null`), the bytes are written to it directly.
package struct ExportWriter: ~Copyable {
    private let descriptor: CInt
    private let path: String
    private let kind: Kind
    private let pieceLimit: Int
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
        pieceLimit = ExportWriter.pieceLimit(of: descriptor)
    }

    deinit {
        if case .borrowed = kind { return }
        close(descriptor)
        if !isDone, case .hidden(let name) = kind { unlink(name.cPath) }
    }

    /// Opens the place for an export.
    ///
    /// - Throws: `BuildError` with code `output` that names the file.
    package static func open(_ target: ExportFile) throws(BuildError) -> ExportWriter {
        guard case .path(let name) = target else {
            return ExportWriter(descriptor: STDOUT_FILENO, path: "standard output", kind: .borrowed)
        }
        let path = PathFacts.followed(name)
        switch PathFacts.kind(of: path) {
        case .stream: return try existing(path)
        case .directory:
            throw BuildError(.output, "can't write the export — \(path) is a directory — name a file in it")
        // Links in a circle lead nowhere.
        case .missing(Errno(ELOOP)):
            errno = ELOOP
            throw failure("open", name)
        // What can't be made is told by what can't be opened.
        case .missing: try? Directories.make(directory(of: path))
        case .regular: break
        }
        let unnamed = Glibc.open(directory(of: path).cPath, unnamedFile | O_RDWR | O_CLOEXEC, 0o644)
        guard unnamed < 0 else {
            FileTraits(of: path)?.apply(to: unnamed)
            return ExportWriter(descriptor: unnamed, path: path, kind: .unnamed)
        }
        if FileInPlace.mustKeep(path, after: .last) { return try existing(path) }
        return try openHidden(path)
    }

    /// Opens a hidden file beside the target, for file systems that have no files without names.
    static func openHidden(_ path: String) throws(BuildError) -> ExportWriter {
        let hidden = hiddenName(path)
        let descriptor = Glibc.open(hidden.cPath, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("create", path) }
        FileTraits(of: path)?.apply(to: descriptor)
        return ExportWriter(descriptor: descriptor, path: path, kind: .hidden(hidden))
    }

    /// Writes to a descriptor that its owner has to close.
    static func borrowing(_ descriptor: CInt) -> ExportWriter {
        ExportWriter(descriptor: descriptor, path: "descriptor \(descriptor)", kind: .borrowed)
    }

    /// Appends bytes.
    ///
    /// This blocks, but no longer than until the task is cancelled.
    ///
    /// - Throws: `BuildError`, with code `cancelled` when the task was cancelled while it waited for a reader.
    package borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(BuildError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if pieceLimit < Int.max { try waitUntilWritable() }
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(pieceLimit))
            let count = Glibc.write(descriptor, piece.baseAddress, piece.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                try waitUntilWritable()
            } else if errno != EINTR {
                throw ExportWriter.failure("write", path)
            }
        }
    }

    private borrowing func waitUntilWritable() throws(BuildError) {
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let count = poll(&waiting, 1, 200)
            // If poll fails, the write that follows reports the error.
            if count > 0 || count < 0 && errno != EINTR { return }
            try ExportWriter.checkCancellation()
        }
    }

    private static func checkCancellation() throws(BuildError) {
        if Task.isCancelled { throw BuildError(.cancelled, "the export was stopped") }
    }

    /// How many bytes one write may have.
    ///
    /// A file or a descriptor that never blocks takes all; a pipe that is ready takes this many without blocking.
    private static func pieceLimit(of descriptor: CInt) -> Int {
        var status = stat()
        let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        return isFile || fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0 ? Int.max : 4096
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
            try putInPlace(name)
        case .unnamed:
            let name = ExportWriter.hiddenName(path)
            guard linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, name.cPath, AT_SYMLINK_FOLLOW) == 0 else {
                throw ExportWriter.failure("create", path)
            }
            do {
                try putInPlace(name)
            } catch {
                unlink(name.cPath)
                throw error
            }
        }
        isDone = true
    }

    private borrowing func putInPlace(_ name: String) throws(BuildError) {
        if rename(name.cPath, path.cPath) == 0 { return }
        // A file that is mounted, as into a container, can't be replaced.
        guard FileInPlace.mustKeep(path, after: .last) else { throw ExportWriter.failure("replace", path) }
        do throws(Errno) {
            try FileInPlace.copy(descriptor, over: path)
        } catch {
            throw ExportWriter.failure("replace", path)
        }
        unlink(name.cPath)
    }

    private static func existing(_ path: String) throws(BuildError) -> ExportWriter {
        while true {
            let descriptor = Glibc.open(path.cPath, O_WRONLY | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
            if descriptor >= 0 { return ExportWriter(descriptor: descriptor, path: path, kind: .asIs) }
            // Nobody reads the named pipe yet; somebody may soon.
            var status = stat()
            guard errno == ENXIO, stat(path.cPath, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else {
                throw failure("open", path)
            }
            try checkCancellation()
            usleep(50_000)
        }
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
            case ENOENT, ENOTDIR: "name a file in a directory"
            case EPIPE: "whoever reads it went away"
            default: "choose another place"
            }
        return BuildError(.output, "can't \(verb) the export — \(path): \(String(cString: strerror(code))) — \(advice)")
    }
}
