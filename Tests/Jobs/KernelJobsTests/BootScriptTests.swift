import Foundation
import Testing

/// The step `boot` with a machine that only pretends to be one.
@Suite struct BootScriptTests {
    private static let scripts = URL(filePath: #filePath)
        .appending(path: "../../../../Sources/Jobs/KernelJobs/Scripts").standardized

    private static let configuration = """
        CONFIG_PRINTK=y
        CONFIG_TTY=y
        CONFIG_SERIAL_8250_CONSOLE=y
        CONFIG_BLK_DEV_INITRD=y
        CONFIG_RD_GZIP=y
        CONFIG_BINFMT_ELF=y

        """

    /// What a machine says on its console, as commands of a shell; `$@` are QEMU's arguments.
    private static let well = """
        printf 'Linux version 6.1.192\\r\\nCAISSON-UNAME Linux\\r\\nINSMOD crc4 ok\\r\\nINSMOD crc7 ok\\r\\n'
        printf '\\033[2J\\r\\nCAISSON-BOOT-OK\\r\\nreboot: Restarting system\\r\\n'
        """

    private struct Outcome {
        var status: Int32
        var output: String
        var why: String
        var facts: [String: String]
        var serial: String
    }

    /// Boots a kernel with two modules.
    private static func boot(
        _ machine: String?,
        configuration: String = configuration,
        image: String = "bzImage",
        values: [String] = []
    ) throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appending(path: "boot-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ path: String, _ text: String, executable: Bool = false) throws {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
            if executable { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path) }
        }
        try write("job/logs/first", "")
        try write("job/facts/first", "")
        try write("out/config", configuration)
        if !image.isEmpty { try write("out/\(image)", "kernel") }
        try write("out/modules/6.1.192/kernel/lib/crc7.ko", "7")
        try write("out/modules/6.1.192/kernel/lib/crc4.ko", "4")
        // An archive that is the list of its files.
        try write("bin/cpio", "#!/bin/sh\ncat\n", executable: true)
        let compiler = "#!/bin/sh\nwhile [ $# -gt 0 ]; do [ \"$1\" != -o ] || echo init > \"$2\"; shift; done\n"
        try write("bin/gcc", compiler, executable: true)
        if let machine {
            let version = "[ \"$1\" != --version ] || { echo QEMU 7.2; exit 0; }"
            try write("bin/qemu-system-x86_64", "#!/bin/sh\n\(version)\n\(machine)\n", executable: true)
        }
        for name in ["boot.sh", "common.sh", "init.c"] {
            try FileManager.default.copyItem(
                at: scripts.appending(path: name),
                to: folder.appending(path: "job/" + name)
            )
        }
        let own = [
            "KERNEL_SOURCE=/nowhere", "KERNEL_TIME=1700000000", "KERNEL_ARCH=x86_64", "KERNEL_CROSS=", "KERNEL_CC=gcc",
            "KERNEL_HOSTCC=gcc", "KERNEL_COMPILER=gcc", "KERNEL_IMAGE=bzImage", "KERNEL_BOOT_MARKER=",
            "KERNEL_BOOT_TIMEOUT=20", "KERNEL_BOOT_MEMORY=", "KERNEL_BOOT_MACHINE=", "KERNEL_BOOT_CPU=",
            "KERNEL_BOOT_APPEND=",
        ]
        try write("job/environment", (own + values).joined(separator: "\n") + "\n")
        let (status, output) = try run(folder)
        func text(_ path: String) -> String {
            let data = try? Data(contentsOf: folder.appending(path: path))
            return String(decoding: data ?? Data(), as: UTF8.self)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/job/facts")
        let facts = names.map { ($0, text("job/facts/" + $0).trimmingCharacters(in: .newlines)) }
        return Outcome(
            status: status,
            output: output,
            why: text("job/facts/why").removingPercentEncoding ?? "",
            facts: Dictionary(uniqueKeysWithValues: facts),
            serial: text("job/logs/serial.log")
        )
    }

    private static func run(_ folder: URL) throws -> (Int32, String) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [folder.path + "/job/boot.sh", "boot"]
        process.environment = [
            "PATH": folder.path + "/bin:/usr/bin:/bin", "CAISSON": folder.path + "/job", "JOB": folder.path + "/job",
            "RESULTS": folder.path + "/out", "BUILD": folder.path + "/build", "TMPDIR": folder.path,
        ]
        process.standardInput = FileHandle.nullDevice
        // A file, as a process that waits behind the step would keep a pipe open.
        let output = folder.appending(path: "output")
        try Data().write(to: output)
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: try Data(contentsOf: output), as: UTF8.self))
    }

    @Test func `a kernel that comes up with its modules passes, and its console is kept whole`() throws {
        let outcome = try Self.boot("echo \"$@\" >&2\n" + Self.well)
        #expect(outcome.status == 0 && outcome.why == "", "\(outcome.output)")
        #expect(outcome.facts["boot-marker"] == "CAISSON-BOOT-OK" && outcome.facts["boot-modules"] == "2")
        #expect(outcome.facts["boot-seconds"]?.contains(/^\d+\.\d$/) == true)
        #expect(outcome.serial.contains("\u{1B}[2J\r\nCAISSON-BOOT-OK\r\n"))
        #expect(outcome.output.contains("\n\nCAISSON-BOOT-OK\n") && !outcome.output.contains("\r"))
        for part in ["-M pc", "-m 256", "-no-reboot", "-append console=ttyS0 panic=-1 reboot=t -cpu qemu64"] {
            #expect(outcome.output.contains(part), "\(outcome.output)")
        }
    }

    @Test(arguments: [true, false])
    func `the initramfs has its files in their order, packed where the kernel can unpack it`(isPacked: Bool) throws {
        let shown = "while [ \"$1\" != -initrd ]; do shift; done; \(isPacked ? "gzip -dc" : "cat") \"$2\"\n"
        let configuration = isPacked ? Self.configuration : Self.configuration.replacing("CONFIG_RD_GZIP=y\n", with: "")
        let outcome = try Self.boot(shown + Self.well, configuration: configuration)
        #expect(outcome.status == 0, "\(outcome.output)")
        let files = [".", "./caisson", "./caisson/marker", "./caisson/modules", "./init", "./modules"]
        let modules = ["./modules/crc4.ko", "./modules/crc7.ko"]
        #expect(outcome.serial.hasPrefix((files + modules).joined(separator: "\n") + "\nLinux"), "\(outcome.serial)")
    }

    @Test(arguments: [
        ("echo 'Linux version'", "the machine was reset without CAISSON-BOOT-OK; its last line: Linux version"),
        ("exit 0", "the machine was reset before any output"),
        ("exec sleep 30", "no CAISSON-BOOT-OK within 2 s, nor anything else"),
        ("echo boots; exec sleep 30", "no CAISSON-BOOT-OK within 2 s"),
        ("echo '[ 1.0] Kernel panic - not syncing: VFS'; exit 0", "Kernel panic - not syncing: VFS"),
        ("echo 'no such machine' >&2; echo 'see help' >&2; exit 1", "no such machine"),
        ("kill -KILL $$", "qemu-system-x86_64 ended with status 137"),
        ("echo 'x CAISSON-BOOT-OK'; echo end", "the machine was reset without CAISSON-BOOT-OK; its last line: end"),
        ("printf 'INSMOD crc4 ok\\nCAISSON-BOOT-OK\\n'", "the module crc7 wasn't loaded"),
        (
            "printf 'INSMOD crc4 ok\\nINSMOD crc7 failed: error 8 (wrong format)\\nCAISSON-BOOT-FAILED modules\\n'",
            "modules can't be loaded: crc7 failed: error 8 (wrong format)"
        ),
    ])
    func `what went wrong is told`(machine: String, why: String) throws {
        let outcome = try Self.boot(machine, values: ["KERNEL_BOOT_TIMEOUT=2"])
        #expect(outcome.status == 1 && outcome.why == why, "\(outcome.output)")
        #expect(outcome.facts["boot-marker"] == nil)
    }

    @Test func `what the configuration lacks is told, but for a console of another machine`() throws {
        let reset = "the machine was reset before any output"
        let symbols = [
            "CONFIG_PRINTK", "CONFIG_TTY", "CONFIG_SERIAL_8250_CONSOLE", "CONFIG_BLK_DEV_INITRD", "CONFIG_BINFMT_ELF",
        ]
        let tiny = try Self.boot("exit 0", configuration: "CONFIG_X=y\n")
        #expect(tiny.status == 1 && tiny.why == "\(reset); the configuration lacks \(symbols.joined(separator: ", "))")
        let other = Self.configuration.replacing(
            "CONFIG_SERIAL_8250_CONSOLE=y",
            with: "# CONFIG_SERIAL_8250_CONSOLE is not set"
        )
        #expect(
            try Self.boot("exit 0", configuration: other).why.hasSuffix(
                "; the configuration lacks CONFIG_SERIAL_8250_CONSOLE"
            )
        )
        for value in ["KERNEL_BOOT_MACHINE=microvm", "KERNEL_BOOT_APPEND=console=hvc0"] {
            #expect(try Self.boot("exit 0", configuration: other, values: [value]).why == reset)
        }
    }

    @Test func `a job's own machine, processor, memory, words and marker are taken`() throws {
        let values = [
            "KERNEL_BOOT_MACHINE=q35", "KERNEL_BOOT_CPU=max", "KERNEL_BOOT_MEMORY=512",
            "KERNEL_BOOT_APPEND='quiet a=b'",
            "KERNEL_BOOT_MARKER='It is up.'",
        ]
        let machine = "echo \"$@\" >&2\n" + Self.well.replacing("CAISSON-BOOT-OK", with: "It is up.")
        let outcome = try Self.boot(machine, values: values)
        #expect(outcome.status == 0 && outcome.facts["boot-marker"] == "It is up.", "\(outcome.output)")
        for part in ["-M q35", "-m 512", "reboot=t quiet a=b", "-cpu max"] {
            #expect(outcome.output.contains(part), "\(outcome.output)")
        }
    }

    @Test func `a machine that goes on after its marker is ended`() throws {
        let began = ContinuousClock.now
        let outcome = try Self.boot(Self.well + "\nexec sleep 60", values: ["KERNEL_BOOT_TIMEOUT=50"])
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(ContinuousClock.now - began < .seconds(40))
    }

    @Test
    func `an image without QEMU, a job without a kernel and an unknown architecture are told before anything runs`()
        throws
    {
        #expect(try Self.boot(nil).why == "the image lacks qemu-system-x86_64")
        #expect(try Self.boot(Self.well, image: "").why == "there is no bzImage to boot")
        #expect(try Self.boot(Self.well, values: ["KERNEL_ARCH=pdp11"]).why == "the image lacks qemu-system-pdp11")
        #expect(
            try Self.boot(Self.well, image: "Image.gz", values: ["KERNEL_IMAGE=Image.gz"]).why
                == "Image.gz can't be unpacked"
        )
    }
}
