import CaissonText

/// What a kernel module says of itself: an object file with the section `.modinfo`.
package struct ModuleFacts: Sendable, Hashable {
    /// Something that a module tells, as `modinfo` shows it.
    package struct Field: Sendable, Hashable {
        /// The key, such as `license`.
        package var key: String
        /// The value.
        package var value: String
    }

    /// The object file.
    package var elf: ELFFacts
    /// All that it tells, in its order; a key may occur often.
    package var fields: [Field]
    /// The signature behind the object file; nil where there is none.
    package var signature: ModuleSignature?

    /// The first value of a key.
    package func value(_ key: String) -> String? { fields.first { $0.key == key }?.value }

    /// All values of a key, in their order.
    package func values(_ key: String) -> [String] { fields.filter { $0.key == key }.map(\.value) }

    /// Its name; nil for one of a kernel before 4.14.
    package var name: String? { value("name") }
    /// Its licenses: one, or one for each file that it was made of.
    package var licenses: [String] { values("license") }
    /// The modules that it needs, by their names.
    package var depends: [String] { values("depends").flatMap { $0.pieces(at: ",") }.filter { !$0.isEmpty } }
    /// The kernel that it is for.
    package var vermagic: Vermagic? { value("vermagic").map { Vermagic($0) } }
    /// How many names of devices and others it can be loaded by.
    package var aliasCount: Int { fields.count { $0.key == "alias" } }
    /// The files of firmware that it may ask for.
    package var firmware: [String] { values("firmware") }
    /// The checksum of its sources; nil where the kernel doesn't make one.
    package var sourceVersion: String? { value("srcversion") }
    /// Whether it was built with the kernel's sources.
    package var isInTree: Bool { value("intree") == "Y" }
    /// Whether its indirect jumps are safe on x86.
    package var hasRetpoline: Bool { value("retpoline") == "Y" }
}

/// For what kernel a module was built: the string that the kernel compares with its own (`include/linux/vermagic.h`).
package struct Vermagic: Sendable, Hashable, CustomStringConvertible {
    /// How a kernel may interrupt itself.
    package enum Preemption: String, Sendable, Hashable {
        /// Where it waits, or not at all; the string doesn't tell these apart.
        case none = ""
        /// Anywhere.
        case full = "preempt"
        /// Anywhere, for the sake of real time.
        case realTime = "preempt_rt"
    }

    /// The whole string, without blanks at its ends.
    package let text: String
    /// The release of the kernel: the first word.
    package let release: String
    /// The other words, such as `SMP` and `mod_unload`; some name the architecture.
    package let flags: [String]

    /// Takes the string apart.
    package init(_ text: String) {
        self.text = text.trimmed
        let words = self.text.pieces(at: " ").filter { !$0.isEmpty }
        release = words.first ?? ""
        flags = Array(words.dropFirst())
    }

    /// Whether it is for several processors.
    package var isSMP: Bool { flags.contains("SMP") }
    /// Whether modules can be removed.
    package var hasUnloading: Bool { flags.contains("mod_unload") }
    /// Whether symbols have versions.
    package var hasSymbolVersions: Bool { flags.contains("modversions") }
    /// How the kernel may interrupt itself.
    package var preemption: Preemption {
        flags.contains("preempt_rt") ? .realTime : flags.contains("preempt") ? .full : .none
    }

    /// The whole string.
    package var description: String { text }
}

/// The signature of a module: bytes behind the object file, a record, and a mark (`include/linux/module_signature.h`).
package struct ModuleSignature: Sendable, Hashable {
    /// How many bytes the signature itself has.
    package let size: Int
    /// What kind of signature it is: 2 for PKCS#7.
    package let identifierType: UInt8
    /// How many bytes of the file are before it.
    package let contentSize: Int

    static let mark = Array("~Module signature appended~\n".utf8)
    private static let recordSize = 12

    /// Reads the signature of a file; nil where it has none.
    init?(_ bytes: ArtifactBytes) throws(ArtifactProblem) {
        let tail = Self.recordSize + Self.mark.count
        guard bytes.size >= tail else { return nil }
        let fields = FieldBytes(
            try bytes.read(tail, at: bytes.size - tail, "signature"),
            isBigEndian: true,
            "signature"
        )
        guard fields.has(Self.mark, at: Self.recordSize) else { return nil }
        size = try fields.int32(8)
        identifierType = try fields.u8(2)
        guard size <= bytes.size - tail else {
            throw .damaged("its signature says that it has \(size) bytes, which the file hasn't")
        }
        contentSize = bytes.size - tail - size
    }
}
