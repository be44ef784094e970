import Foundation
import Glibc
import Testing

/// `caisson kernel` on real engines, with a tree that answers a kernel's targets in no time.
@Suite struct KernelTests {
    @Test(.requires(.docker20), .requires(.docker26), arguments: [EngineKind.docker20, .docker26])
    func `a kernel is built, looked at and told, and what an architecture has not is skipped`(
        kind: EngineKind
    ) async throws {
        try await KernelWork.withJob(kind) { job in
            let (manifest, result) = try await job.run([
                "-a", "x86_64", "-k", "boot_defconfig", "image", "modules", "dtbs",
            ])
            #expect(result.succeeded && manifest.status == "PASS", "\(result.errorOutput)")
            #expect(manifest.state("dtbs") == "SKIP" && manifest.state("modules") == "PASS")
            let wanted = ["System.map", "bzImage", "config", "modules/6.1.192/kernel/lib/crc4.ko", "vmlinux"]
            #expect(Set(wanted).isSubset(of: manifest.paths), "\(manifest.paths)")
            #expect(manifest.artifacts.first { $0.path == "bzImage" }?.kernelrelease == "6.1.192")
            #expect(manifest.artifacts.first { $0.path.hasSuffix("crc4.ko") }?.type == "module")
            #expect(job.text("status.json").contains("\"PASS\""))
            #expect(job.text("build.log").contains("==> image <=="))
            var sums = Command("sha256sum", ["-c", "--quiet", "SHA256SUMS"])
            sums.directory = job.directory.appending(path: "out").path
            try await runSuccessfully(sums)
            let names = result.errorOutput.split(separator: "\n").filter { $0.contains("[kernel]") }.map(String.init)
            for step in ["environment", "source", "config", "image", "modules", "collect"] {
                #expect(names.contains { $0.hasSuffix("[kernel] \(step)") }, "\(step) of \(names)")
            }
            let verified = try await run(.caisson(["kernel", "verify", job.directory.path + "/out"]))
            #expect(verified.succeeded, "\(verified.output)")
            var shown = Command.caisson(["builds", "ls"], on: job.engine)
            shown.environment["CAISSON_HOME"] = job.command.environment["CAISSON_HOME"]
            #expect(try await run(shown).output.contains("succeeded"))
        }
    }

    @Test(.requires(.docker26))
    func `another architecture has its compiler, its image and its device trees`() async throws {
        try await KernelWork.withJob(.docker26) { job in
            let (manifest, result) = try await job.run(["-a", "arm64", "-k", "board_defconfig", "-t", "gcc"])
            #expect(result.succeeded && manifest.status == "PASS", "\(result.errorOutput)")
            #expect(manifest.paths.contains("Image.gz") && manifest.paths.contains("dtbs/vendor/board-a.dtb"))
            #expect(job.text("manifest.json").contains("aarch64-linux-gnu-gcc"))
        }
    }

    @Test(.requires(.docker20), .requires(.docker26), arguments: [EngineKind.docker20, .docker26])
    func `a failed step leaves all logs and what there is, and its first error is told`(kind: EngineKind) async throws {
        try await KernelWork.withJob(kind) { job in
            let (manifest, result) = try await job.run(["-k", "defconfig", "FAKE_ERROR=image", "FAKE_LINES=50000"])
            #expect(result.status == .exited(1) && manifest.status == "FAIL")
            #expect(
                result.errorOutput.contains("[kernel] image failed with exit status 2"),
                "\(result.errorOutput.suffix(2000))"
            )
            #expect(result.errorOutput.contains("lib/image.c:7:9: error:"))
            #expect(manifest.state("image") == "FAIL" && manifest.state("modules") == nil)
            let log = job.text("logs/03-image.log").split(separator: "\n")
            #expect(log.count { $0.contains("drivers/file") } == 50_000)
            #expect(manifest.paths.contains("vmlinux"))
            #expect(job.text("status.json").contains("\"FAIL\""))
        }
    }

    @Test(.requires(.docker26))
    func `what make says is well and isn't there, or isn't what was asked for, fails the job`() async throws {
        try await KernelWork.withJob(.docker26) { job in
            let wanted = ["-K", "CONFIG_NOPE=y", "-K", "CONFIG_SERIAL_8250_CONSOLE=y", "-K", "CONFIG_CRC4=m"]
            let (manifest, result) = try await job.run(["-k", "tinyconfig", "--artifact", "nothing.bin"] + wanted)
            #expect(result.status == .exited(1) && manifest.status == "FAIL")
            let messages = manifest.validation.flatMap { $0.messages ?? [] }
            for part in ["CONFIG_NOPE", "CONFIG_SERIAL_8250_CONSOLE", "CONFIG_CRC4 is y", "nothing.bin"] {
                #expect(messages.contains { $0.contains(part) }, "\(part): \(messages)")
            }
            #expect(manifest.state("modules") == "SKIP")
            let shown = try await job.run(["-k", "defconfig", "--artifact", "lib/*.ko", "--artifact", "*.o"])
            #expect(shown.0.status == "PASS", "\(shown.1.errorOutput)")
            #expect(shown.0.paths.contains("lib/crc7.ko") && shown.0.paths.contains("mm.o"))
        }
    }

    @Test(.requires(.docker26))
    func `a kept build compiles what changed alone, and ccache counts`() async throws {
        try await KernelWork.withJob(.docker26) { job in
            let name = "kept-\(UUID().uuidString.lowercased().prefix(8))"
            let words = ["-k", "defconfig", "-b", name, "-w", "ccache", "image"]
            func compiled() -> [String] {
                job.text("logs/03-image.log").split(separator: "\n").filter { $0.contains("  CC  ") }
                    .map { String($0.split(separator: "/").last ?? "") }.sorted()
            }
            #expect(try await job.run(words).0.status == "PASS")
            #expect(compiled().count == 4)
            #expect(try await job.run(words).0.status == "PASS")
            #expect(compiled() == [])
            let changed = try await job.run(words + ["-K", "CONFIG_CRC7=n"])
            #expect(changed.0.status == "PASS", "\(changed.1.errorOutput)")
            #expect(compiled() == ["crc7.o"])
        }
    }

    @Test(.requires(.docker26))
    func `a kernel that asks, a dirty tree and a missing compiler are told at once`() async throws {
        try await KernelWork.withJob(.docker26) { job in
            let asked = try await job.run(["-k", "defconfig", "FAKE_INTERACTIVE=1"])
            #expect(asked.0.state("config") == "FAIL", "\(asked.1.errorOutput)")
            let missing = try await job.run(["-a", "riscv"])
            #expect(missing.1.errorOutput.contains("the image lacks riscv64-linux-gnu-gcc"))
            #expect(missing.0.state("source") == nil)
            let dirty = job.directory.path + "/dirty"
            try await runSuccessfully(Command("cp", ["-R", KernelWork.tree, dirty]))
            try Data("CONFIG_X=y\n".utf8).write(to: URL(filePath: dirty + "/.config"))
            let built = try await job.run([], tree: dirty)
            #expect(built.1.errorOutput.contains("make mrproper"))
        }
    }

    @Test(.requires(.docker26))
    func `an interrupted job says so, keeps its logs, and leaves nothing running`() async throws {
        try await KernelWork.withJob(.docker26) { job in
            let running = try RunningProcess.start(job.command(["-k", "defconfig", "FAKE_SLEEP=97"]))
            _ = try await running.awaitText("lib/mm.o")
            running.send(SIGINT)
            let result = try await running.finish(within: .seconds(30))
            #expect(result.status == .exited(130), "\(result.errorOutput)")
            #expect(job.text("status.json").contains("\"CANCELLED\""))
            #expect(job.text("logs/03-image.log").contains("lib/mm.o"))
            #expect(!job.engine.processes().contains { $0.commandLine.contains("sleep 97") })
            let again = try await job.run(["-k", "defconfig"])
            #expect(again.0.status == "PASS")
        }
    }

    @Test(.requires(.docker26))
    func `a job that takes longer than its time is ended, and two don't write to one folder`() async throws {
        try await KernelWork.withJob(.docker26) { job in
            let running = try RunningProcess.start(job.command(["--timeout", "5s", "FAKE_SLEEP=96"]))
            _ = try await running.awaitText("lib/mm.o")
            let other = try await run(job.command([]))
            #expect(other.errorOutput.contains("another job is writing its results"))
            let result = try await running.finish(within: .seconds(40))
            #expect(
                result.status == .exited(1) && result.errorOutput.contains("timeout of 5s"),
                "\(result.errorOutput)"
            )
            #expect(job.text("status.json").contains("\"TIMEOUT\""))
        }
    }

    @Test(.requires(.docker20), .requires(.docker26), arguments: [EngineKind.docker20, .docker26])
    func `a kernel that comes up with its modules passes, and of one that doesn't the reason is told`(
        kind: EngineKind
    ) async throws {
        try await KernelWork.withJob(kind) { job in
            let (booted, result) = try await job.run(["--boot", "-k", "boot_defconfig", "image", "modules"])
            #expect(booted.status == "PASS" && booted.state("boot") == "PASS", "\(result.errorOutput)")
            #expect(booted.validation.first { $0.check == "boot" }?.status == "PASS")
            #expect(job.text("logs/serial.log").contains("INSMOD crc4 ok"))
            let file = job.directory.appending(path: "job.yaml")
            for (words, reason) in [
                ("fake=panic", "Kernel panic"), ("fake=crc4", "modules can't be loaded: crc4"),
                ("fake=hang", "no CAISSON-BOOT-OK within 2 s"), ("fake=silent", "reset before any output"),
            ] {
                let text = "config: boot_defconfig\nvalidate: {boot: {append: \"\(words)\", timeout: 2s}}\n"
                try text.write(to: file, atomically: true, encoding: .utf8)
                let (failed, told) = try await job.run([file.path, "image", "modules"])
                #expect(failed.status == "FAIL" && failed.state("boot") == "FAIL", "\(words): \(told.errorOutput)")
                #expect(told.errorOutput.contains(reason), "\(words): \(told.errorOutput)")
                #expect(
                    failed.paths.contains("bzImage")
                        && job.text("logs/serial.log").contains("Linux") != (words == "fake=silent")
                )
            }
        }
    }

    @Test func `wrong jobs are told whole, with places, and no engine is asked`() async throws {
        try await withTemporaryDirectory { directory in
            let text = "arch: x86_65\nmake: {args: [O=/x]}\nsource: {git: {url: 'https://u:t0ken@h/x'}, path: .}\n"
            try Data(text.utf8).write(to: directory.appending(path: "job.yaml"))
            var command = Command.caisson(["kernel", "build", "job.yaml"])
            command.directory = directory.path
            let result = try await run(command)
            #expect(result.status == .exited(2))
            for part in ["job.yaml:1:7: ", "arch.unknown", "make.reserved", "url.credentials", "source.ambiguous"] {
                #expect(result.errorOutput.contains(part), "\(part): \(result.errorOutput)")
            }
            #expect(!result.errorOutput.contains("t0ken"))
            let script = try await run(.caisson(["kernel", "script", "-a", "arm64", "-C", directory.path, "image"]))
            #expect(
                script.output.contains("KERNEL_CROSS='aarch64-linux-gnu-'")
                    && script.output.contains("FROM scratch AS source")
            )
        }
    }
}
