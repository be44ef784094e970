import CaissonArchive
import CaissonArtifacts
import Testing

/// Bytes that lie: whatever is read, it ends soon, in a value.
struct HostileTests {
    private static let small: ArtifactLimits = {
        var limits = ArtifactLimits()
        limits.unpackedBytes = 1 << 20
        limits.payloadBytes = 1 << 20
        limits.readsPackageData = true
        return limits
    }()

    /// Fixtures of all kinds, by their names.
    private static func fixtures() throws -> [(name: String, bytes: [UInt8])] {
        let kernel = KernelFixture.vmlinux()
        let flat = KernelFixture.flatImage(Array("ARM\u{64}".utf8))
        let packed = try KernelFixture.compressed(kernel, .gzip)
        return [
            ("module", KernelFixture.module(signature: [1, 2, 3])),
            ("module of 32 bits", KernelFixture.module(ELFFixture(is64Bit: false, isBigEndian: true))),
            ("vmlinux", kernel), ("bzImage", KernelFixture.x86Image(payload: packed)), ("image", flat),
            ("zImage", KernelFixture.armImage(payload: packed)), ("zboot", KernelFixture.zboot(payload: packed)),
            ("uImage", KernelFixture.uImage(flat)), ("device tree", DeviceTreeFixture.machine.bytes()),
            ("overlay", DeviceTreeFixture.overlay.bytes()), ("package", try PackageFixture.package()),
            ("config", Array("# Linux/x86 6.1 Kernel Configuration\nCONFIG_A=y\n# CONFIG_B is not set\n".utf8)),
            ("module.xz", try KernelFixture.compressed(KernelFixture.module(), .xz)),
            ("image.gz", try KernelFixture.compressed(flat, .gzip)),
        ]
    }

    private static func read(_ bytes: [UInt8]) throws -> Artifact {
        try Artifact.read(ArtifactBytes(bytes), limits: small)
    }

    @Test
    func `Every prefix of every fixture is read, and what was cut shows`() throws {
        let unsigned = KernelFixture.module().count
        for (name, bytes) in try Self.fixtures() {
            let whole = try Self.read(bytes)
            #expect(whole.problems == [], "\(name)")
            for count in 0..<bytes.count {
                let part = try Self.read(Array(bytes[..<count]))
                // The end of a text, and the zeros behind a banner, aren't missed; a module needs no signature.
                guard whole.kind != .config, whole.kind != .image, count != unsigned else { continue }
                #expect(part.kind != whole.kind || !part.problems.isEmpty, "\(name) cut at \(count)")
            }
        }
    }

    @Test
    func `Every byte of every fixture can be changed`() throws {
        for (_, bytes) in try Self.fixtures() {
            for place in bytes.indices {
                for mask in [UInt8(0xFF), 0x80, 0x01] {
                    var changed = bytes
                    changed[place] ^= mask
                    _ = try Self.read(changed)
                }
            }
        }
    }

    @Test
    func `Numbers of all sizes are put anywhere`() throws {
        let values: [UInt64] = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, .max >> 1, .max]
        var random = SeededGenerator(state: 6)
        let fixtures = try Self.fixtures().map { $0.bytes }
        for _ in 0..<6000 {
            guard
                var writer = fixtures.randomElement(using: &random).map({ bytes in
                    var writer = ByteWriter(isBigEndian: Bool.random(using: &random))
                    writer.bytes = bytes
                    return writer
                })
            else { return }
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let size = [1, 2, 4, 8].randomElement(using: &random) ?? 1
                // Headers and tables are at the beginning and at the end.
                let room = min(writer.bytes.count - size, 128)
                let near = Int.random(in: 0...room, using: &random)
                let place = Bool.random(using: &random) ? near : writer.bytes.count - size - near
                let value = ByteWriter.sized(values.randomElement(using: &random) ?? 0, size, writer.isBigEndian)
                writer.bytes.replaceSubrange(place..<(place + size), with: value)
            }
            let artifact = try Self.read(writer.bytes)
            _ = artifact.check(ArtifactExpectation(.arm64, release: "6"))
        }
    }

    @Test
    func `Any bytes behind any mark are read`() throws {
        let marks: [[UInt8]] = [
            [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0], [0x7F, 0x45, 0x4C, 0x46, 1, 2, 1, 0], [0xD0, 0x0D, 0xFE, 0xED],
            [0x27, 0x05, 0x19, 0x56], Array("!<arch>\ndebian-binary   ".utf8), Array("MZ\0\0zimg".utf8),
            [0x1F, 0x8B, 8],
            [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], [0x28, 0xB5, 0x2F, 0xFD], [0x5D, 0, 0], Array("BZh9".utf8),
            [2, 0x21, 0x4C, 0x18], [4, 0x22, 0x4D, 0x18], Array("CONFIG_A=y\n".utf8), [],
        ]
        var random = SeededGenerator(state: 7)
        for _ in 0..<3000 {
            let mark = marks.randomElement(using: &random) ?? []
            let rest = (0..<Int.random(in: 0...700, using: &random)).map { _ in
                random.chance(40) ? 0 : UInt8.random(in: .min ... .max, using: &random)
            }
            _ = try Self.read(mark + rest)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `A small file that unpacks to a large one is refused`() throws {
        let head = KernelFixture.flatImage(Array("ARM\u{64}".utf8))
        let bomb = try KernelFixture.compressed(head + [UInt8](repeating: 0, count: 8 << 20), .zstd)
        #expect(bomb.count < 4096)
        #expect(try Self.read(bomb).problems.map(\.code) == [.limitExceeded])
        let payload = try KernelFixture.compressed([UInt8](repeating: 0, count: 8 << 20), .xz)
        #expect(try Self.read(KernelFixture.x86Image(payload: payload)).problems.map(\.code) == [.damaged])
    }

    @Test(.timeLimit(.minutes(1)))
    func `Many beginnings of streams and banners don't take long`() throws {
        let streams = [[UInt8]](repeating: [0x1F, 0x8B, 8, 0], count: 20_000).flatMap { $0 }
        #expect(try Self.read(KernelFixture.armImage(payload: streams)).problems.map(\.code) == [.damaged])
        let banners = [[UInt8]](repeating: Array("Linux version 6".utf8), count: 20_000).flatMap { $0 }
        let elf = ELFFixture(type: 2, segments: [.init(type: 1, bytes: banners)])
        #expect(try Self.read(elf.bytes()).kind == .elf)
    }
}

extension ArtifactExpectation {
    fileprivate init(_ architecture: KernelArchitecture, release: String) {
        self.init()
        self.architecture = architecture
        self.release = release
        vermagic = release
        moduleName = "a"
        kinds = [.module]
    }
}
