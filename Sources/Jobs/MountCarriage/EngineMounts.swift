package import CaissonBuildModel
package import CaissonCacheMounts
import CaissonText

/// The cache mounts that an engine has, as far as its records tell.
package struct EngineMounts: Sendable, Hashable {
    /// The ids of mounts that have no owner, group or permissions of their own, as a Dockerfile has them.
    package private(set) var plain: Set<String> = []
    /// The ids of mounts that have: which, no record tells.
    package private(set) var owned: Set<String> = []

    /// Reads records.
    ///
    /// A mount's key is `NAMESPACE/ID`, and no record tells it where it is the target
    /// (`frontend/dockerfile/dockerfile2llb/convert_runmount.go`, `solver/llbsolver/mounts/mount.go` of BuildKit). With an
    /// owner or permissions the mount is made on a folder that has them, which is then its parent.
    ///
    /// - Parameter namespace: The value of `BUILDKIT_CACHE_MOUNT_NS` in the builds whose mounts are meant.
    package init(_ records: [CacheRecord], namespace: String?) {
        let prefix = (namespace ?? "") + "/"
        for record in records {
            guard let key = record.mountID ?? record.mountTarget, key.hasPrefix(prefix) else { continue }
            let id = String(key.dropFirst(prefix.count))
            guard !id.isEmpty else { continue }
            if record.parents.isEmpty { plain.insert(id) } else { owned.insert(id) }
        }
    }

    /// The mounts that can be named by their ids alone, by their ids.
    package var all: [CarriedMount] { plain.sorted().compactMap { try? CarriedMount(id: $0) } }

    /// What keeps a mount from being carried; nil where the engine has it.
    package func obstacle(_ mount: CarriedMount, on engine: String) -> String? {
        guard !(mount.hasOwner ? owned : plain).contains(mount.id) else { return nil }
        if owned.contains(mount.id) {
            return
                "the cache mount \(mount.id.quoted) of \(engine) has an owner, a group or permissions of its own: write "
                + "them as the Dockerfile has them, as in \(mount.id),uid=1000,gid=1000,mode=0755"
        }
        if plain.contains(mount.id) {
            return
                "the cache mount \(mount.id.quoted) of \(engine) has no owner, group and permissions of its own: give "
                + "its id alone"
        }
        let known = plain.union(owned).sorted()
        let hint = nearest(to: mount.id, among: known).map { "; did you mean \($0.quoted)?" }
        return "\(engine) has no cache mount \(mount.id.quoted)"
            + (hint ?? "; it has \(known.isEmpty ? "none" : known.prefix(5).map(\.quoted).joined(separator: ", "))")
    }
}
