/// One build as its user asked for it, parsed and checked: the same value from the command line, a manifest or an API.
public struct BuildRequest: Sendable, Hashable {
    /// The build's id, for whoever must know it before the build starts; nil to have one made.
    ///
    /// Two builds of one request need two ids.
    public var id: BuildID?
    /// Where the files come from.
    public var context: ContextSource
    /// Where the Dockerfile comes from.
    public var dockerfile: DockerfileSource
    /// The tar that the context is, where it is one; nil until somebody has looked at standard input.
    public var input: BuildInput?
    /// The names that the image gets.
    public var tags: [ImageReference] = []
    /// Build arguments by name.
    public var buildArgs: [String: String] = [:]
    /// Build arguments of single platforms, over those for all.
    public var platformBuildArgs: [Platform: [String: String]] = [:]
    /// Labels by name.
    public var labels: [String: String] = [:]
    /// Secrets that steps may mount.
    public var secrets: [SecretSpec] = []
    /// SSH agents that steps may ask for signatures.
    public var ssh: [SSHSpec] = []
    /// Whether the values of secrets are replaced by `***` in all that is told of the build.
    public var masksSecrets = true
    /// The stage to build; nil for the last one.
    public var target: String?
    /// The platforms to build for; empty for the engine's own.
    public var platforms: [Platform] = []
    /// Whether steps run programs of the platforms that are built for; nil where nobody has read the Dockerfile.
    ///
    /// An engine without an emulator can't run them, and then such a build isn't begun.
    public var runsTargetPrograms: Bool?
    /// Which steps must run again.
    public var noCache: NoCache = .off
    /// Whether base images are always looked up at their registry.
    public var pull = false
    /// The network of RUN steps; nil for the engine's default.
    public var network: NetworkMode?
    /// Entries of `/etc/hosts` in RUN steps.
    public var extraHosts: [ExtraHost] = []
    /// Size of `/dev/shm` in bytes.
    public var shmSize: Int64?
    /// Limits of the processes of RUN steps.
    public var ulimits: [Ulimit] = []
    /// What a RUN step may take of the machine.
    public var resources = ResourceLimits()
    /// The cgroup RUN steps are put under.
    public var cgroupParent: String?
    /// What to do with the result; empty for the engine's default.
    public var exports: [ExportSpec] = []
    /// Sources beside the context, by the names that the Dockerfile has for them.
    public var contexts: [String: NamedContext] = [:]
    /// Powers that steps may use.
    public var entitlements: [Entitlement] = []
    /// Statements about the build to be kept beside the image.
    ///
    /// Without one of provenance the engine makes the least, `mode=min`, where it can, as with buildx; one that is disabled
    /// keeps it out.
    public var attestations: [Attestation] = []
    /// Which sources the build may use, as BuildKit's JSON; nil for all.
    public var sourcePolicy: [UInt8]?
    /// How much of the provenance that the engine keeps goes into the result's `buildx.build.provenance`.
    public var provenanceDetail = ProvenanceDetail.none
    /// When the result tells the image's size, which takes an engine a while to find out.
    public var imageMeasurement = ImageMeasurement.never
    /// Whether an event tells which files of each context were sent, which the history compares with those of later builds.
    public var tellsContexts = false
    /// Where the files stand in version control; nil where nobody has asked.
    public var revision: SourceRevision?
    /// Caches outside of the engine.
    public var caches = CacheOptions()
    /// How often what failed by the network is tried again: caches, pulls, pushes, tokens, git; never a RUN step.
    public var retries = 3
    /// Registries that pushes and caches may speak to without TLS, or with a certificate that nobody vouches for.
    ///
    /// Written as `host[:port]` in small letters, or `*` for all. How an engine pulls is its own configuration's.
    public var insecureRegistries: Set<String> = []

    /// Makes a request with everything but its sources at the default.
    public init(context: ContextSource, dockerfile: DockerfileSource = .inContext(nil)) {
        self.context = context
        self.dockerfile = dockerfile
    }
}

/// Where the files of a build come from.
public enum ContextSource: Sendable, Hashable {
    /// A directory on this machine.
    case directory(String)
    /// A git repository or an http(s) address, read by the engine. Has no user name or password in it.
    case remote(String)
    /// A tar archive (plain, gzip, bzip2 or xz) on standard input.
    case tarOnInput
    /// No files at all: the Dockerfile came on standard input.
    case empty
}

/// Where the Dockerfile comes from.
public enum DockerfileSource: Sendable, Hashable {
    /// In the context, under this path, relative to its root; nil for `Dockerfile`, else `dockerfile`.
    case inContext(String?)
    /// A file on this machine that may lie outside of the context.
    case file(String)
    /// Its text, such as from standard input.
    case text([UInt8])
}

/// How much is told of a result's provenance.
public enum ProvenanceDetail: Sendable, Hashable {
    /// Nothing.
    case none
    /// All but the build's steps and its metadata.
    case min
    /// Everything.
    case max
}

/// Which steps must run again although their result is cached.
public enum NoCache: Sendable, Hashable {
    /// None.
    case off
    /// All.
    case all
    /// Those of the named stages.
    case stages([String])
}

/// The network of RUN steps.
public enum NetworkMode: String, Sendable, Hashable, CaseIterable {
    /// The engine's own choice.
    case `default`
    /// None but loopback.
    case none
    /// The host's.
    case host
}

/// An entry of `/etc/hosts`: a host name and its address, or `host-gateway`.
public struct ExtraHost: Sendable, Hashable {
    /// The host's name.
    public var name: String
    /// An IPv4 or IPv6 address, or `host-gateway`.
    public var address: String

    /// Makes an entry.
    public init(name: String, address: String) {
        self.name = name
        self.address = address
    }

    /// Whether the address is the engine's own.
    package var isGateway: Bool { address == "host-gateway" }
}

/// A limit of a process, by `setrlimit`'s names without `RLIMIT_`.
public struct Ulimit: Sendable, Hashable {
    /// The limit's name in lower case, such as `nofile`.
    public var name: String
    /// The soft limit; -1 for none.
    public var soft: Int64
    /// The hard limit; -1 for none.
    public var hard: Int64

    /// Makes a limit.
    public init(name: String, soft: Int64, hard: Int64) {
        self.name = name
        self.soft = soft
        self.hard = hard
    }
}

/// The caches of a build outside of the engine.
public struct CacheOptions: Sendable, Hashable {
    /// The caches that are read, in the order in which they are asked.
    public var sources: [CacheSpec] = []
    /// The caches that are written.
    public var destinations: [CacheSpec] = []
    /// Whether the stages that succeeded are cached when the build fails.
    public var coversFailure = false
    /// How long a cache may be silent before the build goes on without it.
    public var patience = Duration.seconds(15)

    /// Makes options without a cache.
    public init() {}
}
