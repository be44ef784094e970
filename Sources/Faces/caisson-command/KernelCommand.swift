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

        @OptionGroup(title: "Secrets")
        var secrets: SecretOptions

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

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A git repository that has the tree, ADDRESS[#BRANCH|TAG|COMMIT].", valueName: "address")
    )
    var git: String?

    @Option(help: ArgumentHelp("How many commits of it are fetched; 0 for all (default: 1).", valueName: "number"))
    var gitDepth: Int?

    @Flag(help: "Fetch the repository's submodules, too.")
    var gitSubmodules = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The secret that is the token to read it by; see --secret.", valueName: "name")
    )
    var gitSecret: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The SSH agent to read it by, such as default; see --ssh.", valueName: "name")
    )
    var gitSsh: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A patch for the tree, as diff -u and git format-patch write it. Repeatable.",
            valueName: "file"
        )
    )
    var patch: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What our own image of tools is made of (default: debian:bookworm).", valueName: "image")
    )
    var toolchainBase: String?

    @Flag(help: "Boot the kernel with its modules in QEMU, and fail where it doesn't say that all is well.")
    var boot = false

    @Option(help: "Build again, and fail where the results differ: off, rebuild or rebuild-varied.")
    var check: KernelCheck?

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

/// How it is found out whether a kernel can be built again.
enum KernelCheck: String, CaseIterable, ExpressibleByArgument, Sendable {
    case off
    case rebuild
    case varied = "rebuild-varied"
}
