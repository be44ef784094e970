package import CaissonBuildModel
package import CaissonContainerJobs
import CaissonSystem

/// A kernel that is to be built: from what, for what, and what of it is wanted.
package struct KernelJob: Sendable, Hashable {
    /// What its user calls it; part of the names of folders and caches.
    package var name = "kernel"
    /// Where the tree comes from.
    package var source = Source.path(".")
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

    /// The tools that build.
    package struct Toolchain: Sendable, Hashable {
        /// The image that has them; nil for ours.
        package var image: ImageReference?
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
    /// Makes its paths absolute, which are relative to a folder.
    package mutating func resolve(against folder: String) {
        func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : PathFacts.join(folder, path) }
        switch source {
        case .path(let path): source = .path(absolute(path == "." ? "" : path).droppingLastSlash)
        case .archive(let path, let digest): source = .archive(absolute(path), digest: digest)
        case .image, .git: break
        }
        if case .file(let path) = config.base { config.base = .file(absolute(path)) }
        config.fragments = config.fragments.map { part in
            if case .file(let path) = part { return .file(absolute(path)) }
            return part
        }
        results.folder = results.folder.map(absolute)
    }
}

extension String {
    fileprivate var droppingLastSlash: String { hasSuffix("/") && count > 1 ? String(dropLast()) : self }
}
