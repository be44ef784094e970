import CaissonArtifacts
import Testing

struct CheckTests {
    private static func codes(
        _ bytes: [UInt8],
        _ change: (inout ArtifactExpectation) -> Void
    ) throws -> [ArtifactProblem.Code] {
        var expected = ArtifactExpectation()
        change(&expected)
        return try Artifact.read(ArtifactBytes(bytes)).check(expected).map(\.code)
    }

    @Test
    func `A module that is as expected has no problems`() throws {
        let codes = try Self.codes(KernelFixture.module()) {
            $0.kinds = [.module]
            $0.architecture = .x86_64
            $0.release = KernelFixture.release
            $0.vermagic = KernelFixture.vermagic
            $0.moduleName = "my-module"
        }
        #expect(codes == [])
    }

    @Test
    func `All that a module is and shouldn't be is told`() throws {
        let codes = try Self.codes(KernelFixture.module(fields: ["license=GPL", "vermagic=5.0 SMP", "name=b"])) {
            $0.kinds = ArtifactKind.kernels
            $0.architecture = .arm64
            $0.release = KernelFixture.release
            $0.vermagic = KernelFixture.vermagic
            $0.moduleName = "a"
        }
        #expect(codes == [.notKernelImage, .wrongMachine, .wrongVermagic, .wrongName])
        let flags = try Self.codes(KernelFixture.module()) {
            $0.release = KernelFixture.release
            $0.vermagic = "\(KernelFixture.release) SMP mod_unload"
        }
        #expect(flags == [.wrongVermagic])
    }

    @Test
    func `The class counts where an architecture has one`() throws {
        #expect(
            try Self.codes(ELFFixture(is64Bit: false, machine: 62).bytes()) { $0.architecture = .x86_64 } == [
                .wrongMachine
            ]
        )
        #expect(try Self.codes(ELFFixture(is64Bit: false, machine: 243).bytes()) { $0.architecture = .riscv } == [])
    }

    @Test
    func `Images, packages and configurations are compared by what they tell`() throws {
        let image = KernelFixture.flatImage(Array("ARM\u{64}".utf8))
        #expect(try Self.codes(image) { $0.architecture = .riscv } == [.wrongMachine])
        #expect(try Self.codes(image) { $0.release = "5" } == [.wrongRelease])
        let package = try PackageFixture.package()
        #expect(try Self.codes(package) { $0.architecture = .arm64 } == [.wrongMachine])
        #expect(try Self.codes(package) { $0.architecture = .x86_64 } == [])
        let all = try PackageFixture.package(control: "Package: a\nVersion: 1\nArchitecture: all\n")
        #expect(try Self.codes(all) { $0.architecture = .arm64 } == [])
        let config = Array("# Linux/x86 6.1.192 Kernel Configuration\n".utf8)
        #expect(try Self.codes(config) { $0.release = "6.1.192-3-amd64" } == [])
        #expect(try Self.codes(config) { $0.release = "6.2" } == [.wrongRelease])
        #expect(try Self.codes([]) { $0.kinds = [.deviceTree] } == [.wrongKind])
    }

    @Test
    func `Architectures have the names of the kernel, of Debian and of uname`() {
        let names = [
            "amd64": KernelArchitecture.x86_64, "aarch64": .arm64, "armhf": .arm, "riscv64": .riscv,
            "ppc64el": .powerpc,
            "s390x": .s390, "i686": .i386, "loong64": .loongarch, "mips64el": .mips,
        ]
        for (name, architecture) in names { #expect(KernelArchitecture(named: name) == architecture) }
        #expect(KernelArchitecture(named: "vax") == nil)
        for architecture in KernelArchitecture.allCases {
            #expect(KernelArchitecture(named: architecture.rawValue) == architecture)
            for machine in architecture.machines { #expect(KernelArchitecture(machine) == architecture) }
        }
    }
}
