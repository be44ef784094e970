package import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// A journal that nobody writes any more, held so that no other process takes it at the same time.
package struct JournalClaim: ~Copyable {
    private let descriptor: OwnedDescriptor
    private let journal: String
    private let output: String

    private init(_ descriptor: consuming OwnedDescriptor, journal: String, output: String) {
        self.descriptor = descriptor
        self.journal = journal
        self.output = output
    }

    /// Takes the journal of a build; nil where a living process writes it, another one has taken it, or there is none.
    package static func attempt(_ place: HistoryPlace, _ id: BuildID) throws(HistoryError) -> JournalClaim? {
        let path = place.journal(of: id)
        let raw = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW)
        guard raw >= 0 else {
            if errno == ENOENT { return nil }
            throw HistoryError(errno: errno, "\(path) can't be read")
        }
        let descriptor = OwnedDescriptor(adopting: raw)
        while flock(raw, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return nil }
            guard errno == EINTR else { throw HistoryError(errno: errno, "\(path) can't be locked") }
        }
        // Whoever had it before may have removed it between the opening and the lock.
        var status = stat()
        guard fstat(raw, &status) == 0, status.st_nlink > 0 else { return nil }
        return JournalClaim(descriptor, journal: path, output: place.output(of: id))
    }

    /// Removes the journal and its output; readers that have them open read on.
    package consuming func remove() throws(HistoryError) {
        // The journal goes last: a half of it that stays behind is found again.
        for path in [output, journal] {
            guard unlink(path.cPath) == 0 || errno == ENOENT else {
                throw HistoryError(errno: errno, "\(path) can't be removed")
            }
        }
    }
}
