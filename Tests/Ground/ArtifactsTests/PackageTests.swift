import CaissonArchive
import CaissonArtifacts
import Testing

struct PackageTests {
    private static func read(
        _ bytes: [UInt8],
        readsData: Bool = false
    ) throws -> (package: DebianPackage, problems: [ArtifactProblem]) {
        var limits = ArtifactLimits()
        limits.readsPackageData = readsData
        let artifact = try Artifact.read(ArtifactBytes(bytes), limits: limits)
        guard case .debianPackage(let package) = artifact.facts else {
            throw artifact.problems.first ?? ArtifactProblem(.wrongKind, "it is \(artifact.kind.rawValue)")
        }
        return (package, artifact.problems)
    }

    @Test
    func `Packages of each compression are read`() throws {
        let forms =
            [(.gzip, ".gz", .gzip), (.xz, ".xz", .xz), (.zstd, ".zst", .zstd), (.none, "", nil)]
            as [(Compression, String, CompressionFormat?)]
        for (compression, ending, format) in forms {
            let bytes = try PackageFixture.package(compression, ending: ending)
            let (package, problems) = try Self.read(bytes, readsData: true)
            #expect(package.name == "linux-image-test" && package.version == "6.1-1" && package.architecture == "amd64")
            #expect(
                package.depends == ["kmod", "a (>= 1) | b", "c"] && package.value("description") == "short\nlong\n."
            )
            #expect(package.format == "2.0" && package.compression == format && problems == [], "\(problems)")
            let content = try #require(package.content)
            #expect(
                content.files == ["./boot/vmlinuz", "./boot/config"] && content.entryCount == 3 && content.bytes == 17
            )
        }
    }

    @Test
    func `A cut or incomplete package has a problem`() throws {
        let bytes = try PackageFixture.package()
        #expect(try Self.read(Array(bytes.dropLast(100))).problems.map(\.code) == [.truncated, .damaged])
        let noControl = PackageFixture.ar([("debian-binary", Array("2.0\n".utf8))])
        #expect(try Self.read(noControl).problems.map(\.code) == [.damaged])
        for control in ["Package: a\n", "", " x\n", "Package: a\nno field\n"] {
            #expect(try Self.read(PackageFixture.package(control: control)).problems.map(\.code) == [.damaged])
        }
    }

    @Test
    func `Streams within streams aren't unpacked`() throws {
        let tar = try PackageFixture.tar([("./control", PackageFixture.control)])
        let twice = try KernelFixture.compressed(KernelFixture.compressed(tar, .gzip), .gzip)
        let bytes = PackageFixture.ar([("debian-binary", Array("2.0\n".utf8)), ("control.tar.gz", twice)])
        #expect(try Self.read(bytes).problems.map(\.code) == [.damaged])
        let module = try KernelFixture.compressed(KernelFixture.compressed(KernelFixture.module(), .gzip), .xz)
        let artifact = try Artifact.read(ArtifactBytes(module))
        #expect(artifact.kind == .compressed && artifact.compression == .xz && artifact.problems == [])
    }

    @Test
    func `A control file that is too large is refused`() throws {
        let control = "Package: a\nX: " + String(repeating: "x", count: 1 << 20)
        #expect(try Self.read(PackageFixture.package(control: control)).problems.map(\.code) == [.limitExceeded])
    }
}
