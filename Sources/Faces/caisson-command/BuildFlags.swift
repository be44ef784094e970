import CaissonBuildModel

/// The flags of `docker buildx build`: which this version has, and which not.
enum BuildFlags {
    /// What follows a flag.
    enum Kind: Equatable {
        /// Nothing, or `=true` or `=false`.
        case boolean
        /// A value.
        case value
        /// The flag is docker's from before BuildKit: it is taken and does nothing, as with buildx.
        case ignored(Ignored)
        /// The flag is docker's, and refused here, with a hint.
        case unavailable(hint: String)
    }

    /// What is known of a flag in its long form; nil for one that docker hasn't either.
    static func kind(of name: String) -> Kind? {
        if booleans.contains(name) { return .boolean }
        if values.contains(name) { return .value }
        if let flag = ignored[name] { return .ignored(flag) }
        return unavailable[name].map { .unavailable(hint: $0.isEmpty ? "" : "; \($0)") }
    }

    /// The long form of a letter.
    static func long(of letter: Character) -> String? {
        switch letter {
        case "t": "--tag"
        case "f": "--file"
        case "o": "--output"
        case "q": "--quiet"
        case "h": "--help"
        case "D": "--debug"
        case "m": "--memory"
        case "c": "--cpu-shares"
        default: nil
        }
    }

    static let booleans = [
        "--cache-on-failure", "--check", "--classic", "--force-rm", "--help", "--load", "--no-cache", "--no-history",
        "--no-mask", "--pull", "--push", "--quiet", "--rm", "--strict-cache",
    ]

    static let values = [
        "--add-host", "--addr", "--allow", "--annotation", "--attest", "--build-arg", "--build-context", "--builder",
        "--cache-from", "--cache-timeout", "--cache-to", "--call", "--cgroup-parent", "--file", "--iidfile", "--label",
        "--metadata-file", "--network", "--no-cache-filter", "--output", "--platform", "--progress", "--provenance",
        "--registry-insecure", "--report", "--resource", "--retry", "--sbom", "--secret", "--shm-size",
        "--source-policy-file",
        "--ssh", "--tag", "--target", "--ulimit",
    ]

    /// A flag that does nothing, and what does instead.
    struct Ignored: Equatable {
        var hasValue: Bool
        var advice: String
    }

    /// Docker's flags for its builder from before BuildKit, which scripts still have.
    static let ignored: [String: Ignored] = {
        var flags = [
            "--compress": Ignored(hasValue: false, advice: "a .dockerignore keeps what is sent small"),
            "--debug": Ignored(hasValue: false, advice: "--progress plain or rawjson shows more"),
            "--disable-content-trust": Ignored(hasValue: false, advice: "name images by their digest"),
            "--isolation": Ignored(hasValue: true, advice: "the engine's worker decides"),
            "--security-opt": Ignored(hasValue: true, advice: "use RUN --security=insecure"),
            "--squash": Ignored(hasValue: false, advice: "use a multi-stage Dockerfile"),
        ]
        let limits = ["cpu-period", "cpu-quota", "cpu-shares", "cpuset-cpus", "cpuset-mems", "memory", "memory-swap"]
        for name in limits {
            flags["--\(name)"] = Ignored(hasValue: true, advice: "--resource \(name)=… limits steps")
        }
        return flags
    }()

    static let unavailable = [
        "--detach": "", "--invoke": "", "--on": "",
        "--policy": "use --source-policy-file with BuildKit's JSON rules", "--print": "use --call", "--root": "",
        "--server-config": "",
    ]
}

/// The flags of a command that are docker's: how `CommandWords` reads them.
struct FlagTable: Sendable {
    /// What is known of a flag in its long form.
    var kind: @Sendable (String) -> BuildFlags.Kind?
    /// The long form of a letter.
    var long: @Sendable (Character) -> String?
    /// The switches whose `=false` says more than their absence; it becomes `--off=NAME`.
    var keepsOff: Set<String> = []
    /// The flags whose value is never the next word, and what they mean without one.
    var optional: [String: String] = [:]

    /// The tables by the verbs that have one.
    static let ofVerbs: [String: FlagTable] = [
        "build": FlagTable(
            kind: BuildFlags.kind(of:),
            long: BuildFlags.long(of:),
            optional: ["--lint": LintBeforeBuildOptions.defaultThreshold, "--plan": PlanOptions.alone]
        ),
        "batch": FlagTable(kind: BatchFlags.kind(of:), long: BatchFlags.long(of:), keepsOff: BatchFlags.keepsOff),
    ]
}

/// The flags of `docker buildx bake`, as `CommandWords` reads them.
enum BatchFlags {
    static let booleans = [
        "--check", "--classic", "--help", "--keep-going", "--list-targets", "--list-variables", "--load", "--no-cache",
        "--no-history", "--no-mask", "--only-failed", "--print", "--pull", "--push", "--quiet", "--resume", "--schema",
    ]
    static let values = [
        "--addr", "--allow", "--builder", "--call", "--file", "--jobs", "--list", "--metadata-file",
        "--only", "--policy", "--progress", "--provenance", "--registry-insecure", "--resume-id", "--sbom", "--set",
        "--summary", "--var",
    ]
    /// The switches whose `=false` changes what a definition says.
    static let keepsOff: Set<String> = ["--no-cache", "--pull"]

    /// What is known of a flag in its long form; nil for one that docker hasn't either.
    static func kind(of name: String) -> BuildFlags.Kind? {
        if booleans.contains(name) { return .boolean }
        if values.contains(name) { return .value }
        return nil
    }

    /// The long form of a letter.
    static func long(of letter: Character) -> String? {
        switch letter {
        case "f": "--file"
        case "q": "--quiet"
        case "h": "--help"
        default: nil
        }
    }
}

extension RequestField {
    /// The flag of `caisson build` that sets the field.
    var flag: String {
        switch self {
        case .annotations: "--annotation"
        case .attestations: "--attest"
        case .buildArgs: "--build-arg"
        case .builder: "--builder"
        case .cacheDestinations: "--cache-to"
        case .cacheOnFailure: "--cache-on-failure"
        case .cachePatience: "--cache-timeout"
        case .cacheSources: "--cache-from"
        case .cgroupParent: "--cgroup-parent"
        case .classicBuilder: "--classic"
        case .contexts: "--build-context"
        case .dockerfile: "--file"
        case .engineAddress: "--addr"
        case .entitlements: "--allow"
        case .exports: "--output"
        case .extraHosts: "--add-host"
        case .insecureRegistries: "--registry-insecure"
        case .labels: "--label"
        case .load: "--load"
        case .network: "--network"
        case .noCache: "--no-cache"
        case .noCacheStages: "--no-cache-filter"
        case .platforms: "--platform"
        case .provenance: "--provenance"
        case .pull: "--pull"
        case .push: "--push"
        case .question: "--call"
        case .resources: "--resource"
        case .retries: "--retry"
        case .sbom: "--sbom"
        case .secrets: "--secret"
        case .shmSize: "--shm-size"
        case .sourcePolicy: "--source-policy-file"
        case .ssh: "--ssh"
        case .tags: "--tag"
        case .target: "--target"
        case .ulimits: "--ulimit"
        }
    }
}

extension RequestField {
    /// The word that manifests have for the field; the flag of `caisson batch` where only that sets it.
    var manifestWord: String {
        switch self {
        case .annotations: "annotations"
        case .attestations: "attest"
        case .buildArgs: "args"
        case .cacheDestinations: "cache-to"
        case .cacheSources: "cache-from"
        case .contexts: "contexts"
        case .dockerfile: "dockerfile"
        case .entitlements: "entitlements"
        case .exports: "output"
        case .extraHosts: "extra-hosts"
        case .labels: "labels"
        case .network: "network"
        case .noCache: "no-cache"
        case .noCacheStages: "no-cache-filter"
        case .platforms: "platforms"
        case .pull: "pull"
        case .question: "call"
        case .resources: "resources"
        case .secrets: "secret"
        case .shmSize: "shm-size"
        case .ssh: "ssh"
        case .tags: "tags"
        case .target: "target"
        case .ulimits: "ulimits"
        case .builder, .cacheOnFailure, .cachePatience, .cgroupParent, .classicBuilder, .engineAddress,
            .insecureRegistries, .load, .provenance, .push, .retries, .sbom, .sourcePolicy:
            flag
        }
    }
}
