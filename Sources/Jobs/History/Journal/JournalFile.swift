import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// The files of one build on the writer's side.
///
/// The journal is locked from its first byte on until it is closed; it gets its name only once it has a beginning, so
/// that readers find no journal that nobody seems to write.
struct JournalFile: ~Copyable {
    private let place: HistoryPlace
    private let id: BuildID
    private var journal: AppendedFile?
    private var output: AppendedFile?
    /// Whether something is missing.
    private(set) var hasFailed = false

    /// Makes nothing yet.
    init(_ place: HistoryPlace, _ id: BuildID) {
        self.place = place
        self.id = id
    }

    /// Appends bytes of output, then lines that tell of them; the first time the files are made.
    mutating func append(output bytes: [UInt8], lines: [UInt8]) throws(HistoryError) {
        do throws(HistoryError) {
            if !bytes.isEmpty { try append(output: bytes) }
            if !lines.isEmpty { try append(lines: lines) }
        } catch {
            hasFailed = true
            throw error
        }
    }

    /// Appends the end to a journal of which something is missing, if there is a journal, and room for that by now.
    mutating func appendAfterFailure(_ lines: [UInt8]) {
        try? journal?.append(lines)
    }

    /// Lets go of the files, and so of the lock.
    mutating func close() {
        journal = nil
        output = nil
    }

    private mutating func append(output bytes: [UInt8]) throws(HistoryError) {
        if output == nil { output = try AppendedFile.create(place.output(of: id)) }
        try output?.append(bytes)
    }

    private mutating func append(lines: [UInt8]) throws(HistoryError) {
        guard journal == nil else { return try journal?.append(lines) ?? () }
        let path = place.journal(of: id)
        guard access(path.cPath, F_OK) != 0 else { throw HistoryError(errno: EEXIST, "\(path) can't be made") }
        let hidden = "\(place.journals)/.\(id).new"
        do throws(HistoryError) {
            var file = try AppendedFile.create(hidden)
            try file.lock()
            try file.append(lines)
            guard rename(hidden.cPath, path.cPath) == 0 else {
                throw HistoryError(errno: errno, "\(path) can't be made")
            }
            journal = consume file
        } catch {
            unlink(hidden.cPath)
            if output != nil { unlink(place.output(of: id).cPath) }
            throw error
        }
    }
}

/// A file that is appended to; what isn't whole is taken back.
struct AppendedFile: ~Copyable {
    private let descriptor: OwnedDescriptor
    private let path: String
    private var size: off_t = 0

    private init(_ descriptor: consuming OwnedDescriptor, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Makes a file that its owner alone may read.
    static func create(_ path: String) throws(HistoryError) -> AppendedFile {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW
        let raw = open(path.cPath, flags, 0o600)
        guard raw >= 0 else { throw HistoryError(errno: errno, "\(path) can't be made") }
        return AppendedFile(OwnedDescriptor(adopting: raw), path: path)
    }

    /// Takes the lock that says that somebody writes it.
    func lock() throws(HistoryError) {
        while flock(descriptor.number, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EINTR else { throw HistoryError(errno: errno, "\(path) can't be locked") }
        }
    }

    /// Appends all bytes or none, as far as a file that can't be written lets itself be cut.
    mutating func append(_ bytes: [UInt8]) throws(HistoryError) {
        do throws(Errno) {
            try BorrowedDescriptor(number: descriptor.number).write(bytes)
        } catch {
            _ = ftruncate(descriptor.number, size)
            throw HistoryError(errno: error.number, "\(path) can't be written")
        }
        size += off_t(bytes.count)
    }
}
