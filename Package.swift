// swift-tools-version: 6.2
import PackageDescription

/// The strict language settings every module of ours is compiled with.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let bigInt: Target.Dependency = .product(name: "BigInt", package: "BigInt")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHPACK: Target.Dependency = .product(name: "NIOHPACK", package: "swift-nio-http2")
let nioHTTP2: Target.Dependency = .product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")

/// A storey of the house: a folder of modules, which import from their own storey and from lower ones.
struct Storey {
    var name: String

    /// A module of ours: the folder keeps the short name, the target gets one that no user's package has.
    func module(
        _ name: String,
        _ ours: [String] = [],
        external: [Target.Dependency] = [],
        exclude: [String] = [],
        resources: [Resource] = []
    )
        -> Target
    {
        .target(
            name: Self.target(name),
            dependencies: ours.map { .init(stringLiteral: Self.target($0)) } + external,
            path: "Sources/\(self.name)/\(name)",
            exclude: exclude,
            resources: resources,
            swiftSettings: strict
        )
    }

    /// A module map with its shim, which the strict settings don't concern.
    /// - Parameter library: What the linker has to add; the other shims load theirs when it is needed.
    func shim(_ name: String, library: String? = nil) -> Target {
        .target(
            name: Self.target(name),
            path: "Sources/\(self.name)/\(name)",
            linkerSettings: library.map { [.linkedLibrary($0)] }
        )
    }

    /// The tests of a module, compiled with the same settings.
    func tests(_ name: String, _ ours: [String], external: [Target.Dependency] = []) -> Target {
        Caisson.tests(name, ours, external: external, path: "Tests/\(self.name)/\(name)Tests")
    }

    static func target(_ module: String) -> String {
        module.lowercased() == "caisson" ? module : "Caisson\(module)"
    }
}

/// Tests of several storeys.
enum Caisson {
    static func tests(
        _ name: String,
        _ ours: [String],
        external: [Target.Dependency] = [],
        path: String? = nil,
        exclude: [String] = []
    ) -> Target {
        .testTarget(
            name: "\(name)Tests",
            dependencies: ours.map { .init(stringLiteral: Storey.target($0)) } + external,
            path: path ?? "Tests/\(name)Tests",
            exclude: exclude,
            swiftSettings: strict
        )
    }
}

let ground = Storey(name: "Ground")
let languages = Storey(name: "Languages")
let building = Storey(name: "Building")
let jobs = Storey(name: "Jobs")
let faces = Storey(name: "Faces")

let package = Package(
    name: "caisson",
    products: [
        .executable(name: "caisson", targets: ["caisson"]),
        .library(name: "Caisson", targets: ["Caisson"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        ground.shim("CCurl"),
        ground.shim("CArchive"),
        ground.shim("CSpawn"),
        ground.shim("CYAML", library: ":libyaml.a"),
        ground.module("Text"),
        ground.module("JSON"),
        ground.module("System", ["CSpawn", "Text"]),
        ground.module("Archive", ["CArchive", "System"]),
        ground.module("Artifacts", ["Archive", "System", "Text"]),
        ground.module("HTTPClient", ["CCurl", "System", "Text"]),

        languages.module("GoRegex"),
        languages.module("Dockerfile", ["Text"]),
        languages.module("HCL", ["GoRegex", "JSON", "Text"], external: [bigInt, crypto, cryptoExtras]),
        languages.module("IgnoreFile", ["GoRegex", "Text"]),
        languages.module("Shell"),
        languages.module("TOML", ["Text"]),
        languages.module("YAML", ["CYAML", "Text"]),
        languages.module(
            "DockerfileLint",
            ["Dockerfile", "Shell", "IgnoreFile", "JSON", "TOML", "Text", "YAML"]
        ),

        building.module("BuildModel", ["JSON", "Text"]),
        building.module("BuildContext", ["BuildModel", "IgnoreFile", "Archive", "JSON", "System", "Text"]),
        building.module(
            "BuildKit",
            ["BuildModel", "BuildContext", "JSON", "System", "Text"],
            external: [nio, nioPosix, nioHTTP2, nioHPACK, protobuf],
            exclude: ["Proto"]
        ),
        building.module("Secrets", ["BuildModel", "BuildKit", "JSON", "System", "Text"]),
        building.module("Registry", ["BuildModel", "HTTPClient", "Archive", "JSON", "System", "Text"]),
        building.module("EngineStores", ["BuildModel", "HTTPClient", "JSON", "Text"]),
        building.module("EngineDiscovery", ["BuildModel", "HTTPClient", "JSON", "System", "Text"]),
        building.module(
            "PrivateEngine",
            ["BuildModel", "EngineDiscovery", "HTTPClient", "JSON", "System", "Text"]
        ),
        building.module("Remedies", ["BuildContext", "BuildModel", "Dockerfile", "JSON", "Text"]),
        building.module(
            "EngineContainers",
            ["Archive", "BuildModel", "EngineDiscovery", "HTTPClient", "JSON", "System", "TOML", "Text"]
        ),
        building.module(
            "Engines",
            [
                "BuildModel", "BuildContext", "BuildKit", "Dockerfile", "EngineContainers", "EngineDiscovery",
                "EngineStores",
                "HTTPClient", "JSON",
                "PrivateEngine", "Registry", "Remedies", "Secrets", "System", "Text",
            ]
        ),

        jobs.module("Configuration", ["BuildModel", "System", "TOML", "Text"]),
        jobs.module(
            "Preparation",
            [
                "BuildModel", "BuildContext", "HTTPClient", "Secrets", "Dockerfile", "IgnoreFile", "Planning", "System",
                "Text",
            ]
        ),
        jobs.module("Planning", ["BuildModel", "HCL", "IgnoreFile", "JSON", "Text", "YAML"]),

        jobs.module("Orchestrator", ["BuildModel", "Text"]),
        jobs.module("RunControl", ["BuildModel", "JSON", "System", "Text"]),
        jobs.module("Caches", ["BuildModel", "GoRegex", "Text"]),
        jobs.module("Forecasts", ["BuildModel", "Dockerfile", "Insights", "JSON", "Text"]),
        jobs.module("Insights", ["BuildModel", "JSON", "Text"]),
        jobs.module("Bundles", ["Archive", "BuildModel", "JSON", "System", "Text"]),
        jobs.module("LocalCaches", ["BuildModel", "JSON", "System", "Text"]),
        jobs.module("CacheMounts", ["Archive", "BuildModel", "JSON", "System", "Text"]),
        jobs.module("MountCarriage", ["BuildModel", "CacheMounts", "Registry", "System", "Text"]),
        jobs.module("ContainerJobs", ["Archive", "Artifacts", "BuildModel", "JSON", "System", "Text"]),
        jobs.module(
            "KernelJobs",
            ["Archive", "Artifacts", "BuildModel", "ContainerJobs", "JSON", "System", "Text", "YAML"],
            resources: [.embedInCode("Scripts")]
        ),
        jobs.module("Tasks", ["BuildModel", "ContainerJobs", "JSON", "System", "Text"]),
        jobs.module("History", ["Archive", "BuildModel", "JSON", "System", "Text"], external: [grdb]),

        faces.module("Completion", ["JSON", "Text"]),
        faces.module("LanguageServer", ["Dockerfile", "DockerfileLint", "JSON", "System", "Text"]),
        faces.module(
            "Listings",
            ["BuildContext", "BuildModel", "JSON", "Registry", "Reporting", "System", "Text"]
        ),
        faces.module("Manuals", ["System", "Text"]),
        faces.module("Reporting", ["BuildModel", "JSON", "System", "Text"]),
        faces.module("Reports", ["BuildModel", "Insights", "JSON", "Reporting", "Text"]),
        faces.module(
            "Caisson",
            [
                "Archive", "BuildContext", "BuildModel", "Dockerfile", "DockerfileLint", "Engines", "Orchestrator",
                "Preparation", "Registry", "System",
            ]
        ),
        .executableTarget(
            name: "caisson",
            dependencies: [
                "CaissonArchive", "CaissonArtifacts", "CaissonBuildContext", "CaissonBuildModel", "CaissonBundles",
                "CaissonCacheMounts",
                "CaissonCaches",
                "CaissonCompletion", "CaissonConfiguration", "CaissonContainerJobs", "CaissonDockerfile",
                "CaissonDockerfileLint", "CaissonEngineContainers", "CaissonEngineDiscovery", "CaissonEngines",
                "CaissonForecasts", "CaissonHistory", "CaissonHTTPClient", "CaissonIgnoreFile", "CaissonInsights",
                "CaissonJSON", "CaissonKernelJobs",
                "CaissonLanguageServer", "CaissonListings", "CaissonLocalCaches", "CaissonManuals",
                "CaissonMountCarriage",
                "CaissonOrchestrator", "CaissonPlanning", "CaissonPreparation",
                "CaissonPrivateEngine", "CaissonRegistry", "CaissonReporting", "CaissonReports", "CaissonRunControl",
                "CaissonSecrets",
                "CaissonSystem",
                "CaissonTasks", "CaissonText", arguments, logging,
            ],
            path: "Sources/Faces/caisson-command",
            exclude: ["exports.map", "libraries"],
            swiftSettings: strict,
            // "Unsafe" for SwiftPM, which takes no such target from a package that is a dependency; the library is without.
            linkerSettings: [
                .unsafeFlags(
                    [
                        "-Xlinker",
                        "--version-script=\(Context.packageDirectory)/Sources/Faces/caisson-command/exports.map",
                        // GRDB asks for SQLite's shared library; found first here, the name means the static one.
                        "-L\(Context.packageDirectory)/Sources/Faces/caisson-command/libraries",
                        // At a fixed address, as Go's programs are: else the loader writes 144,000 addresses at each start,
                        // half of its page faults, 1.4 of 5.5 ms. Heap, stack and shared libraries stay at random ones.
                        "-Xclang-linker", "-no-pie",
                    ],
                    .when(configuration: .release)
                )
            ],
            plugins: ["RecordCommit"]
        ),
        .plugin(name: "RecordCommit", capability: .buildTool()),

        ground.tests("Archive", ["Archive"]),
        ground.tests("Artifacts", ["Artifacts", "Archive", "System", "Text"]),
        ground.tests("HTTPClient", ["HTTPClient"]),
        ground.tests("JSON", ["JSON"]),
        ground.tests("System", ["System"]),
        ground.tests("Text", ["Text"]),
        languages.tests("Dockerfile", ["Dockerfile", "Text"]),
        languages.tests("GoRegex", ["GoRegex"]),
        languages.tests("HCL", ["HCL", "JSON"]),
        languages.tests("IgnoreFile", ["IgnoreFile", "GoRegex"]),
        languages.tests("Shell", ["Shell"]),
        languages.tests("TOML", ["TOML", "Text"]),
        languages.tests("YAML", ["YAML", "Text"]),
        languages.tests("DockerfileLint", ["DockerfileLint", "Dockerfile", "Shell", "IgnoreFile", "JSON", "Text"]),
        .target(
            name: "CaissonTestSupport",
            dependencies: ["CaissonBuildModel", "CaissonEngines"],
            path: "Tests/Support/TestSupport",
            swiftSettings: strict
        ),
        building.tests("BuildModel", ["BuildModel", "JSON", "Text"]),
        building.tests(
            "BuildContext",
            ["BuildContext", "BuildModel", "IgnoreFile", "Archive", "JSON", "System", "Text"]
        ),
        building.tests(
            "BuildKit",
            ["BuildKit", "BuildModel", "BuildContext", "JSON", "System", "Text"],
            external: [nio, nioPosix, nioHTTP2, nioHPACK, nioEmbedded, protobuf]
        ),
        building.tests("Registry", ["Registry", "BuildModel", "HTTPClient", "Archive", "JSON", "System", "Text"]),
        building.tests("Secrets", ["Secrets", "BuildModel", "BuildKit", "JSON", "System", "Text"]),
        building.tests("EngineStores", ["EngineStores", "BuildModel", "HTTPClient", "JSON", "Text"]),
        building.tests("EngineDiscovery", ["EngineDiscovery", "BuildModel", "HTTPClient", "System", "Text"]),
        building.tests(
            "EngineContainers",
            ["EngineContainers", "EngineDiscovery", "BuildModel", "HTTPClient", "JSON", "System", "Text"]
        ),
        building.tests("Remedies", ["Remedies", "BuildModel", "System"]),
        building.tests("PrivateEngine", ["PrivateEngine", "EngineDiscovery", "BuildModel", "System", "Text"]),
        building.tests(
            "Engines",
            [
                "Engines", "BuildModel", "BuildContext", "BuildKit", "EngineDiscovery", "HTTPClient", "JSON",
                "PrivateEngine", "Registry", "Secrets", "System", "TestSupport", "Text",
            ]
        ),
        jobs.tests("Configuration", ["Configuration", "System", "Text"]),
        jobs.tests("Orchestrator", ["Orchestrator", "BuildModel", "TestSupport"]),
        jobs.tests("RunControl", ["RunControl", "BuildModel", "JSON", "System", "Text"]),
        jobs.tests("Caches", ["Caches", "BuildModel", "GoRegex", "Text"]),
        jobs.tests("Forecasts", ["Forecasts", "BuildModel", "Dockerfile", "Insights", "JSON", "Text"]),
        jobs.tests("Insights", ["Insights", "BuildModel", "JSON", "Text"]),
        jobs.tests("LocalCaches", ["LocalCaches", "BuildModel", "JSON", "System", "Text"]),
        jobs.tests("CacheMounts", ["CacheMounts", "Archive", "BuildModel", "JSON", "System", "Text"]),
        jobs.tests("MountCarriage", ["MountCarriage", "Archive", "BuildModel", "CacheMounts", "System", "Text"]),
        Caisson.tests(
            "Bundles",
            ["Bundles", "Archive", "BuildModel", "JSON", "System", "Text"],
            path: "Tests/Jobs/BundlesTests",
            exclude: ["Fixtures"]
        ),
        jobs.tests("ContainerJobs", ["ContainerJobs", "Archive", "Artifacts", "BuildModel", "JSON", "System", "Text"]),
        jobs.tests(
            "KernelJobs",
            ["KernelJobs", "Archive", "Artifacts", "BuildModel", "ContainerJobs", "JSON", "System", "Text", "YAML"]
        ),
        jobs.tests("Tasks", ["Tasks", "BuildModel", "JSON", "Orchestrator", "System", "Text"]),
        jobs.tests("History", ["History", "Archive", "BuildModel", "JSON", "System", "Text"], external: [grdb]),
        jobs.tests("Preparation", ["Preparation", "BuildContext", "BuildModel", "Planning", "System", "Text"]),
        jobs.tests("Planning", ["Planning", "BuildModel", "HCL", "JSON", "Text", "YAML"]),
        faces.tests("Completion", ["Completion", "JSON", "Text"]),
        faces.tests("LanguageServer", ["LanguageServer", "Dockerfile", "DockerfileLint", "JSON", "System", "Text"]),
        faces.tests("Reporting", ["Reporting", "BuildModel", "JSON", "System", "Text"]),
        faces.tests("Reports", ["Reports", "BuildModel", "Insights", "JSON", "Reporting", "Text"]),
        faces.tests("Library", ["Caisson"]),
        faces.tests(
            "Command",
            [
                "caisson", "BuildModel", "BuildContext", "Caches", "Completion", "Configuration", "Insights",
                "Listings",
                "Manuals",
                "Dockerfile",
                "DockerfileLint",
                "EngineDiscovery", "Engines", "History",
                "JSON", "Orchestrator", "Planning", "Preparation", "PrivateEngine", "Reporting", "Secrets", "System",
                "Text",
            ]
        ),
        Caisson.tests("Architecture", []),
        Caisson.tests(
            "Conformance",
            ["BuildContext", "IgnoreFile", "JSON", "System", "Text"],
            exclude: ["Support/SupportTests.swift", "Support/TestContext.swift", "Support/TestRegistry.swift"]
        ),
        Caisson.tests(
            "Integration",
            [
                "Caisson", "Archive", "BuildModel", "BuildContext", "BuildKit", "EngineDiscovery", "Engines",
                "HCL", "HTTPClient", "JSON", "Orchestrator", "Planning", "PrivateEngine", "Registry", "Secrets",
                "System",
                "Text",
            ],
            external: [nio]
        ),
    ]
)
