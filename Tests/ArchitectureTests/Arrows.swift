/// A storey is a folder of modules, which import from the same storey or from a lower one.
enum Storey: String, Comparable, CaseIterable {
    case ground = "Ground"
    case languages = "Languages"
    case building = "Building"
    case jobs = "Jobs"
    case faces = "Faces"

    static func < (left: Storey, right: Storey) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// A row of the table: where a module is and what it may import.
struct Module {
    var storey: Storey
    /// Modules of ours, by their short names.
    var ours: Set<String>
    /// Modules of external packages.
    var external: Set<String>

    init(_ storey: Storey, _ ours: Set<String> = [], external: Set<String> = []) {
        self.storey = storey
        self.ours = ours
        self.external = external
    }

    /// Every name that may stand behind `import`.
    var imports: Set<String> {
        Set(ours.map { "Caisson\($0)" }).union(external).union(Arrows.everywhere)
    }
}

/// Which module may import which: the table of modules that reviewers read, as data.
enum Arrows {
    static let table: [String: Module] = [
        "CCurl": Module(.ground),
        "CArchive": Module(.ground),
        "CSpawn": Module(.ground),
        "CYAML": Module(.ground),
        "Text": Module(.ground),
        "JSON": Module(.ground),
        "System": Module(.ground, ["CSpawn", "Text"]),
        "Archive": Module(.ground, ["CArchive", "System"]),
        "Artifacts": Module(.ground, ["Archive", "System", "Text"]),
        "HTTPClient": Module(.ground, ["CCurl", "System", "Text"]),

        "GoRegex": Module(.languages),
        "HCL": Module(
            .languages,
            ["GoRegex", "JSON", "Text"],
            external: ["BigInt", "Crypto", "CryptoExtras"]
        ),
        "IgnoreFile": Module(.languages, ["GoRegex", "Text"]),
        "Dockerfile": Module(.languages, ["Text"]),
        "Shell": Module(.languages),
        "TOML": Module(.languages, ["Text"]),
        "YAML": Module(.languages, ["CYAML", "Text"]),
        "DockerfileLint": Module(
            .languages,
            ["Dockerfile", "Shell", "IgnoreFile", "JSON", "TOML", "Text", "YAML"]
        ),

        "BuildModel": Module(.building, ["JSON", "Text"]),
        "BuildContext": Module(.building, ["BuildModel", "IgnoreFile", "Archive", "JSON", "System", "Text"]),
        "BuildKit": Module(
            .building,
            ["BuildModel", "BuildContext", "JSON", "System", "Text"],
            external: ["NIOCore", "NIOPosix", "NIOHTTP2", "NIOHPACK", "NIOConcurrencyHelpers", "SwiftProtobuf"]
        ),
        "Secrets": Module(.building, ["BuildModel", "BuildKit", "JSON", "System", "Text"]),
        "Registry": Module(.building, ["BuildModel", "HTTPClient", "Archive", "JSON", "System", "Text"]),
        "EngineDiscovery": Module(.building, ["BuildModel", "HTTPClient", "JSON", "System", "Text"]),
        "EngineStores": Module(.building, ["BuildModel", "HTTPClient", "JSON", "Text"]),
        "PrivateEngine": Module(
            .building,
            ["BuildModel", "EngineDiscovery", "HTTPClient", "JSON", "System", "Text"]
        ),
        "Remedies": Module(.building, ["BuildContext", "BuildModel", "Dockerfile", "JSON", "Text"]),
        "EngineContainers": Module(
            .building,
            ["Archive", "BuildModel", "EngineDiscovery", "HTTPClient", "JSON", "System", "TOML", "Text"]
        ),
        "Engines": Module(
            .building,
            [
                "BuildModel", "BuildContext", "BuildKit", "Dockerfile", "EngineContainers", "EngineDiscovery",
                "EngineStores", "HTTPClient", "JSON", "PrivateEngine", "Registry", "Remedies", "Secrets", "System",
                "Text",
            ]
        ),

        "Configuration": Module(.jobs, ["BuildModel", "System", "TOML", "Text"]),
        "History": Module(.jobs, ["Archive", "BuildModel", "JSON", "System", "Text"], external: ["GRDB"]),
        "Orchestrator": Module(.jobs, ["BuildModel", "Text"]),
        "Planning": Module(.jobs, ["BuildModel", "HCL", "IgnoreFile", "JSON", "Text", "YAML"]),
        "Preparation": Module(
            .jobs,
            [
                "BuildModel", "BuildContext", "HTTPClient", "Secrets", "Dockerfile", "IgnoreFile", "Planning", "System",
                "Text",
            ]
        ),

        "RunControl": Module(.jobs, ["BuildModel", "JSON", "System", "Text"]),
        "Forecasts": Module(.jobs, ["BuildModel", "Dockerfile", "Insights", "JSON", "Text"]),
        "Insights": Module(.jobs, ["BuildModel", "JSON", "Text"]),
        "Bundles": Module(.jobs, ["Archive", "BuildModel", "JSON", "System", "Text"]),
        "LocalCaches": Module(.jobs, ["BuildModel", "JSON", "System", "Text"]),
        "Caches": Module(.jobs, ["BuildModel", "GoRegex", "Text"]),
        "CacheMounts": Module(.jobs, ["Archive", "BuildModel", "JSON", "System", "Text"]),
        "MountCarriage": Module(.jobs, ["BuildModel", "CacheMounts", "Registry", "System", "Text"]),
        "ContainerJobs": Module(.jobs, ["Archive", "Artifacts", "BuildModel", "JSON", "System", "Text"]),
        "KernelJobs": Module(
            .jobs,
            ["Archive", "Artifacts", "BuildModel", "ContainerJobs", "JSON", "System", "Text", "YAML"]
        ),
        "Tasks": Module(.jobs, ["BuildModel", "ContainerJobs", "JSON", "System", "Text"]),

        "Completion": Module(.faces, ["JSON", "Text"]),
        "LanguageServer": Module(.faces, ["Dockerfile", "DockerfileLint", "JSON", "System", "Text"]),
        "Listings": Module(
            .faces,
            ["BuildContext", "BuildModel", "JSON", "Registry", "Reporting", "System", "Text"]
        ),
        "Manuals": Module(.faces, ["System", "Text"]),
        "Reporting": Module(.faces, ["BuildModel", "JSON", "System", "Text"]),
        "Reports": Module(.faces, ["BuildModel", "Insights", "JSON", "Reporting", "Text"]),
        "Caisson": Module(
            .faces,
            [
                "Archive", "BuildContext", "BuildModel", "Dockerfile", "DockerfileLint", "Engines", "Orchestrator",
                "Preparation", "Registry", "System",
            ]
        ),
        "caisson": Module(
            .faces,
            [
                "Archive", "Artifacts", "BuildContext", "BuildModel", "Bundles", "CacheMounts", "Caches", "Completion",
                "Configuration", "ContainerJobs",
                "Dockerfile",
                "DockerfileLint",
                "EngineContainers",
                "EngineDiscovery", "Engines", "Forecasts", "HTTPClient", "History", "IgnoreFile", "Insights", "JSON",
                "KernelJobs", "LanguageServer",
                "Listings", "LocalCaches", "Manuals", "MountCarriage", "Orchestrator", "Planning", "Preparation",
                "PrivateEngine",
                "Registry", "Reporting",
                "Reports", "RunControl", "Secrets", "System", "Tasks", "Text",
            ],
            external: ["ArgumentParser", "Logging"]
        ),
    ]

    /// Module maps, which have no Swift files.
    static let shims: Set<String> = ["CCurl", "CArchive", "CSpawn", "CYAML"]

    /// What comes with Swift or the system, for every module.
    static let everywhere: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Musl", "Synchronization", "Swift", "Dispatch",
    ]

    /// The files that may start tasks nobody scopes, with the reason.
    static let unstructuredTasks = [
        "Building/BuildKit/Control/ControlClient+Build.swift":
            "a cancelled build still has to be cancelled on the engine and waited for"
    ]
}
