package import CaissonBuildModel
import CaissonText

/// A cache mount that is carried out of an engine or into one, by what BuildKit tells it from others.
///
/// A mount with an owner or permissions is another one than that with the same id and without them: BuildKit makes it
/// on a folder that has them, and the folder is part of its key
/// (`frontend/dockerfile/dockerfile2llb/convert_runmount.go` `setCacheUIDGID`, `solver/llbsolver/mounts/mount.go`
/// `getRefCacheDir`). So all three must be those of the Dockerfile.
package struct CarriedMount: Sendable, Hashable {
    /// The id as the Dockerfile has it; of a mount without one its target, such as `/root/.cache`.
    package let id: String
    /// The owner in `uid=`; nil where the Dockerfile has none.
    package let userID: UInt32?
    /// The group in `gid=`; nil where the Dockerfile has none.
    package let groupID: UInt32?
    /// The permissions in `mode=`, at most 07777; nil where the Dockerfile has none.
    package let permissions: UInt32?

    /// The most bytes of an id.
    package static let longestID = 1024

    /// Names a mount; an id is one to 1024 bytes without a NUL.
    package init(
        id: String,
        userID: UInt32? = nil,
        groupID: UInt32? = nil,
        permissions: UInt32? = nil
    ) throws(ParseError) {
        func wrong(_ problem: String) -> ParseError { ParseError("cache mount", id, problem) }
        guard !id.isEmpty else { throw wrong("the id is empty") }
        guard id.utf8.count <= Self.longestID else { throw wrong("the id has more than \(Self.longestID) bytes") }
        guard !id.utf8.contains(0) else { throw wrong("the id has a NUL in it") }
        guard permissions ?? 0 <= 0o7777 else { throw wrong("the mode is above 7777") }
        self.id = id
        self.userID = userID
        self.groupID = groupID
        self.permissions = permissions
    }
}
