import CaissonSystem
import CaissonText
import Glibc

/// The files of the tickets, each locked by the process whose it is for as long as that lives.
///
/// All of this is done by whoever holds the lock of the run directory, so that no file is seen before it is locked.
struct TicketFiles: Sendable {
    /// More files than this aren't looked at.
    private static let most = 20_000

    /// The directory they are in.
    let directory: String

    /// The tickets of all living processes; the files of those that ended are removed.
    ///
    /// - Parameter own: The tickets of this process, which needn't be read, by their names.
    func living(own: [String: PlaceTicket], now: Int64) throws(RunControlError) -> [PlaceTicket] {
        let raw = open(directory.cPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard raw >= 0 else { throw RunControlError(errno: errno, "\(directory) can't be read") }
        let folder = OwnedDescriptor(adopting: raw)
        var names: [String] = []
        DirectoryNames.visit(folder.number) { name in
            names.append(String(cPath: name))
            return names.count < Self.most
        }
        guard names.count < Self.most else {
            throw RunControlError(.unavailable, "\(directory) has more than \(Self.most) files; empty it")
        }
        var tickets = Array(own.values)
        for name in names where own[name] == nil {
            if let ticket = try living(name, in: folder.number, now: now) { tickets.append(ticket) }
        }
        return tickets
    }

    /// The ticket of that name; nil where it is gone, or its process is.
    private func living(_ name: String, in folder: Int32, now: Int64) throws(RunControlError) -> PlaceTicket? {
        let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let raw = openat(folder, name.cPath, flags)
        guard raw >= 0 else {
            // A link or a socket holds no lock.
            if [ENOENT, ELOOP, ENXIO].contains(errno) { return nil }
            throw RunControlError(errno: errno, "\(directory)/\(name) can't be read")
        }
        let file = OwnedDescriptor(adopting: raw)
        while flock(file.number, LOCK_SH | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return read(name, file.number, now: now)
            case let code: throw RunControlError(errno: code, "\(directory)/\(name) can't be locked")
            }
        }
        unlinkat(folder, name.cPath, 0)
        return nil
    }

    private func read(_ name: String, _ file: Int32, now: Int64) -> PlaceTicket {
        // A device, or a pipe that is empty, would let a read wait.
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return PlaceTicket(unreadable: name)
        }
        let content = [UInt8](unsafeUninitializedCapacity: PlaceTicket.longest + 1) { buffer, count in
            count = max(pread(file, buffer.baseAddress, buffer.count, 0), 0)
        }
        return PlaceTicket(name: name, content: content, now: now)
    }

    /// Makes the file of a ticket and locks it for this process.
    func make(_ ticket: PlaceTicket) throws(RunControlError) -> SharedDescriptor {
        let path = PathFacts.join(directory, ticket.name)
        let raw = open(path.cPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { throw RunControlError(errno: errno, "\(path) can't be made") }
        let file = SharedDescriptor(adopting: raw)
        do throws(RunControlError) {
            guard flock(raw, LOCK_EX | LOCK_NB) == 0 else {
                throw RunControlError(errno: errno, "\(path) can't be locked")
            }
            try write(ticket, to: file)
        } catch {
            unlink(path.cPath)
            throw error
        }
        return file
    }

    /// Writes what a ticket says, over what it said in another state.
    func write(_ ticket: PlaceTicket, to file: SharedDescriptor) throws(RunControlError) {
        let content = ticket.content
        var count = pwrite(file.raw, content, content.count, 0)
        while count < 0, errno == EINTR { count = pwrite(file.raw, content, content.count, 0) }
        guard count < 0 || count == content.count else {
            throw RunControlError(errno: ENOSPC, "\(directory)/\(ticket.name) can't be written")
        }
        guard count == content.count else {
            throw RunControlError(errno: errno, "\(directory)/\(ticket.name) can't be written")
        }
    }

    /// Removes a ticket and lets go of its lock; nobody needs the lock of the run directory for that.
    func remove(_ name: String, _ file: SharedDescriptor) {
        unlink(PathFacts.join(directory, name).cPath)
        // A child that was just being started may still have the descriptor, and with it the lock.
        flock(file.raw, LOCK_UN)
    }
}
