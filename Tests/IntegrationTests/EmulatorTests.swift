import Foundation
import Glibc
import Testing

/// Platforms that nothing here can run.
@Suite(.enabled(if: access("/proc/sys/fs/binfmt_misc/qemu-riscv64", F_OK) != 0, "skipped: riscv64 is emulated here"))
struct EmulatorTests {
    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `steps that need an emulator which seems to be missing are tried, with a notice`(kind: EngineKind) async throws
    {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            // The busybox is one of this machine's own, so that the steps succeed whatever the platform is called.
            try TestContext.write(TestContext.busyboxBase + "RUN [\"/bin/busybox\", \"true\"]\n", to: directory)
            for platforms in ["linux/riscv64", "linux/amd64,linux/riscv64"] {
                let flags = ["--platform", platforms, "-o", "out", "."]
                let built = try await Build(flags, in: directory, on: engine).succeed()
                let said = built.errorOutput
                #expect(said.contains("no emulator for linux/riscv64") && said.contains("binfmt --install riscv64"))
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a Dockerfile that compiles across needs no emulator`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            let text = """
                FROM --platform=$BUILDPLATFORM scratch AS tools
                COPY busybox /bin/busybox
                FROM tools AS build
                ARG TARGETARCH
                RUN ["/bin/busybox", "sh", "-c", "echo for $TARGETARCH >/program"]
                FROM scratch
                COPY --from=build /program /

                """
            try TestContext.write(text, to: directory)
            let flags = ["--platform", "linux/riscv64", "-o", "out", "."]
            let built = try await Build(flags, in: directory, on: engine).succeed()
            let program = try String(contentsOf: directory.appending(path: "out/program"), encoding: .utf8)
            #expect(program == "for riscv64\n")
            #expect(!built.errorOutput.contains("no emulator"))
        }
    }
}
