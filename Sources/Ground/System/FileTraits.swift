import CaissonText
import Glibc

/// Who owns a file and who may do what with it: what a file that takes its place takes over.
package struct FileTraits: Sendable, Hashable {
    /// The permissions, without set-user-ID, set-group-ID and sticky bits: new contents don't inherit those.
    private let mode: mode_t
    private let owner: uid_t
    private let group: gid_t

    /// The traits of a regular file; nil where there is none.
    package init?(of path: String) {
        var facts = stat()
        guard stat(path.cPath, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        mode = facts.st_mode & 0o777
        owner = facts.st_uid
        group = facts.st_gid
    }

    /// Gives an open file the traits, as far as this process may.
    package func apply(to descriptor: Int32) {
        // Who may not give files away may give them to a group of his.
        if fchown(descriptor, owner, group) != 0 { _ = fchown(descriptor, uid_t.max, group) }
        fchmod(descriptor, mode)
    }
}
