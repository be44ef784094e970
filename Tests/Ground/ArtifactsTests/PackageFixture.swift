import CaissonArchive

/// Makes Debian packages.
enum PackageFixture {
    static let control = """
        Package: linux-image-test
        Version: 6.1-1
        Architecture: amd64
        Depends: kmod, a (>= 1) | b,
         c
        Description: short
         long
         .

        """

    static func tar(_ files: [(name: String, content: String)]) throws -> [UInt8] {
        final class Box { var bytes: [UInt8] = [] }
        let box = Box()
        var writer = try TarWriter.open { box.bytes += Array($0) }
        try writer.add(TarEntry(path: Array("./".utf8), kind: .directory, permissions: 0o755))
        for (name, content) in files {
            let size = Int64(content.utf8.count)
            try writer.add(TarEntry(path: Array(name.utf8), kind: .file(size: size), permissions: 0o644))
            try Array(content.utf8).withUnsafeBytes { try writer.write($0) }
        }
        try writer.finish()
        return box.bytes
    }

    static func ar(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var out = Array("!<arch>\n".utf8)
        for (name, bytes) in members {
            let fields = [(name, 16), ("0", 12), ("0", 6), ("0", 6), ("100644", 8), ("\(bytes.count)", 10)]
            for (text, width) in fields {
                out += Array(text.utf8) + Array(repeating: 0x20, count: width - text.utf8.count)
            }
            out += [0x60, 0x0A] + bytes + Array(repeating: 0x0A, count: bytes.count % 2)
        }
        return out
    }

    static func package(
        _ compression: Compression = .xz,
        control: String = control,
        ending: String = ".xz"
    ) throws -> [UInt8] {
        let head = try tar([("./md5sums", "x"), ("./control", control)])
        let data = try tar([("./boot/vmlinuz", "kernel"), ("./boot/config", "CONFIG_A=y\n")])
        return ar([
            ("debian-binary", Array("2.0\n".utf8)),
            ("control.tar" + ending, try KernelFixture.compressed(head, compression)),
            ("data.tar" + ending, try KernelFixture.compressed(data, compression)),
        ])
    }
}
