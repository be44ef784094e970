import CaissonArchive
import CaissonArtifacts
import Testing

struct ImageTests {
    private static let kernel = KernelFixture.vmlinux()

    private static func read(_ bytes: [UInt8]) throws -> Artifact { try Artifact.read(ArtifactBytes(bytes)) }

    @Test
    func `The kernel itself is told by its banner`() throws {
        let artifact = try Self.read(Self.kernel)
        guard case .vmlinux(let elf, let banner) = artifact.facts else {
            Issue.record("it is \(artifact.kind)")
            return
        }
        #expect(elf.machine.name == "x86-64" && banner.release == KernelFixture.release && banner.builder == "me@here")
        #expect(banner.text == String(KernelFixture.banner.dropLast()) && artifact.problems == [])
    }

    @Test
    func `A banner is found where pieces meet, and a likeness isn't one`() throws {
        for place in [0, (1 << 20) - 60, (1 << 20) - 10, (1 << 20) - 1, 1 << 20, (2 << 20) - 30] {
            var bytes = [UInt8](repeating: 0x4C, count: place)
            bytes += Array("Linux version 5 is needed\0\(KernelFixture.banner)".utf8)
            let elf = ELFFixture(type: 2, segments: [.init(type: 1, bytes: bytes)])
            #expect(try Self.read(elf.bytes()).facts.release == KernelFixture.release, "at \(place)")
        }
        let likeness = ELFFixture(type: 2, segments: [.init(type: 1, bytes: Array("Linux version 6.1 (me".utf8))])
        #expect(try Self.read(likeness.bytes()).kind == .elf)
    }

    @Test
    func `The header and the kernel of a bzImage are read`() throws {
        for (compression, format) in [(.gzip, .gzip), (.xz, .xz), (.zstd, .zstd)] as [(Compression, CompressionFormat)]
        {
            let payload = try KernelFixture.compressed(Self.kernel, compression) + [0, 0, 1, 0]
            let artifact = try Self.read(KernelFixture.x86Image(payload: payload))
            guard case .x86Image(let image) = artifact.facts else {
                Issue.record("it is \(artifact.kind)")
                return
            }
            #expect(image.protocolVersion == 0x20F && image.release == KernelFixture.release && image.setupSectors == 1)
            #expect(image.isLoadedHigh && image.is64Bit && image.isLoadableAbove4GiB && image.initSize == 0x10000)
            let inner = try #require(image.payload)
            #expect(inner.format == format && inner.offset == 1040 && inner.size == payload.count)
            #expect(inner.banner?.release == KernelFixture.release && inner.machine?.name == "x86-64")
            #expect(artifact.problems == [] && artifact.facts.architecture == .x86_64, "\(artifact.problems)")
        }
    }

    @Test
    func `What is wrong with a bzImage is told`() throws {
        let payload = try KernelFixture.compressed(Self.kernel, .gzip)
        let image = KernelFixture.x86Image(payload: payload)
        #expect(try Self.read(Array(image.dropLast(40))).problems.first?.code == .truncated)
        #expect(
            try Self.read(KernelFixture.x86Image(payload: payload, release: "5.0")).problems.map(\.code) == [.damaged]
        )
        #expect(
            try Self.read(KernelFixture.x86Image(payload: [1, 2, 3, 4])).problems.map(\.code) == [
                .unsupportedCompression
            ]
        )
        let lzo: [UInt8] = [0x89, 0x4C, 0x5A, 0x4F, 0x00, 0x0D, 0x0A, 0x1A, 0x0A]
        #expect(try Self.read(KernelFixture.x86Image(payload: lzo)).problems.map(\.code) == [.unsupportedCompression])
        let other = try KernelFixture.compressed(Array("no kernel".utf8), .gzip)
        #expect(try Self.read(KernelFixture.x86Image(payload: other)).problems.map(\.code) == [.damaged])
        var limits = ArtifactLimits()
        limits.readsPayloads = false
        let quick = try Artifact.read(ArtifactBytes(KernelFixture.x86Image(payload: other)), limits: limits)
        #expect(quick.problems == [] && quick.facts.release == KernelFixture.release)
    }

    @Test
    func `Uncompressed images are read by their headers`() throws {
        let arm = try Self.read(KernelFixture.flatImage(Array("ARM\u{64}".utf8)))
        guard case .flatImage(let image) = arm.facts else {
            Issue.record("it is \(arm.kind)")
            return
        }
        #expect(image.architecture == .arm64 && image.textOffset == 0x80000 && image.imageSize == 0x200_0000)
        #expect(image.pageSize == 4096 && !image.isBigEndian && image.banner?.release == KernelFixture.release)
        #expect(arm.problems == [])
        let riscv = try Self.read(KernelFixture.flatImage(Array("RSC\u{05}".utf8)))
        #expect(riscv.facts.architecture == .riscv && riscv.kind == .image)
        let loongarch = try Self.read(KernelFixture.flatImage([0xCD, 0x23, 0x82, 0x81]))
        #expect(loongarch.facts.architecture == .loongarch)
        let packed = try Self.read(KernelFixture.compressed(KernelFixture.flatImage(Array("ARM\u{64}".utf8)), .gzip))
        #expect(packed.kind == .image && packed.compression == .gzip && packed.facts == arm.facts)
    }

    @Test(arguments: [false, true])
    func `A zImage of either byte order gives the kernel inside`(isBigEndian: Bool) throws {
        let junk: [UInt8] = [0x1F, 0x8B, 0x08, 0xFF]
        let payload = try junk + KernelFixture.compressed(KernelFixture.flatImage(Array("xxxx".utf8)), .gzip)
        let bytes = KernelFixture.armImage(payload: payload, isBigEndian: isBigEndian)
        let artifact = try Self.read(bytes + [1, 2])
        guard case .armImage(let image) = artifact.facts else {
            Issue.record("it is \(artifact.kind)")
            return
        }
        #expect(image.isBigEndian == isBigEndian && image.trailingBytes == 2 && image.payload?.offset == 0x44)
        #expect(artifact.facts.release == KernelFixture.release && artifact.problems == [])
        #expect(try Self.read(Array(bytes.dropLast(41))).problems.first?.code == .truncated)
        #expect(try Self.read(KernelFixture.armImage(payload: junk)).problems.map(\.code) == [.damaged])
    }

    @Test
    func `Images of UEFI and of s390 are read`() throws {
        let payload = try KernelFixture.compressed(KernelFixture.flatImage(Array("ARM\u{64}".utf8)), .gzip)
        let zboot = try Self.read(KernelFixture.zboot(payload: payload))
        #expect(zboot.kind == .zboot && zboot.facts.release == KernelFixture.release && zboot.problems == [])
        #expect(
            try Self.read(KernelFixture.zboot(payload: Array(payload.dropLast(20)))).problems.map(\.code) == [.damaged]
        )
        let s390 = try Self.read(KernelFixture.s390Image())
        #expect(s390.kind == .s390Image && s390.facts.release == KernelFixture.release)
        #expect(s390.facts.architecture == .s390)
    }

    @Test
    func `A kernel that is an ELF file and unpacks itself gives the kernel inside`() throws {
        let payload = try KernelFixture.compressed(Self.kernel, .gzip)
        for (name, kind) in [(".image", ArtifactKind.elfImage), (".kernel:vmlinux.strip", .elfImage), (".data", .elf)] {
            let elf = ELFFixture(type: 2, machine: 8, sections: [.init(name: name, flags: 3, bytes: payload)])
            let artifact = try Self.read(elf.bytes())
            #expect(artifact.kind == kind && artifact.facts.architecture == .mips)
            #expect(artifact.facts.release == (kind == .elf ? nil : KernelFixture.release))
        }
    }

    @Test
    func `An image for U-Boot is read, and its checksums are compared`() throws {
        let content = KernelFixture.flatImage(Array("xxxx".utf8))
        let bytes = KernelFixture.uImage(content)
        let artifact = try Self.read(bytes)
        guard case .uImage(let image) = artifact.facts else {
            Issue.record("it is \(artifact.kind)")
            return
        }
        #expect(image.name == "Linux-6.1.0-test" && image.system == "linux" && image.type == "kernel")
        #expect(image.architecture == .arm && image.compression == "none" && image.loadAddress == 0x8000)
        #expect(image.size == content.count && image.entry == 0x8040 && image.time == 1_700_000_000)
        #expect(artifact.facts.release == KernelFixture.release && artifact.problems == [], "\(artifact.problems)")
        let packed = try Self.read(KernelFixture.uImage(KernelFixture.compressed(content, .gzip), compression: 1))
        #expect(packed.facts.release == KernelFixture.release && packed.problems == [])
        for (place, code) in [(40, ArtifactProblem.Code.damaged), (70, .damaged)] {
            var changed = bytes
            changed[place] ^= 1
            #expect(try Self.read(changed).problems.map(\.code) == [code])
        }
        #expect(try Self.read(Array(bytes.dropLast())).problems.map(\.code) == [.truncated])
        #expect(try Self.read(bytes + [0]).problems.map(\.code) == [.trailingData])
    }
}
