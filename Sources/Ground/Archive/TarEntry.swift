/// One file of a tar.
package struct TarEntry: Sendable, Hashable {
    /// What kind of file it is, with what only this kind has.
    package enum Kind: Sendable, Hashable {
        /// A regular file with so many bytes of content.
        case file(size: Int64)
        /// A directory.
        case directory
        /// A symbolic link and what it holds.
        case symbolicLink(target: [UInt8])
        /// Another name of a file that came before.
        case hardLink(target: [UInt8])
        /// A FIFO.
        case fifo
        /// A character device.
        case characterDevice(major: UInt64, minor: UInt64)
        /// A block device.
        case blockDevice(major: UInt64, minor: UInt64)
    }

    /// The path, in any bytes but NUL; a directory's may end with `/`.
    package var path: [UInt8]
    /// What kind of file it is.
    package var kind: Kind
    /// The permissions with set-user-ID, set-group-ID and sticky.
    package var permissions: UInt32
    /// The owner.
    package var userID: Int64 = 0
    /// The group.
    package var groupID: Int64 = 0
    /// The time of the last change of the content, in seconds since 1970.
    package var modificationTime: Int64 = 0
    /// Extended attributes, in the order in which they are written.
    package var attributes: [TarAttribute] = []

    /// Makes an entry owned by root, without attributes.
    package init(path: [UInt8], kind: Kind, permissions: UInt32) {
        self.path = path
        self.kind = kind
        self.permissions = permissions
    }

    /// How many bytes of content follow.
    package var contentSize: Int64 {
        if case .file(let size) = kind { size } else { 0 }
    }
}

/// An extended attribute of a file in a tar.
package struct TarAttribute: Sendable, Hashable {
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
