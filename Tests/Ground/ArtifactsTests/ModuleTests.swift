import CaissonArchive
import CaissonArtifacts
import Testing

struct ModuleTests {
    private static func read(_ bytes: [UInt8]) throws -> (module: ModuleFacts, problems: [ArtifactProblem]) {
        let artifact = try Artifact.read(ArtifactBytes(bytes))
        guard case .module(let module) = artifact.facts else {
            Issue.record("it is \(artifact.kind): \(artifact.problems)")
            throw ArtifactProblem(.wrongKind, "no module")
        }
        return (module, artifact.problems)
    }

    @Test(arguments: [false, true], [false, true])
    func `What a module says of itself is told`(is64Bit: Bool, isBigEndian: Bool) throws {
        let bytes = KernelFixture.module(ELFFixture(is64Bit: is64Bit, isBigEndian: isBigEndian))
        let (module, problems) = try Self.read(bytes)
        #expect(problems == [])
        #expect(module.name == "my_module" && module.licenses == ["GPL"] && module.depends == ["crc32", "libcrc-x"])
        #expect(module.value("description") == "a = b" && module.aliasCount == 2 && module.firmware == ["a.bin"])
        #expect(module.isInTree && module.hasRetpoline && module.sourceVersion == "ABC" && module.signature == nil)
        #expect(module.elf.buildID == "deadbe0f" && !module.elf.isStripped)
        let vermagic = try #require(module.vermagic)
        #expect(vermagic.release == KernelFixture.release && vermagic.isSMP && vermagic.preemption == .full)
        #expect(vermagic.hasUnloading && vermagic.hasSymbolVersions)
        #expect(vermagic.description == "6.1.0-test SMP preempt mod_unload modversions")
    }

    @Test(arguments: [
        ("6.1 SMP aarch64", true, Vermagic.Preemption.none, false),
        ("6.1 preempt_rt mod_unload ", false, .realTime, true),
        ("", false, .none, false), ("  6.1  ", false, .none, false),
    ])
    func `The words of a vermagic are told apart`(
        text: String,
        isSMP: Bool,
        preemption: Vermagic.Preemption,
        hasUnloading: Bool
    ) {
        let vermagic = Vermagic(text)
        #expect(vermagic.isSMP == isSMP && vermagic.preemption == preemption && vermagic.hasUnloading == hasUnloading)
        #expect(vermagic.release == (text.isEmpty ? "" : "6.1"))
    }

    @Test
    func `A signature is told, and one that says too much is damage`() throws {
        let bytes = KernelFixture.module(signature: [1, 2, 3])
        let (module, problems) = try Self.read(bytes)
        #expect(problems == [] && module.signature?.size == 3 && module.signature?.identifierType == 2)
        #expect(module.signature?.contentSize == bytes.count - 3 - 40)
        var writer = ByteWriter(isBigEndian: true)
        writer.bytes = bytes
        writer.put(0xFFFF_FFFF, 4, at: bytes.count - 32)
        let damaged = try Self.read(writer.bytes)
        #expect(damaged.module.signature == nil && damaged.problems.map(\.code) == [.damaged])
    }

    @Test
    func `A module that says too little has a problem for each thing`() throws {
        #expect(
            try Self.read(KernelFixture.module(fields: [])).problems.map(\.code) == [
                .incompleteModule, .incompleteModule,
            ]
        )
        var elf = ELFFixture(sections: [.init(name: ".gnu.linkonce.this_module")])
        #expect(try Self.read(elf.bytes()).problems.map(\.code) == [.incompleteModule])
        elf.sections.append(.init(name: ".modinfo", flags: 0x800, bytes: [1]))
        #expect(try Self.read(elf.bytes()).problems.map(\.code) == [.unsupportedCompression])
        #expect(try Artifact.read(ArtifactBytes(ELFFixture().bytes())).kind == .elf)
    }

    @Test
    func `Modules are read compressed`() throws {
        let bytes = KernelFixture.module()
        for (compression, format) in [(.gzip, .gzip), (.xz, .xz), (.zstd, .zstd)] as [(Compression, CompressionFormat)]
        {
            let packed = try KernelFixture.compressed(bytes, compression)
            let artifact = try Artifact.read(ArtifactBytes(packed))
            #expect(artifact.kind == .module && artifact.compression == format && artifact.problems == [])
            #expect(artifact.facts.release == KernelFixture.release && artifact.size == packed.count)
            let cut = try Artifact.read(ArtifactBytes(Array(packed.dropLast(9))))
            #expect(cut.problems.map(\.code) == [.damaged], "\(format)")
        }
    }

    @Test
    func `A gzip stream whose content was changed is damage`() throws {
        var packed = try KernelFixture.compressed(KernelFixture.module(), .gzip)
        packed[packed.count - 8] ^= 1
        #expect(try Artifact.read(ArtifactBytes(packed)).problems.map(\.code) == [.damaged])
        packed[packed.count - 8] ^= 1
        packed[packed.count - 4] ^= 1
        #expect(try Artifact.read(ArtifactBytes(packed)).problems.map(\.code) == [.damaged])
    }

    @Test
    func `What isn't there is named with who needs it`() {
        let modules = ["a": ["b", "snd-pcm"], "snd_pcm": [], "c": ["b", "builtin-x"]]
        let missing = ModuleDependencies.missing(modules, builtIn: ["builtin_x"])
        #expect(missing.map { "\($0.module) \($0.needs)" } == ["a b", "c b"])
    }

    @Test(arguments: [
        ("kernel/sound/snd-pcm.ko", "snd_pcm"), ("a.ko.xz", "a"), ("a.ko.zst", "a"), ("a.ko.gz", "a"), ("a", "a"),
        (".ko", ".ko"), ("a.b.ko", "a.b"), ("", ""), ("x/", ""),
    ])
    func `A file's name is that of its module`(file: String, name: String) {
        #expect(ModuleDependencies.name(of: file) == name)
    }
}
