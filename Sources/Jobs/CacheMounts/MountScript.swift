package import CaissonBuildModel
import CaissonText

/// A Dockerfile that carries cache mounts, with what its build needs beside it.
///
/// The build must not be one without cache: BuildKit gives such a build empty cache mounts. The nonce makes every step
/// a new one instead.
package struct MountScript: Sendable, Hashable {
    /// What a restore makes of files that the mount has already.
    package enum Mode: String, Sendable, Hashable, CaseIterable {
        /// They stay, unless a restored one has the same name.
        case merge
        /// They are removed.
        case replace
    }

    /// The Dockerfile.
    package let dockerfile: String
    /// The build arguments that it needs, by their names.
    package let arguments: [String: String]
    /// The files that its context has, two for each mount in their order; none for a save.
    package let contextFiles: [String]
    /// A text that is in the descriptions of the records which the build leaves in the engine's cache.
    ///
    /// Those of the kind `regular` are garbage after the build: what a save wrote for its export takes as much space as
    /// the mounts. The mounts' own records may have it in their descriptions, too, and these must stay.
    package let marker: String
    /// Whether ids are told by build arguments, which old engines don't put into the flags of `RUN`.
    ///
    /// Docker 20.10 takes the argument's name for the id, so it would carry another mount; Docker 28 knows them.
    package let needsExpansion: Bool

    /// What the markers of all scripts begin with.
    package static let mark = "caisson-mounts-"
    /// What the names of the arguments begin with that stand for ids.
    package static let argumentMark = "CAISSON_MOUNT_"
    /// The most mounts of one build.
    package static let mostMounts = 64

    /// The folder of a save's result that holds one tar for each mount.
    static let folder = "caisson-mounts"
    /// The beginning of the folder's name that a restore unpacks to, within the mount.
    static let staging = ".caisson-restore-"

    /// The name of a mount's tar in a save's result.
    static func savedName(_ place: Int) -> String { "\(folder)/\(place).tar" }
    /// The names of a mount's layer, and of the script that finishes its unpacking, in a restore's context.
    static func contextFiles(_ place: Int) -> [String] { ["mount-\(place).tar.gz", "mount-\(place).sh"] }

    /// A Dockerfile whose result, exported as a tar, has one tar for each mount in it.
    ///
    /// A mount that the engine doesn't have is made, empty.
    ///
    /// - Parameters:
    ///   - mounts: One to 64 mounts.
    ///   - image: An image that has `/bin/sh`, `mkdir` and `tar`.
    ///   - nonce: Letters and digits that no build had before, 8 to 64 of them.
    ///   - namespace: The value of `BUILDKIT_CACHE_MOUNT_NS` in the builds whose mounts these are.
    package static func saving(
        _ mounts: [CarriedMount],
        image: String = "busybox",
        nonce: String,
        namespace: String? = nil
    ) throws(ParseError) -> MountScript {
        var writer = try ScriptWriter(mounts, image: image, nonce: nonce, namespace: namespace)
        for (place, mount) in mounts.enumerated() {
            writer.run(mount, place, target: "/caisson/from", "readonly")
            writer.end(command: MountCommands.save, ["/\(folder)", String(place)])
        }
        return writer.script(contextFiles: [])
    }

    /// A Dockerfile that unpacks a layer from its context into each mount; its result is of no use.
    ///
    /// It unpacks to a folder within the mount and links the files from there to their places, so that a restore which
    /// is killed leaves no half of a file. The folder that a killed one left is removed by the next.
    ///
    /// - Parameters:
    ///   - mounts: One to 64 mounts.
    ///   - image: An image that has `/bin/sh`, `chown`, `cp`, `find`, `mkdir`, `rm`, `tar` with gzip, and `touch`.
    ///   - nonce: Letters and digits that no build had before, 8 to 64 of them.
    ///   - namespace: The value of `BUILDKIT_CACHE_MOUNT_NS` in the builds whose mounts these are.
    ///   - mode: What becomes of files that are there.
    package static func restoring(
        _ mounts: [CarriedMount],
        image: String = "busybox",
        nonce: String,
        namespace: String? = nil,
        mode: Mode = .merge
    ) throws(ParseError) -> MountScript {
        var writer = try ScriptWriter(mounts, image: image, nonce: nonce, namespace: namespace)
        for (place, mount) in mounts.enumerated() {
            writer.run(mount, place, target: "/caisson/to", nil)
            for (file, target) in zip(contextFiles(place), ["from", "finish"]) {
                writer.append(" --mount=type=bind,source=\(file),target=/caisson/\(target)")
            }
            writer.end(command: MountCommands.restore, [staging + nonce, mode.rawValue])
        }
        return writer.script(contextFiles: mounts.indices.flatMap(contextFiles))
    }
}
