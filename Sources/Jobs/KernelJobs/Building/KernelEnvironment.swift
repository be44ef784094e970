import CaissonContainerJobs
import CaissonText

/// What the scripts of a job are told: assignments of a shell, whose values are only texts.
struct KernelEnvironment {
    private var lines: [String] = []

    init(_ job: KernelJob, crossPrefix: String, source: String) {
        let (tools, make) = (job.toolchain, job.make)
        let suffix = tools.isVersionInName ? tools.version : ""
        let name = tools.compiler + (suffix.isEmpty ? "" : "-\(suffix)")
        // clang is one compiler for all architectures.
        let compiler = tools.compiler == "gcc" ? crossPrefix + name : name
        let runner = tools.wrapper.map { $0 + " " } ?? ""
        let packing = Self.packing(job.results.compression)
        let values = [
            ("KERNEL_SOURCE", source), ("KERNEL_STEPS", Self.steps(job).joined(separator: " ")),
            ("KERNEL_ARCH", job.architecture.name), ("KERNEL_SRCARCH", job.architecture.sourceFolder),
            ("KERNEL_CROSS", crossPrefix), ("KERNEL_COMPILER", tools.compiler), ("KERNEL_COMPILER_SUFFIX", suffix),
            ("KERNEL_COMPILER_VERSION", tools.version), ("KERNEL_CC", runner + compiler),
            ("KERNEL_HOSTCC", runner + name),
            ("KERNEL_WRAPPER", tools.wrapper ?? ""), ("KERNEL_TOOLS", ""), ("KERNEL_IMAGE", job.imageName),
            ("KERNEL_JOBS", make.jobs.map(String.init) ?? ""), ("KERNEL_KEEP_GOING", make.keepsGoing ? "1" : "0"),
            ("KERNEL_VERBOSE", make.isVerbose ? "1" : "0"), ("KERNEL_KEEPS_BUILD", job.keptFolder == nil ? "0" : "1"),
            ("KERNEL_CONFIG", Self.base(job.config)), ("KERNEL_COMPRESS", packing.command),
            ("KERNEL_EXTENSION", packing.suffix), ("KERNEL_STRIP", job.results.stripsModules ? "1" : "0"),
            ("KERNEL_TIME", job.identity.time.map(String.init) ?? ""), ("KERNEL_NAME", job.name),
            ("KERNEL_KEEPS_HISTORY", job.keepsHistory ? "1" : "0"),
        ]
        let more = Self.git(job) + Self.boot(job.boot)
        lines = (values + more).map { "\($0)=\(Self.quoted($1))" }
        var exported = make.environment
        exported["KBUILD_BUILD_USER"] = job.identity.user
        exported["KBUILD_BUILD_HOST"] = job.identity.host
        if tools.wrapper == "ccache" {
            exported["CCACHE_DIR"] = exported["CCACHE_DIR"] ?? KernelBuild.cacheFolder
            // The folder of the build is the same each time.
            exported["CCACHE_NOHASHDIR"] = "true"
        }
        if tools.wrapper == "sccache" { exported["SCCACHE_DIR"] = exported["SCCACHE_DIR"] ?? KernelBuild.cacheFolder }
        lines += exported.sorted { $0.key < $1.key }.map { "export \($0)=\(Self.quoted($1))" }
    }

    /// Adds a value.
    mutating func set(_ name: String, _ value: String) { lines.append("\(name)=\(Self.quoted(value))") }

    /// The file.
    var text: String { lines.map { $0 + "\n" }.joined() }

    private static func git(_ job: KernelJob) -> [(String, String)] {
        guard case .git(let git) = job.source else { return [] }
        return [
            ("KERNEL_GIT_URL", git.url), ("KERNEL_GIT_REF", git.reference ?? ""),
            ("KERNEL_GIT_COMMIT", git.commit ?? ""),
            ("KERNEL_GIT_DEPTH", String(git.depth)), ("KERNEL_GIT_SUBMODULES", git.hasSubmodules ? "1" : "0"),
            ("KERNEL_GIT_SECRET", git.secret ?? ""),
        ]
    }

    private static func boot(_ boot: KernelJob.Boot?) -> [(String, String)] {
        guard let boot else { return [("KERNEL_BOOT", "0")] }
        return [
            ("KERNEL_BOOT", "1"), ("KERNEL_BOOT_MARKER", boot.marker),
            ("KERNEL_BOOT_TIMEOUT", String(max(boot.timeout.components.seconds, 1))),
            ("KERNEL_BOOT_MEMORY", String(boot.memory)), ("KERNEL_BOOT_MACHINE", boot.machine),
            ("KERNEL_BOOT_CPU", boot.processor), ("KERNEL_BOOT_APPEND", boot.arguments),
        ]
    }

    /// The steps before what is collected.
    static func steps(_ job: KernelJob) -> [String] { ["environment", "source", "config"] + job.targets }

    static func base(_ config: KernelJob.Config) -> String {
        switch config.base {
        case .tree(let target): target
        case .file: "file:\(JobDockerfile.Folder.files)/\(KernelBuild.baseFile)"
        }
    }

    static func packing(_ name: String) -> (command: String, suffix: String) {
        switch name {
        case "xz": ("xz -T1", ".xz")
        case "gz": ("gzip -n", ".gz")
        case "zst": ("zstd -q -T1", ".zst")
        default: ("cat", "")
        }
    }

    /// A text as a shell reads it back.
    static func quoted(_ text: String) -> String { "'" + text.pieces(at: "'").joined(separator: "'\\''") + "'" }
}
