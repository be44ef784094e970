import CaissonSystem
import Glibc

/// What this machine lets an ordinary user do who starts an engine: the kernel's namespaces, and ids for containers.
///
/// ```
/// rootlesskit ── new user namespace ── newuidmap: the user's range of /etc/subuid ── dockerd or buildkitd as its root
/// podman ─────── does the same by itself
/// ```
struct UserNamespace: Sendable, Hashable {
    /// How files and commands call the user.
    var user: String
    /// Whether the kernel lets users make namespaces of their own.
    var isAllowed = true
    /// Whether /etc/subuid and /etc/subgid give the user ids for the users in containers.
    var hasRanges = true
    /// Whether the user may open /dev/net/tun, by which a namespace gets a network of its own.
    var hasTunnels = true

    /// The surroundings of this process's user; nil for root, who needs no namespace.
    static func ofThisProcess(userID: UInt32) -> UserNamespace? {
        guard userID != 0 else { return nil }
        let name = getpwuid(userID).map { String(cString: $0.pointee.pw_name) }
        var namespace = UserNamespace(user: name ?? String(userID))
        namespace.isAllowed = isAllowed
        namespace.hasRanges =
            rangesComeFromElsewhere
            || ["/etc/subuid", "/etc/subgid"].allSatisfy { path in
                let content = try? BoundedFile.read(path, limit: 4 << 20)
                return hasRange(in: String(decoding: content ?? [], as: UTF8.self), user: name, userID: userID)
            }
        namespace.hasTunnels = access("/dev/net/tun", R_OK | W_OK) == 0
        return namespace
    }

    /// Whether a subuid file has a line `USER:FIRST:COUNT` for the user.
    static func hasRange(in text: String, user: String?, userID: UInt32) -> Bool {
        text.split(separator: "\n").contains { line in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 3, UInt32(fields[1]) != nil, let count = UInt32(fields[2]) else { return false }
            return count > 0 && [user, String(userID)].contains(String(fields[0]))
        }
    }

    /// A line `subid: …` in nsswitch.conf names another source than the files: newuidmap will know.
    private static var rangesComeFromElsewhere: Bool {
        let content = try? BoundedFile.read("/etc/nsswitch.conf", limit: 64 << 10)
        return String(decoding: content ?? [], as: UTF8.self).split(separator: "\n").contains { $0.hasPrefix("subid:") }
    }

    private static var isAllowed: Bool {
        // The second one is Debian's and Ubuntu's own, and absent elsewhere.
        ["/proc/sys/user/max_user_namespaces", "/proc/sys/kernel/unprivileged_userns_clone"].allSatisfy { path in
            guard let content = try? BoundedFile.read(path, limit: 64) else { return true }
            return String(decoding: content, as: UTF8.self).filter { !$0.isWhitespace } != "0"
        }
    }
}
