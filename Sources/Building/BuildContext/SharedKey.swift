import CaissonText
import CaissonSystem
import Glibc

extension DirectorySource {
    /// A name for this directory that is the same in every build.
    ///
    /// An engine keeps what was sent under this name, and then asks only for what has changed. The name consists of the
    /// directory's name and a hash of its path without links, of the machine and of the user. So directories that
    /// merely have the same name don't replace each other's files. The directory's content and its inode are not part
    /// of it: a fresh clone in the same place is compared with what the engine has.
    /// - Parameter node: What tells this machine from others that use the same engine; nil to read `/etc/machine-id`.
    package func sharedKey(node: String? = nil) -> String {
        let resolved = "/proc/self/fd/\(root.raw)".withCString { path in
            var failure: Int32 = 0
            let here = SharedDescriptor.openDirectory(".", under: root.raw, failure: &failure)
            return here.flatMap { linkTarget(path, in: $0, failure: &failure) }
        }
        let path = resolved ?? self.path.pathBytes
        let machine = node.map { Array($0.utf8) } ?? Self.machine()
        var hash = StableHash()
        for part in [path, machine, Array(String(getuid()).utf8)] {
            hash.add(part)
            hash.add([0])
        }
        let name = path.split(separator: UInt8(ascii: "/")).last ?? []
        return Self.plainName(name) + ":" + hash.hexadecimal
    }

    /// The key travels in a header, so it must be plain ASCII.
    private static func plainName(_ name: ArraySlice<UInt8>) -> String {
        let plain = name.prefix(64).map { byte -> Character in
            let scalar = Unicode.Scalar(byte)
            let isPlain = byte < 0x80 && (scalar.properties.isAlphabetic || (0x30...0x39).contains(byte))
            return isPlain || "._-".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
        }
        return plain.isEmpty ? "root" : String(plain)
    }

    private static func machine() -> [UInt8] {
        var failure: Int32 = 0
        let file = SharedDescriptor.open("/etc/machine-id", under: AT_FDCWD, O_RDONLY | O_NONBLOCK, failure: &failure)
        var bytes = [UInt8](repeating: 0, count: 64)
        if let file {
            let count = read(file.raw, &bytes, bytes.count)
            if count > 0 { return Array(bytes[..<count]) }
        }
        guard gethostname(&bytes, bytes.count) == 0 else { return [] }
        return Array(bytes.prefix { $0 != 0 })
    }
}

/// FNV-1a with 128 bits: the same in every process, and wide enough that two directories never collide by chance.
struct StableHash {
    private var value: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
    private static let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013B

    /// Adds bytes.
    mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { value = (value ^ UInt128(byte)) &* Self.prime }
    }

    /// The hash as 32 digits.
    var hexadecimal: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
