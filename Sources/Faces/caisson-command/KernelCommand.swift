import ArgumentParser
import CaissonBuildModel
import CaissonContainerJobs
import CaissonKernelJobs
import CaissonManuals
import CaissonReporting
import CaissonSystem
import CaissonText
import Glibc

/// `caisson kernel …`: Linux kernels.
struct KernelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernel",
        _superCommandName: "caisson",
        abstract: "Builds Linux kernels in containers, and checks what came out.",
        discussion: Manual.text(of: "kernel"),
        subcommands: [Build.self, Verify.self, Script.self]
    )

    /// The command `caisson kernel build`.
    struct Build: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "build",
            abstract: "Builds a kernel, its modules and device trees.",
            discussion: Manual.text(of: "kernel build")
        )

        @OptionGroup(title: "Kernel")
        var kernel: KernelOptions

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("End the steps when they have taken so long, such as 90m.", valueName: "time")
        )
        var timeout: String?

        @Option(help: "How to print what came of it: table or json.")
        var format = ListFormat.table

        @OptionGroup(title: "Engine")
        var engine: NamedEngine

        @OptionGroup(title: "Progress")
        var progress: TaskProgressOptions

        @OptionGroup(title: "History")
        var history: HistoryOptions
    }

    /// The command `caisson kernel verify`.
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Looks at the artifacts of a kernel, whoever built it.",
            discussion: Manual.text(of: "kernel verify")
        )

        @Argument(help: ArgumentHelp("The folder of the artifacts.", valueName: "directory"))
        var directory: String

        @Option(
            name: [.customShort("a", allowingJoined: true), .long],
            parsing: .unconditional,
            help: ArgumentHelp(
                "The architecture that they must be for (default: that of the kernel).",
                valueName: "arch"
            )
        )
        var targetArch: String?

        @Option(
            parsing: .unconditionalSingleValue,
            help: ArgumentHelp("A file that must be there, such as '*.ko'. Repeatable.", valueName: "pattern")
        )
        var artifact: [String] = []

        @Option(help: "How to print what was found: table or json.")
        var format = ListFormat.table
    }

    /// The command `caisson kernel script`.
    struct Script: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "script",
            abstract: "Prints the Dockerfile and the scripts that a kernel would be built by.",
            discussion: Manual.text(of: "kernel script")
        )

        @OptionGroup(title: "Kernel")
        var kernel: KernelOptions
    }
}

/// What kernel is built, in TuxMake's words.
struct KernelOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A job's file (.yaml, .yml, .json), targets (image, modules, dtbs, headers, …), and arguments of make, KEY=VALUE.",
            valueName: "job-or-target"
        )
    )
    var operands: [String] = []

    @Option(
        name: [.customShort("C", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("The tree: a folder, or a .tar (default: the folder at hand).", valueName: "tree")
    )
    var directory: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("An image that has the tree, IMAGE[:/FOLDER].", valueName: "image")
    )
    var sourceImage: String?

    @Option(
        name: [.customShort("a", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("The architecture (default: this machine's).", valueName: "arch")
    )
    var targetArch: String?

    @Option(
        name: [.customShort("t", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("The compiler: gcc, clang, or one with a version, such as gcc-12.", valueName: "compiler")
    )
    var toolchain: String?

    @Option(
        name: [.customShort("i", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("The image that has the compiler.", valueName: "image")
    )
    var image: String?

    @Option(
        name: [.customShort("k", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("The configuration: a target such as defconfig, or a file.", valueName: "config")
    )
    var kconfig: String?

    @Option(
        name: [.customShort("K", allowingJoined: true), .long],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "What is merged into it: a target, a file, or CONFIG_X=VALUE. Repeatable.",
            valueName: "fragment"
        )
    )
    var kconfigAdd: [String] = []

    @Option(
        name: [.customShort("w", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("What runs the compiler: ccache, sccache or none.", valueName: "program")
    )
    var wrapper: String?

    @Option(
        name: [.customShort("I", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("The kernel's image, such as bzImage (default: the architecture's).", valueName: "name")
    )
    var kernelImage: String?

    @Option(
        name: [.customShort("e", allowingJoined: true), .long],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A variable of make's environment. Repeatable.", valueName: "KEY=VALUE")
    )
    var environment: [String] = []

    @Option(
        name: [.customShort("j", allowingJoined: true), .long],
        help: ArgumentHelp("How many jobs make runs at a time (default: one a processor).", valueName: "number")
    )
    var jobs: Int?

    @Option(
        name: [.customShort("b", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp(
            "Keep the build's folder on the engine under this name, for the next build.",
            valueName: "name"
        )
    )
    var buildDir: String?

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Where the results go (default: one below artifact_dir).", valueName: "directory")
    )
    var outputDir: String?

    @Option(
        name: [.customShort("z", allowingJoined: true), .long],
        help: ArgumentHelp("How modules and device trees are packed: xz, gz, zst or none.", valueName: "type")
    )
    var compressionType: KernelCompression?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A file of the build that must be there and is taken out, such as '*.ko'. Repeatable.",
            valueName: "pattern"
        )
    )
    var artifact: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("What the job is called.", valueName: "name"))
    var name: String?

    @Flag(help: "Go on with the other targets when one fails.")
    var keepGoing = false

    @Flag(name: [.customShort("v"), .long], help: "Show the commands that make runs.")
    var verbose = false
}

/// How archives of results are packed.
enum KernelCompression: String, CaseIterable, ExpressibleByArgument, Sendable {
    case xz
    case gz
    case zst
    case none
}

extension KernelOptions {
    private static let endings = [".yaml", ".yml", ".json"]

    /// The job that the options describe, whose paths are absolute.
    ///
    /// - Throws: `ReportedError` with all that is wrong with it.
    func job() throws -> KernelJob {
        do {
            let host = TargetArchitecture.ofThisMachine
            var job = KernelJob(for: host)
            let files = operands.filter { operand in Self.endings.contains { operand.hasSuffix($0) } }
            if files.count > 1 {
                throw BuildError(.usage, "more than one job's file is given; a command builds one kernel")
            }
            if let file = files.first {
                job = try KernelJobReader.read(try Self.bytes(of: file), file: file, for: host)
                // Paths in a file are relative to where it is.
                let folder = PathFacts.split(file).directory
                job.resolve(against: folder.hasPrefix("/") ? folder : PathFacts.join(Self.workingDirectory, folder))
            }
            var flags = flags
            flags.operands = operands.filter { !files.contains($0) }
            var said = try KernelJobReader.apply(flags, to: job)
            said.resolve(against: Self.workingDirectory)
            return said
        } catch let error as KernelJobError {
            let errors = error.lines.map { BuildError(.usage, $0) }
            let report = errors.map { ErrorText.of($0) }.joined()
            throw ReportedError(error: errors.first ?? BuildError(.usage, "the job is wrong"), report: report)
        }
    }

    private var flags: KernelFlags {
        var flags = KernelFlags()
        (flags.architecture, flags.toolchain, flags.image) = (targetArch, toolchain, image)
        (flags.config, flags.fragments, flags.wrapper) = (kconfig, kconfigAdd, wrapper)
        (flags.jobs, flags.environment, flags.source) = (jobs, environment, directory)
        (flags.sourceImage, flags.name, flags.output) = (sourceImage, name, outputDir)
        (flags.patterns, flags.compression, flags.kernelImage) = (artifact, compressionType?.rawValue, kernelImage)
        (flags.keepsGoing, flags.isVerbose, flags.keptFolder) = (keepGoing, verbose, buildDir)
        return flags
    }

    private static var workingDirectory: String {
        let working = getcwd(nil, 0)
        defer { free(working) }
        return working.map { String(cPath: $0) } ?? "/"
    }

    private static func bytes(of file: String) throws(BuildError) -> [UInt8] {
        do throws(BoundedFile.Failure) {
            return try BoundedFile.read(file, limit: KernelJobReader.limit)
        } catch {
            throw BuildError(.usage, "the job \(file.quoted) \(error.explanation)")
        }
    }
}
