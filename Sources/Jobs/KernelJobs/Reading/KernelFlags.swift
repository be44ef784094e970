import CaissonBuildModel
import CaissonContainerJobs
import CaissonText

/// A kernel job as flags say it, in TuxMake's words.
package struct KernelFlags: Sendable, Hashable {
    /// The architecture.
    package var architecture: String?
    /// The compiler, such as `gcc-12`.
    package var toolchain: String?
    /// The image that has it.
    package var image: String?
    /// The configuration's base: a target, or a file.
    package var config: String?
    /// What is merged into it: targets, files, or `CONFIG_X=y`.
    package var fragments: [String] = []
    /// What runs the compiler.
    package var wrapper: String?
    /// How many jobs make runs at a time.
    package var jobs: Int?
    /// Variables of the environment, `KEY=VALUE`.
    package var environment: [String] = []
    /// Further arguments of make, and targets.
    package var operands: [String] = []
    /// The tree: a folder or an archive.
    package var source: String?
    /// An image that has the tree, and the folder in it.
    package var sourceImage: String?
    /// The job's name.
    package var name: String?
    /// Where the results go.
    package var output: String?
    /// Files that must be there.
    package var patterns: [String] = []
    /// How archives are packed.
    package var compression: String?
    /// The name under which the build's folder outlives the job.
    package var keptFolder: String?
    /// Whether targets that don't need a failed one are built all the same.
    package var keepsGoing = false
    /// Whether the commands are told.
    package var isVerbose = false
    /// How long the steps may take.
    package var timeout: Duration?
    /// The image's name.
    package var kernelImage: String?
    /// A git repository, with the branch, tag or commit behind a `#`.
    package var repository: String?
    /// How much of its history is fetched.
    package var depth: Int?
    /// Whether its submodules are wanted.
    package var hasSubmodules = false
    /// The secret to read it by.
    package var secret: String?
    /// The SSH agent to read it by.
    package var agent: String?
    /// Patches, files of this machine.
    package var patches: [String] = []
    /// Whether the kernel is booted.
    package var boots = false
    /// How it is found out whether it can be built again.
    package var check: KernelJob.Check?
    /// The image that ours is made of.
    package var base: String?

    /// Makes flags of which none is given.
    package init() {}
}

extension KernelJobReader {
    /// Puts what flags say over a job of a file, or over an empty one.
    ///
    /// - Throws: `KernelJobError` with all that is wrong with the flags.
    package static func apply(_ flags: KernelFlags, to job: KernelJob) throws(KernelJobError) -> KernelJob {
        var reader = KernelJobReader(for: job.architecture)
        reader.job = job
        reader.take(flags)
        reader.check()
        guard reader.fields.problems.isEmpty else {
            throw KernelJobError(file: nil, problems: reader.fields.problems)
        }
        return reader.job
    }

    private mutating func take(_ flags: KernelFlags) {
        takeSource(flags)
        takeTools(flags)
        if let config = flags.config { job.config.base = part(config, nil) ?? job.config.base }
        for fragment in flags.fragments {
            if fragment.begins(with: "CONFIG_"), let (name, value) = fragment.cut(at: "=") {
                set(name, value, nil)
            } else if let part = part(fragment, nil) {
                job.config.fragments.append(part)
            }
        }
        for variable in flags.environment {
            guard let (name, value) = variable.cut(at: "=") else {
                fields.note("env.form", nil, "a variable is KEY=VALUE")
                continue
            }
            addVariable(name, value, nil)
        }
        takeTargets(flags.operands)
        if let name = flags.name {
            job.name = name
            if !Self.isName(name) { fields.note("job.name", nil, "\(name.quoted) can't name a job") }
        }
        job.results.folder = flags.output ?? job.results.folder
        job.results.compression = flags.compression ?? job.results.compression
        if !flags.patterns.isEmpty { setPatterns(flags.patterns) }
        if let name = flags.keptFolder {
            job.keptFolder = name
            if !Self.isName(name) {
                fields.note("buildDir.cacheId", nil, "\(name.quoted) can't name a folder on the engine")
            }
        }
        takeChecks(flags)
        if flags.keepsGoing { job.make.keepsGoing = true }
        if flags.isVerbose { job.make.isVerbose = true }
        job.timeout = flags.timeout ?? job.timeout
        job.make.jobs = flags.jobs ?? job.make.jobs
        job.image = flags.kernelImage ?? job.image
    }

    private mutating func takeChecks(_ flags: KernelFlags) {
        if flags.boots, job.boot == nil { job.boot = KernelJob.Boot() }
        job.check = flags.check ?? job.check
    }

    private mutating func takeSource(_ flags: KernelFlags) {
        if let name = flags.architecture {
            if let architecture = TargetArchitecture(name) {
                job.architecture = architecture
            } else {
                let hint = nearest(to: name, among: TargetArchitecture.names).map { "; did you mean \($0)?" } ?? ""
                fields.note("arch.unknown", nil, "unknown architecture \(name.quoted)\(hint)")
            }
        }
        if [flags.source, flags.sourceImage, flags.repository].compactMap(\.self).count > 1 {
            fields.note("source.ambiguous", nil, "the source is one of a folder or archive, an image, and a repository")
        }
        takeRepository(flags)
        for patch in flags.patches { addPatch(KernelJob.Patch(patch), nil) }
        if let path = flags.source {
            job.source = Self.isArchive(path) ? .archive(path, digest: nil) : .path(path)
        }
        if let text = flags.sourceImage {
            // A folder stands behind the image's name as in `docker cp`: after a colon that a slash follows.
            let (name, folder) = Self.imageAndFolder(text)
            if !Self.isImageFolder(folder) {
                fields.note("path.outside", nil, "\(folder.quoted) isn't a folder of the image")
            } else if let image = reference(name, nil) {
                job.source = .image(image, folder: folder)
            }
        }
    }

    private mutating func takeRepository(_ flags: KernelFlags) {
        if let text = flags.repository {
            let (url, want) = text.cut(at: "#") ?? (text, "")
            var git = KernelJob.Git(address(url, nil) ?? "")
            let isCommit = want.utf8.count == 40 && want.utf8.allSatisfy(\.isHexDigit)
            if isCommit {
                git.commit = want.lowercased()
            } else if !want.isEmpty {
                git.reference = name(ofReference: want, nil)
            }
            job.source = .git(git)
        }
        guard case .git(var git) = job.source else { return }
        if let depth = flags.depth {
            git.depth = depth
            if !(0...1_000_000).contains(depth) { fields.note("git.depth", nil, "a depth is 0, for all, or more") }
        }
        git.hasSubmodules = flags.hasSubmodules || git.hasSubmodules
        for id in [flags.secret, flags.agent].compactMap(\.self) where !Self.isMountID(id) {
            fields.note("auth.id", nil, "\(id.quoted) can't name a secret or an agent: letters, digits, and . _ -")
        }
        git.secret = flags.secret ?? git.secret
        git.ssh = flags.agent ?? git.ssh
        job.source = .git(git)
    }

    private static func imageAndFolder(_ text: String) -> (image: String, folder: String) {
        let parts = text.pieces(at: ":")
        guard let place = parts.dropFirst().firstIndex(where: { $0.begins(with: "/") }) else { return (text, "/") }
        return (parts[..<place].joined(separator: ":"), parts[place...].joined(separator: ":"))
    }

    private static func isArchive(_ path: String) -> Bool {
        [".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2"].contains { path.ends(with: $0) }
    }

    private mutating func takeTools(_ flags: KernelFlags) {
        if let toolchain = flags.toolchain { setToolchain(toolchain, nil) }
        if let image = flags.image { job.toolchain.image = reference(image, nil) ?? job.toolchain.image }
        if let base = flags.base { job.toolchain.base = reference(base, nil) ?? job.toolchain.base }
        guard let wrapper = flags.wrapper else { return }
        guard ["none", "ccache", "sccache"].contains(wrapper) else {
            return fields.note("toolchain.wrapper", nil, "\(wrapper.quoted) is no wrapper: ccache, sccache or none")
        }
        job.toolchain.wrapper = wrapper == "none" ? nil : wrapper
    }

    /// Operands are targets, or with an equals sign arguments, as with make and TuxMake.
    private mutating func takeTargets(_ operands: [String]) {
        var targets: [String] = []
        for operand in operands {
            if operand.has("=") {
                addArgument(operand, nil)
            } else if Self.isTarget(operand) {
                targets.append(operand)
            } else {
                fields.note(
                    "targets.name",
                    nil,
                    "\(operand.quoted) is no target: image, modules, dtbs, or one of the kernel's"
                )
            }
        }
        if !targets.isEmpty { job.targets = Self.ordered(targets) }
    }

    private mutating func setPatterns(_ patterns: [String]) {
        do throws(ParseError) {
            job.results.patterns = try ArtifactPatterns(patterns)
        } catch {
            fields.note("artifacts.pattern", nil, error.description)
        }
    }
}
