import CaissonArtifacts
import Testing

@testable import CaissonKernelJobs

@Suite struct TargetArchitectureTests {
    @Test func `each architecture is known by its own name, by its others, and by what its artifacts tell`() {
        for architecture in TargetArchitecture.all {
            #expect(TargetArchitecture(architecture.name) == architecture)
            #expect(architecture.artifacts?.rawValue == architecture.name)
            #expect(TargetArchitecture(platform: architecture.platform) == architecture)
        }
        for (alias, name) in [
            ("amd64", "x86_64"), ("aarch64", "arm64"), ("armhf", "arm"), ("riscv64", "riscv"), ("s390x", "s390"),
        ] {
            #expect(TargetArchitecture(alias)?.name == name)
        }
        #expect(TargetArchitecture("pdp11") == nil)
    }
}
