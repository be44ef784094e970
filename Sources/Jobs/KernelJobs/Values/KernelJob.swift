package import CaissonBuildModel
package import CaissonContainerJobs
import CaissonSystem
import CaissonText

/// A kernel that is to be built: from what, for what, and what of it is wanted.
package struct KernelJob: Sendable, Hashable {
    /// What its user calls it; part of the names of folders and caches.
    package var name = "kernel"
    /// Where the tree comes from.
    package var source = Source.path(".")
    /// What is changed in the tree before it is built.
    package var patches: [Patch] = []
    /// Whether the tree's `.git` is there, of which the kernel makes a part of its release's name.
    package var keepsHistory = false
    /// What it is built for.
    package var architecture: TargetArchitecture
    /// The tools.
    package var toolchain = Toolchain()
    /// The configuration.
    package var config = Config()
    /// What is built, in the order in which it is: `image`, `modules`, `dtbs`, or any target of the kernel's Makefile.
    package var targets = ["image", "modules", "dtbs"]
    /// The image's name, such as `bzImage`; nil for the architecture's own.
    package var image: String?
    /// The device trees that are wanted, below `boot/dts`; empty for all.
    package var deviceTrees: [String] = []
    /// How make is called.
    package var make = Make()
    /// Whether the build's folder outlives the job, by the id of its cache mount; nil where it doesn't.
    package var keptFolder: String?
    /// What makes two builds the same.
    package var identity = Identity()
    /// How it is found out whether they are.
    package var check = Check.off
    /// How the kernel is booted; nil where it isn't.
    package var boot: Boot?
    /// What is wanted of the results.
    package var results = Results()
    /// How long the steps may take; nil for ever.
    package var timeout: Duration?
    /// How often a job is tried that an engine's fault broke off.
    package var retries = 0

    /// Makes a job with everything but its architecture at the default.
    package init(for architecture: TargetArchitecture) { self.architecture = architecture }

    /// Where a tree comes from.
    package enum Source: Sendable, Hashable {
        /// A folder of this machine.
        case path(String)
        /// A tar archive of this machine, with the digest that it must have.
        case archive(String, digest: ContentDigest?)
        /// A folder of an image.
        case image(ImageReference, folder: String)
        /// A git repository.
        case git(Git)
    }

    /// A git repository, and what of it is wanted.
    package struct Git: Sendable, Hashable {
        /// Its address, without a user's password.
        package var url: String
        /// A branch or tag; nil for the default branch.
        package var reference: String?
        /// A commit, which wins over the reference.
        package var commit: String?
        /// How much history is fetched; 0 for all.
        package var depth = 1
        /// Whether its submodules are wanted, too.
        package var hasSubmodules = false
        /// The secret whose value is the token to read it by.
        package var secret: String?
        /// The SSH agent to read it by.
        package var ssh: String?

        /// Names a repository.
        package init(_ url: String) { self.url = url }
    }

    /// A patch, in the form that `diff -u` and `git format-patch` write.
    package struct Patch: Sendable, Hashable {
        /// A file of this machine.
        package var path: String
        /// What the file must be; nil for anything.
        package var digest: ContentDigest?
        /// How many folders of its paths are left out.
        package var strip = 1

        /// Names a patch.
        package init(_ path: String) { self.path = path }
    }

    /// Whether the kernel is built twice, and the results are compared.
    package enum Check: String, Sendable, Hashable, CaseIterable {
        /// It is built once.
        case off
        /// The second time without any cache.
        case rebuild
        /// The second time in another folder too, with other jobs, time zone, locale and umask.
        case varied = "rebuild-varied"
    }

    /// A boot of the kernel with its modules, in an emulated machine.
    package struct Boot: Sendable, Hashable {
        /// The line by which the kernel's first program says that all is well.
        package var marker = "CAISSON-BOOT-OK"
        /// How long it may take.
        package var timeout = Duration.seconds(60)
        /// The machine's memory in MiB.
        package var memory = 256
        /// QEMU's machine; empty for the architecture's.
        package var machine = ""
        /// Its processor; empty for the architecture's.
        package var processor = ""
        /// Further arguments of the kernel.
        package var arguments = ""

        /// Makes a boot with everything at its default.
        package init() {}
    }

    /// The tools that build.
    package struct Toolchain: Sendable, Hashable {
        /// The image that has them; nil for ours.
        package var image: ImageReference?
        /// The image that ours is made of; nil for Debian's.
        package var base: ImageReference?
        /// `gcc` or `clang`.
        package var compiler = "gcc"
        /// The version that the compiler must have, or begin with; empty for any.
        package var version = ""
        /// Whether the version is part of the compiler's name, as in `gcc-12`.
        package var isVersionInName = false
        /// What the compiler's name begins with; nil for what the architecture and the image's platform ask for.
        package var crossPrefix: String?
        /// What runs the compiler, such as `ccache`.
        package var wrapper: String?
    }

    /// A configuration: a base, then fragments, then single symbols.
    package struct Config: Sendable, Hashable {
        /// A target such as `defconfig`, or a file.
        package var base = Part.tree("defconfig")
        /// What is merged into it.
        package var fragments: [Part] = []
        /// Symbols with their values, such as `CONFIG_CRC4` and `m`.
        package var symbols: [String: String] = [:]
        /// Whether a symbol that isn't in the end what was asked for is a failure.
        package var isStrict = true
    }

    /// A part of a configuration.
    package enum Part: Sendable, Hashable {
        /// A target of the tree's Makefile, such as `kvm_guest.config`.
        case tree(String)
        /// A file of this machine.
        case file(String)
    }

    /// How make is called.
    package struct Make: Sendable, Hashable {
        /// Further arguments, each a word.
        package var arguments: [String] = []
        /// The environment.
        package var environment: [String: String] = [:]
        /// How many jobs run at a time; nil for one a processor of the engine's machine.
        package var jobs: Int?
        /// Whether targets that don't need a failed one are built all the same.
        package var keepsGoing = false
        /// Whether the commands are told.
        package var isVerbose = false
    }

    /// What goes into a kernel beside its source.
    package struct Identity: Sendable, Hashable {
        /// When it was built, in seconds since 1970; nil for the time of the tree's Makefile.
        package var time: Int64?
        /// Who built it.
        package var user = "caisson"
        /// Where.
        package var host = "caisson"
    }

    /// What is wanted of the results.
    package struct Results: Sendable, Hashable {
        /// The folder; nil for the configured one.
        package var folder: String?
        /// Files that must be there, and are taken out of the build.
        package var patterns = ArtifactPatterns.none
        /// How archives are packed: `xz`, `gz`, `zst` or `none`.
        package var compression = "xz"
        /// Whether modules are installed without what only debuggers read.
        package var stripsModules = true
    }
}

extension KernelJob {
    /// The image that is built.
    package var imageName: String { image ?? architecture.image }
}

extension KernelJob {
    /// The job that builds the same again, without anything that the first one has left.
    ///
    /// - Parameter time: When the first one says that it was built, in seconds since 1970.
    package func again(at time: Int64?) -> KernelJob {
        var job = self
        job.name += "-again"
        (job.keptFolder, job.toolchain.wrapper, job.boot, job.check) = (nil, nil, nil, .off)
        job.identity.time = identity.time ?? time
        if check == .varied { job.make.jobs = make.jobs == 1 ? 2 : 1 }
        return job
    }

    /// Makes its paths absolute, which are relative to a folder.
    package mutating func resolve(against folder: String) {
        func absolute(_ path: String) -> String { path.begins(with: "/") ? path : PathFacts.join(folder, path) }
        switch source {
        case .path(let path): source = .path(absolute(path == "." ? "" : path).droppingLastSlash)
        case .archive(let path, let digest): source = .archive(absolute(path), digest: digest)
        case .image, .git: break
        }
        if case .file(let path) = config.base { config.base = .file(absolute(path)) }
        patches = patches.map { patch in
            var patch = patch
            patch.path = absolute(patch.path)
            return patch
        }
        config.fragments = config.fragments.map { part in
            if case .file(let path) = part { return .file(absolute(path)) }
            return part
        }
        results.folder = results.folder.map(absolute)
    }
}

extension String {
    fileprivate var droppingLastSlash: String {
        ends(with: "/") && utf8.count > 1 ? String(Substring(utf8.dropLast())) : self
    }
}
