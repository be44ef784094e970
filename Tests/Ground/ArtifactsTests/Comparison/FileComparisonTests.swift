import CaissonArchive
import CaissonArtifacts
import Testing

struct FileComparisonTests {
    typealias Fixture = ComparisonFixture

    private static func place(_ difference: FileDifference?) -> [String] { difference?.place.map(\.description) ?? [] }

    @Test
    func `Equal files have no difference`() throws {
        for bytes in [[], Array("a\n".utf8), Fixture.elf(), try PackageFixture.package()] {
            #expect(try Fixture.difference(bytes, bytes) == nil)
        }
    }

    @Test(arguments: [
        ("", "a", 0, "has 0 bytes in the first and 1 in the second, equal before"),
        ("abc", "ab", 2, "has 3 bytes in the first and 2 in the second, equal before"),
        ("a\u{1}b", "a\u{1}c", 2, "differs at byte 0x2: 62 against 63"),
        ("\u{0}some text", "\u{0}some test", 8, "differs at byte 0x8: \"some text\" against \"some test\""),
    ])
    func `Bytes without a form differ at a byte`(first: String, second: String, offset: Int, text: String) throws {
        let difference = try #require(try Fixture.difference(first, second))
        #expect(difference.offset == offset && difference.place == [])
        #expect(difference.description.hasPrefix(text), "\(difference)")
    }

    @Test(arguments: [
        ("a\nb\nc\n", "a\nb\nd\n", 3, "\"c\" against \"d\""), ("a\n", "b\n", 1, "\"a\" against \"b\""),
        ("a\nb\n", "a\n", 2, "\"b\" against \"\""), ("a\r\n", "a\n", 1, "0d 0a against 0a"),
        ("# x\nCONFIG_A=y\n", "# x\n# CONFIG_A is not set\n", 2, "\"CONFIG_A=y\" against \"# CONFIG_A is not set\""),
    ])
    func `Texts differ at a line`(first: String, second: String, line: Int, excerpt: String) throws {
        let difference = try #require(try Fixture.difference(first, second))
        #expect(difference.line == line && difference.excerpt?.description == excerpt)
    }

    @Test
    func `A long line is cut around the difference`() throws {
        let long = String(repeating: "x", count: 1000)
        let difference = try #require(try Fixture.difference("\n\(long)1\(long)\n", "\n\(long)2\(long)\n"))
        let excerpt = try #require(difference.excerpt)
        #expect(excerpt.first.utf8.count < 130 && excerpt.first.hasPrefix("…xx") && excerpt.first.hasSuffix("xx…"))
        #expect(excerpt.first.contains("x1x") && excerpt.second.contains("x2x"))
    }

    @Test
    func `The section that tells most is told`() throws {
        let base = Fixture.elf()
        let cases: [([UInt8], String)] = [
            (Fixture.elf(id: 2), "section .note.gnu.build-id"),
            (Fixture.elf(symbols: "mean", id: 2), "section .strtab"),
            (Fixture.elf(debug: "/lib", symbols: "mean", id: 2), "section .debug_str"),
            (Fixture.elf(data: "more data", debug: "/lib", id: 2), "section .rodata"),
            (Fixture.elf(text: [0x90, 0xC4], data: "more data", debug: "/lib", id: 2), "section .text"),
            (base + [1], "its end behind all sections"),
        ]
        for (other, place) in cases {
            #expect(Self.place(try Fixture.difference(base, other)) == [place])
        }
        let id = try Fixture.difference(base, Fixture.elf(id: 2))
        #expect(id?.cause == .buildID && id?.offset == 19)
    }

    @Test
    func `A section whose cause is plain is told before code that it moved`() throws {
        let first = Fixture.elf(text: [1], data: "built at 10:32:11\0")
        let second = Fixture.elf(text: [2], data: "built at 10:33:02\0")
        let difference = try #require(try Fixture.difference(first, second))
        #expect(difference.cause == .time && difference.offset == 13)
        let text = #"section .rodata differs at byte 0xd: "built at 10:32:11" against "built at 10:33:02" (a time: "#
        #expect(difference.description.hasPrefix(text), "\(difference)")
    }

    @Test
    func `A section that only one has is told, and one that has another address`() throws {
        let one = ELFFixture(sections: [.init(name: ".a", flags: 2, bytes: [1])]).bytes()
        let two = ELFFixture(sections: [.init(name: ".a", flags: 2, bytes: [1]), .init(name: ".b", flags: 2)]).bytes()
        #expect(try Fixture.difference(one, two)?.kind == .onlyInSecond)
        #expect(try Fixture.difference(two, one)?.kind == .onlyInFirst)
        #expect(Self.place(try Fixture.difference(one, two)) == ["section .b"])
        let three = ELFFixture(sections: [.init(name: ".a", flags: 3, bytes: [1])]).bytes()
        #expect(try Fixture.difference(one, three)?.kind == .attribute("flags", "0x2", "0x3"))
        let zeros = [10, 20].map { size in
            let bytes = [UInt8](repeating: 0, count: size)
            return ELFFixture(sections: [.init(name: ".bss", type: 8, flags: 3, bytes: bytes)]).bytes()
        }
        #expect(try Fixture.difference(zeros[0], zeros[1])?.kind == .attribute("size", "10", "20"))
    }

    @Test
    func `A program without sections differs in a segment`() throws {
        let programs = [UInt8(1), 2].map { byte in
            var bytes = ELFFixture(type: 2, segments: [.init(type: 1, bytes: [0, byte])]).bytes()
            // No table of sections.
            bytes.replaceSubrange(40..<48, with: [UInt8](repeating: 0, count: 8))
            return bytes
        }
        #expect(Self.place(try Fixture.difference(programs[0], programs[1])) == ["segment 0"])
    }

    @Test
    func `A module that differs by its signature alone says so`() throws {
        let modules = [UInt8(1), 2].map { KernelFixture.module(signature: [7, $0]) }
        let difference = try Fixture.difference(modules[0], modules[1])
        #expect(Self.place(difference) == ["its signature"] && difference?.cause == .signature)
    }

    @Test
    func `A device tree differs in a property`() throws {
        let trees = ["me,cpu", "me,cpv"].map { name in
            var tree = DeviceTreeFixture()
            tree.begin("")
            tree.property("model", Array("A\0".utf8))
            tree.begin("cpus")
            tree.begin("cpu@0")
            tree.property("compatible", Array("\(name)\0".utf8))
            for _ in 0..<3 { tree.end() }
            return tree.bytes()
        }
        let difference = try #require(try Fixture.difference(trees[0], trees[1]))
        let text = #"property /cpus/cpu@0/compatible differs at byte 0x5: "me,cpu" against "me,cpv""#
        #expect(difference.description == text)
    }

    @Test
    func `A kernel image differs in its setup, or in the kernel within`() throws {
        func image(
            _ compression: Compression,
            _ data: String,
            release: String = KernelFixture.release
        ) throws -> [UInt8] {
            let kernel = Fixture.elf(data: data)
            var payload = ByteWriter()
            payload.bytes = try KernelFixture.compressed(kernel, compression)
            // The build puts the size behind all others.
            if compression != .gzip { payload.u32(kernel.count) }
            return KernelFixture.x86Image(payload: payload.bytes, release: release)
        }
        for compression in [Compression.gzip, .xz, .zstd] {
            let difference = try Fixture.difference(image(compression, "one data"), image(compression, "two data"))
            #expect(
                Self.place(difference)
                    == ["its compressed kernel", "unpacked from \(compression.rawValue)", "section .rodata"]
            )
        }
        let setup = try Fixture.difference(image(.gzip, "a"), image(.gzip, "a", release: "6.1.0-tess"))
        #expect(Self.place(setup) == ["its setup code"] && setup?.offset == 0x309)
        let dated = try Fixture.difference(
            image(.gzip, "a", release: "6.1 Dec  3 2026"),
            image(.gzip, "b", release: "6.1 Dec  4 2026")
        )
        #expect(Self.place(dated) == ["its setup code"] && dated?.cause == .time)
    }

    @Test
    func `Other kernel images differ in the kernel within`() throws {
        let kernels = try ["one", "two"].map {
            try KernelFixture.compressed(KernelFixture.vmlinux() + Array($0.utf8), .gzip)
        }
        let inner = ["unpacked from gzip", "its end behind all sections"]
        let zboot = kernels.map { KernelFixture.zboot(payload: $0) }
        #expect(Self.place(try Fixture.difference(zboot[0], zboot[1])) == ["its compressed kernel"] + inner)
        let arm = kernels.map { KernelFixture.armImage(payload: $0) }
        #expect(Self.place(try Fixture.difference(arm[0], arm[1])) == ["its compressed kernel"] + inner)
        let uImages = kernels.map { KernelFixture.uImage($0, compression: 1) }
        #expect(Self.place(try Fixture.difference(uImages[0], uImages[1])) == ["its content"] + inner)
        var later = uImages[0]
        later[11] ^= 1
        let time = try Fixture.difference(uImages[0], later)
        #expect(Self.place(time) == ["its time"] && time?.cause == .time)
    }
}
