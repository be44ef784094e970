import CaissonArchive
import CaissonArtifacts

/// Makes pairs of files that differ.
enum ComparisonFixture {
    static func difference(
        _ first: [UInt8],
        _ second: [UInt8],
        _ limits: ComparisonLimits = ComparisonLimits()
    ) throws -> FileDifference? {
        try FileComparison(limits: limits).difference(ArtifactBytes(first), ArtifactBytes(second))
    }

    static func difference(_ first: String, _ second: String) throws -> FileDifference? {
        try difference(Array(first.utf8), Array(second.utf8))
    }

    /// A program with text, data for the debugger, a table of symbols and an id.
    static func elf(
        text: [UInt8] = [0x90, 0xC3],
        data: String = "some data",
        debug: String = "/src",
        symbols: String = "main",
        id: UInt8 = 1
    ) -> [UInt8] {
        var note = ELFFixture.buildID(isBigEndian: false)
        note[note.count - 1] = id
        let sections: [ELFFixture.Section] = [
            .init(name: ".note.gnu.build-id", type: 7, flags: 2, bytes: note),
            .init(name: ".text", flags: 6, bytes: text), .init(name: ".rodata", flags: 2, bytes: Array(data.utf8)),
            .init(name: ".debug_str", bytes: Array(debug.utf8)),
            .init(name: ".strtab", type: 3, bytes: Array(symbols.utf8)),
        ]
        return ELFFixture(sections: sections).bytes()
    }

    static func tar(_ entries: [(entry: TarEntry, content: String)]) throws -> [UInt8] {
        final class Box { var bytes: [UInt8] = [] }
        let box = Box()
        var writer = try TarWriter.open { box.bytes += Array($0) }
        for (entry, content) in entries {
            try writer.add(entry)
            try Array(content.utf8).withUnsafeBytes { try writer.write($0) }
        }
        try writer.finish()
        return box.bytes
    }

    static func file(_ name: String, _ content: String) -> (entry: TarEntry, content: String) {
        (TarEntry(path: Array(name.utf8), kind: .file(size: Int64(content.utf8.count)), permissions: 0o644), content)
    }

    static func cpio(_ files: [(name: String, content: [UInt8], time: Int)], rest: [UInt8] = []) -> [UInt8] {
        var out = ByteWriter()
        for file in files + [("TRAILER!!!", [], 0)] {
            out.text("070701")
            for value in [1, 0o100644, 0, 0, 1, file.time, file.content.count, 0, 0, 0, 0, file.name.utf8.count + 1, 0]
            {
                let digits = String(value, radix: 16)
                out.text(String(repeating: "0", count: 8 - digits.utf8.count) + digits)
            }
            out.text(file.name + "\0")
            out.align(4)
            out.bytes += file.content
            out.align(4)
        }
        out.align(512)
        return out.bytes + rest
    }

    static func package(
        data: [UInt8],
        control: String = "Package: a\n",
        _ compression: Compression = .xz
    ) throws -> [UInt8] {
        PackageFixture.ar([
            ("debian-binary", Array("2.0\n".utf8)),
            ("control.tar.xz", try KernelFixture.compressed(PackageFixture.tar([("./control", control)]), compression)),
            ("data.tar.xz", try KernelFixture.compressed(data, compression)),
        ])
    }
}
