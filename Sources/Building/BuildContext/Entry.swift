import CaissonText

/// What the transfer protocol says about one file: fsutil's `Stat`.
package struct Entry: Sendable, Hashable {
    /// The path under the root: names separated by `/`, in any bytes but NUL.
    package var path: [UInt8]
    /// Kind and permissions.
    package var mode: FileMode
    /// The owner; 0 in what we send.
    package var userID: UInt32 = 0
    /// The group; 0 in what we send.
    package var groupID: UInt32 = 0
    /// The size in bytes; 0 for a directory, while a hard link has its file's size, because engines compare it.
    package var size: Int64 = 0
    /// How many bytes of disk a regular file takes (less than its size if it is sparse); this isn't sent.
    package var allocatedSize: Int64 = 0
    /// The time of the last change of the content, in nanoseconds since 1970.
    package var modificationTime: Int64 = 0
    /// The target of a symbolic link; for a hard link, the path under which its file was sent before.
    package var linkname: [UInt8] = []
    /// A device's major number.
    package var deviceMajor: Int64 = 0
    /// A device's minor number.
    package var deviceMinor: Int64 = 0
    /// Whether it is an empty file in the place of a socket, so that there is nothing to read; this isn't sent.
    package var isStandIn = false
    /// Extended attributes, by name.
    package var attributes: [ExtendedAttribute] = []

    /// Makes an entry with everything but path and mode at its default.
    package init(path: [UInt8], mode: FileMode) {
        self.path = path
        self.mode = mode
    }

    /// Whether it is a hard link: another name of a file that was sent before.
    package var isHardLink: Bool { mode.isRegular && !linkname.isEmpty }
    /// Whether the content may be asked for.
    package var hasContent: Bool { mode.isRegular }
}

/// An extended attribute of a file.
package struct ExtendedAttribute: Sendable, Hashable {
    /// Its name, such as `security.capability`.
    package var name: String
    /// Its value.
    package var value: [UInt8]

    /// Makes an attribute.
    package init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

/// Something about the context that the user should know, though the build goes on.
package enum ContextNotice: Sendable, Hashable {
    /// A file was removed after its directory was read.
    case removed(path: [UInt8])
    /// The file that the tar is written to lies in the context.
    case outputSkipped(path: [UInt8])
    /// The Dockerfile is ignored and is in the tar nevertheless.
    case dockerfileKept(path: [UInt8])
    /// The Dockerfile lies outside of the context, and is in the tar under another name.
    case dockerfileAdded(path: String, name: String)

    /// The notice for people.
    package var message: String {
        switch self {
        case .removed(let path): "\(displayed(path)) was removed before it could be read and is left out of the context"
        case .outputSkipped(let path): "\(displayed(path)) is what is being written and was left out of it"
        case .dockerfileKept(let path):
            "\(displayed(path)) is ignored, but the Dockerfile is in the tar, as the engine needs it"
        case .dockerfileAdded(let path, let name):
            "\(displayed(path.pathBytes)) lies outside of the context; the tar has it as \(name): a build has to name it so"
        }
    }
}
