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
