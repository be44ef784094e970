import CaissonText

/// A part of a file, by what its form calls it.
package struct FilePlace: Sendable, Hashable, CustomStringConvertible {
    /// What a part is.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A section of an ELF file.
        case section
        /// A segment of an ELF file that has no sections.
        case segment
        /// A file in an archive of `ar`, such as a Debian package.
        case member
        /// A file in a tar or cpio.
        case file
        /// A property of a device tree, with the path of its node.
        case property
        /// A part that has no name of its own, in words such as `setup code`.
        case part
        /// What comes out of a compressed stream; its name is the format.
        case unpacked
    }

    /// What the part is.
    package var kind: Kind
    /// Its name; one that isn't UTF-8 stands as `String(pathBytes:)` has it.
    package var name: String

    /// Names a part.
    package init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    /// What it is and its name, such as `section .rodata`.
    package var description: String {
        switch kind {
        case .section, .segment, .member, .file, .property: "\(kind.rawValue) \(shownName)"
        case .part: "its \(name)"
        case .unpacked: "unpacked from \(name)"
        }
    }

    /// The name as it is, or quoted where it would not be read as one word.
    private var shownName: String {
        let isPlain = name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x2C }
        return isPlain && !name.isEmpty && name.utf8.count <= 160 ? name : name.quoted
    }
}
