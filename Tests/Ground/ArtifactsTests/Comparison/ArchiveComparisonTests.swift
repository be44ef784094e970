import CaissonArchive
import CaissonArtifacts
import Testing

struct ArchiveComparisonTests {
    typealias Fixture = ComparisonFixture

    private static func place(_ difference: FileDifference?) -> [String] { difference?.place.map(\.description) ?? [] }

    @Test(arguments: Compression.allCases)
    func `What is in a compressed stream is compared`(compression: Compression) throws {
        let streams = try ["one", "two"].map {
            try KernelFixture.compressed(Array("\0\($0) and more".utf8), compression)
        }
        let difference = try #require(try Fixture.difference(streams[0], streams[1]))
        #expect(difference.offset == 1)
        #expect(Self.place(difference) == (compression == .none ? [] : ["unpacked from \(compression.rawValue)"]))
    }

    @Test
    func `Streams of equal content differ by how they are compressed`() throws {
        let stream = try KernelFixture.compressed(Array("content".utf8), .gzip)
        var dated = stream
        dated[5] ^= 1
        let difference = try #require(try Fixture.difference(stream, dated))
        #expect(difference.kind == .compression && difference.offset == 5 && difference.cause == .gzipHeader)
        var system = stream
        system[9] ^= 1
        #expect(try Fixture.difference(stream, system)?.cause == nil)
    }

    @Test
    func `A damaged stream still differs somewhere`() throws {
        for compression in [Compression.gzip, .xz, .zstd] {
            let stream = try KernelFixture.compressed(Array("content, content".utf8), compression)
            let cut = try #require(try Fixture.difference(stream, Array(stream.dropLast(9))))
            #expect(cut.kind == .length(stream.count, stream.count - 9) && cut.place == [], "\(compression)")
        }
    }

    @Test
    func `A tar differs in a file's content before what is told beside it`() throws {
        func tar(_ content: String, _ change: (inout TarEntry) -> Void = { _ in }) throws -> [UInt8] {
            var early = Fixture.file("./a", "same")
            change(&early.entry)
            return try Fixture.tar([early, Fixture.file("./boot/b c", content)])
        }
        let base = try tar("x\n1\n")
        let both = try #require(try Fixture.difference(base, tar("x\n2\n") { $0.modificationTime = 5 }))
        #expect(both.description == #"file "./boot/b c" differs at line 2: "1" against "2""#)
        let cases: [((inout TarEntry) -> Void, FileDifference.Kind, DifferenceCause?)] = [
            ({ $0.modificationTime = 5 }, .attribute("modification time", "0", "5"), .time),
            ({ $0.permissions = 0o755 }, .attribute("mode", "0644", "0755"), .permissions),
            ({ $0.userID = 1000 }, .attribute("user", "0", "1000"), .owner),
            ({ $0.groupID = 70_000_000_000 }, .attribute("group", "0", "70000000000"), .owner),
            (
                { $0.attributes = [TarAttribute(name: "user.a", value: [65])] },
                .attribute("SCHILY.xattr.user.a", "none", "\"A\""), nil
            ),
        ]
        for (change, kind, cause) in cases {
            let difference = try Fixture.difference(base, tar("x\n1\n", change))
            #expect(difference?.kind == kind && difference?.cause == cause, "\(difference?.description ?? "")")
            #expect(Self.place(difference) == ["file ./a"])
        }
    }

    @Test
    func `A tar differs in a link's target, a long name and its order`() throws {
        func link(_ target: String) -> (entry: TarEntry, content: String) {
            (TarEntry(path: Array("l".utf8), kind: .symbolicLink(target: Array(target.utf8)), permissions: 0o777), "")
        }
        let links = try ["here", "there"].map { try Fixture.tar([link($0)]) }
        #expect(try Fixture.difference(links[0], links[1])?.kind == .attribute("target", "\"here\"", "\"there\""))
        let long = String(repeating: "long/", count: 80)
        let named = try ["1", "2"].map { try Fixture.tar([Fixture.file(long + "é", $0)]) }
        let difference = try Fixture.difference(named[0], named[1])
        #expect(difference?.place.map(\.name) == [long + "é"])
        let (a, b) = (Fixture.file("a", "1"), Fixture.file("b", "2"))
        let order = try Fixture.difference(Fixture.tar([a, b]), Fixture.tar([b, a]))
        #expect(order?.kind == .order(FilePlace(.file, "a"), FilePlace(.file, "b")))
        #expect(try Fixture.difference(Fixture.tar([a, b]), Fixture.tar([a]))?.kind == .onlyInFirst)
        #expect(Self.place(try Fixture.difference(Fixture.tar([a]), Fixture.tar([a, b]))) == ["file b"])
    }

    /// A header as GNU's tar writes it.
    private static func header(_ name: String, _ type: String, size: Int) -> [UInt8] {
        var out = ByteWriter()
        out.pad(to: 512)
        out.put(name, at: 0)
        for (text, place) in [("0000644", 100), ("0000000", 108), ("0000000", 116), ("00000000000", 136)] {
            out.put(text, at: place)
        }
        // The size in the binary form that GNU has for large ones.
        out.bytes[124] = 0x80
        out.bytes.replaceSubrange(132..<136, with: ByteWriter.sized(UInt64(size), 4, true))
        out.put(type, at: 156)
        out.put("ustar  \0", at: 257)
        out.put("        ", at: 148)
        let digits = String(out.bytes.reduce(0) { $0 + Int($1) }, radix: 8)
        out.put(String(repeating: "0", count: 6 - digits.utf8.count) + digits + "\0 ", at: 148)
        return out.bytes
    }

    @Test
    func `GNU's long names and large numbers are read, and a sparse file isn't`() throws {
        func tar(_ content: String, type: String = "0") -> [UInt8] {
            let long = String(repeating: "name/", count: 30) + "\0"
            var out = ByteWriter()
            for (name, type, text) in [("././@LongLink", "L", long), ("name", type, content)] {
                out.bytes += Self.header(name, type, size: text.utf8.count)
                out.text(text)
                out.align(512)
            }
            out.pad(to: out.bytes.count + 1024)
            return out.bytes
        }
        let difference = try Fixture.difference(tar("one text"), tar("two text"))
        #expect(difference?.place == [FilePlace(.file, String(repeating: "name/", count: 30))])
        #expect(difference?.offset == 0)
        #expect(try Fixture.difference(tar("one text", type: "S"), tar("two text", type: "S"))?.place == [])
    }

    @Test
    func `A record of pax with any name is told in one line`() throws {
        let tars = try ["a", "b"].map { value in
            var file = Fixture.file("f", "")
            file.entry.attributes = [TarAttribute(name: "user.a-b", value: Array(value.utf8))]
            var bytes = try Fixture.tar([file])
            // Only the name in the record is changed, of which there is no checksum.
            while let place = bytes.firstPlace(of: Array("user.a-b".utf8)) { bytes[place + 6] = 0x0A }
            return bytes
        }
        let difference = try #require(try Fixture.difference(tars[0], tars[1]))
        #expect(difference.kind == .attribute(#""SCHILY.xattr.user.a\nb""#, "\"a\"", "\"b\""), "\(difference)")
    }

    @Test
    func `The table of symbols of a library is told where nothing else differs`() throws {
        func library(_ table: UInt8, _ object: UInt8) -> [UInt8] {
            PackageFixture.ar([("/", [table]), ("a.o/", [object])])
        }
        #expect(Self.place(try Fixture.difference(library(1, 1), library(2, 2))) == ["member a.o"])
        #expect(Self.place(try Fixture.difference(library(1, 1), library(2, 1))) == ["member /"])
    }

    @Test
    func `A cpio differs in a file, its time or the archive behind it`() throws {
        let base = Fixture.cpio([("init", Array("one text".utf8), 1)])
        let content = try Fixture.difference(base, Fixture.cpio([("init", Array("two text".utf8), 2)]))
        #expect(Self.place(content) == ["file init"] && content?.offset == 0)
        let time = try Fixture.difference(base, Fixture.cpio([("init", Array("one text".utf8), 2)]))
        #expect(time?.kind == .attribute("modification time", "1", "2") && time?.cause == .time)
        let followed = try [UInt8(1), 2].map { byte in
            let second = Fixture.cpio([("bin/sh", [0, byte], 0)])
            return Fixture.cpio([("early", [], 0)], rest: try KernelFixture.compressed(second, .xz))
        }
        #expect(
            Self.place(try Fixture.difference(followed[0], followed[1]))
                == ["its end behind the archive", "unpacked from xz", "file bin/sh"]
        )
    }

    @Test
    func `A package differs in a section of a file of its data, whatever its sums are`() throws {
        let packages = try ["one", "two"].map { name in
            let kernel = try KernelFixture.compressed(Fixture.elf(data: "\(name) data"), .gzip)
            var file = Fixture.file("./lib/modules/a.ko.gz", "")
            file.entry.kind = .file(size: Int64(kernel.count))
            final class Box { var bytes: [UInt8] = [] }
            let box = Box()
            var writer = try TarWriter.open { box.bytes += Array($0) }
            try writer.add(file.entry)
            try kernel.withUnsafeBytes { try writer.write($0) }
            try writer.finish()
            return try Fixture.package(data: box.bytes, control: "Sum: \(name)\n")
        }
        let difference = try Fixture.difference(packages[0], packages[1])
        #expect(
            Self.place(difference) == [
                "member data.tar.xz", "unpacked from xz", "file ./lib/modules/a.ko.gz", "unpacked from gzip",
                "section .rodata",
            ]
        )
        let control = try Fixture.difference(
            Fixture.package(data: [1]),
            Fixture.package(data: [1], control: "Package: b\n")
        )
        #expect(Self.place(control) == ["member control.tar.xz", "unpacked from xz", "file ./control"])
        #expect(control?.line == 1)
    }

    @Test
    func `The header of a package's member is compared`() throws {
        let package = try PackageFixture.package()
        var dated = package
        dated[8 + 16] = 0x31
        let difference = try Fixture.difference(package, dated)
        #expect(Self.place(difference) == ["member debian-binary"])
        #expect(difference?.kind == .attribute("modification time", "\"0\"", "\"1\""))
    }

    @Test
    func `Where nothing more may be unpacked the place is told less precisely`() throws {
        let streams = try ["a", "b"].map { name in
            try KernelFixture.compressed([UInt8](repeating: 0, count: 100_000) + Array(name.utf8), .xz)
        }
        var limits = ComparisonLimits()
        limits.bytesInMemory = 1000
        #expect(Self.place(try Fixture.difference(streams[0], streams[1], limits)) == ["unpacked from xz"])
        #expect(try Fixture.difference(streams[0], streams[1], limits)?.offset == 100_000)
        limits.temporaryFolder = "/nowhere"
        #expect(try Fixture.difference(streams[0], streams[1], limits)?.place == [])
        limits = ComparisonLimits()
        limits.unpackedBytes = 200_001
        #expect(try Fixture.difference(streams[0], streams[1], limits)?.place == [])
        limits = ComparisonLimits()
        limits.depth = 0
        #expect(try Fixture.difference(streams[0], streams[1], limits)?.place == [])
    }
}
