/// What an ELF file says of itself.
package struct ELFFacts: Sendable, Hashable {
    /// What the file is for: `e_type`.
    package enum FileType: Sendable, Hashable {
        /// To be linked: an object file, a kernel module.
        case relocatable
        /// A program at fixed addresses.
        case executable
        /// A shared library, or a program at any address.
        case shared
        /// The memory of a process.
        case core
        /// Another number.
        case other(UInt16)
    }

    /// Whether its class is 64 bits.
    package var is64Bit: Bool
    /// Whether its data has the most significant byte first.
    package var isBigEndian: Bool
    /// What it is for.
    package var type: FileType
    /// The machine.
    package var machine: ELFMachine
    /// The number of the operating system's ABI; 0 for System V's, 3 for GNU's.
    package var osABI: UInt8
    /// Where a program begins.
    package var entry: UInt64
    /// The machine's own flags.
    package var flags: UInt32
    /// The sections in their order, the empty first one included.
    package var sections: [ELFSection] = []
    /// The program headers in their order.
    package var segments: [ELFSegment] = []
    /// The program that loads this one, such as `/lib64/ld-linux-x86-64.so.2`.
    package var interpreter: String?
    /// The shared libraries that it needs, in their order.
    package var needed: [String] = []
    /// Its own name as a library.
    package var soname: String?
    /// The directories of the older kind that libraries are looked for in, between colons.
    package var rpath: String?
    /// The directories that libraries are looked for in, between colons.
    package var runpath: String?
    /// The id that the linker gave it, in lower-case hexadecimal digits.
    package var buildID: String?
    /// Where the last of its sections, segments and tables ends in the file.
    package var end = 0
    /// What is wrong with its tables.
    package var problems: [ArtifactProblem] = []

    /// The first section of that name.
    package func section(_ name: String) -> ELFSection? { sections.first { $0.name == name } }

    /// Whether the table of its symbols was removed.
    package var isStripped: Bool { !sections.contains { $0.type == ELFSection.symbolTable } }

    /// Whether it has the debugger's information, compressed or not.
    package var hasDebugInformation: Bool { section(".debug_info") != nil || section(".zdebug_info") != nil }
}

extension ELFFacts.FileType {
    init(_ number: UInt16) {
        self =
            switch number {
            case 1: .relocatable
            case 2: .executable
            case 3: .shared
            case 4: .core
            default: .other(number)
            }
    }

    /// The name as `readelf` has it, such as `REL`; the number of another type.
    package var name: String {
        switch self {
        case .relocatable: "REL"
        case .executable: "EXEC"
        case .shared: "DYN"
        case .core: "CORE"
        case .other(let number): "type \(number)"
        }
    }
}

/// A part of an ELF file for the linker: a section header.
package struct ELFSection: Sendable, Hashable {
    /// The name, at most 256 bytes of it.
    package var name: String
    /// The type: `sh_type`.
    package var type: UInt32
    /// The flags: `sh_flags`.
    package var flags: UInt64
    /// Where it is in memory.
    package var address: UInt64
    /// Where it is in the file.
    package var offset: Int
    /// How many bytes it has.
    package var size: Int
    /// The number of the section that it belongs with.
    package var link: UInt32
    /// To what its contents are aligned.
    package var alignment: UInt64

    /// The type of the table of symbols.
    static let symbolTable: UInt32 = 2
    /// The type of notes.
    static let notes: UInt32 = 7
    /// The type of what has no bytes in the file.
    static let empty: UInt32 = 8

    /// Whether it has bytes in the file.
    package var isInFile: Bool { type != 0 && type != Self.empty }
    /// Whether it is in memory while the program runs.
    package var isAllocated: Bool { flags & 0x2 != 0 }
    /// Whether its bytes are compressed behind a header of their own: `SHF_COMPRESSED`.
    package var isCompressed: Bool { flags & 0x800 != 0 }
}

/// A part of an ELF file for the loader: a program header.
package struct ELFSegment: Sendable, Hashable {
    /// The type: `p_type`.
    package var type: UInt32
    /// The flags: 4 to read, 2 to write, 1 to execute.
    package var flags: UInt32
    /// Where it is in the file.
    package var offset: Int
    /// Where it is in memory.
    package var address: UInt64
    /// How many bytes it has in the file.
    package var fileSize: Int
    /// How many bytes it has in memory.
    package var memorySize: Int
    /// To what it is aligned.
    package var alignment: UInt64

    /// The type of what is loaded.
    static let load: UInt32 = 1
    /// The type of what the dynamic linker needs.
    static let dynamic: UInt32 = 2
    /// The type of the interpreter's name.
    static let interpreter: UInt32 = 3
    /// The type of notes.
    static let notes: UInt32 = 4
}
