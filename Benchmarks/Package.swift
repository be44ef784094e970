// swift-tools-version: 6.2
// What is measured and fuzzed, apart from the package that users build. `Scripts/fuzz` builds it.
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// A module of the package's own, under the name that it has there.
func module(_ name: String, _ ours: [String] = [], external: [Target.Dependency] = []) -> Target {
    .target(
        name: "Caisson\(name)",
        dependencies: ours.map { "Caisson\($0)" }.map(Target.Dependency.init(stringLiteral:)) + external,
        path: "Sources/\(name)",
        swiftSettings: strict
    )
}

// The modules are links to the package's own: built once more here, with the fuzzer's instruments in them. Only of HCL's
// functions those that need swift-crypto are left out, which takes minutes to build.
let package = Package(
    name: "caisson-benchmarks",
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .target(name: "CaissonCArchive", path: "Sources/CArchive"),
        .target(name: "CaissonCSpawn", path: "Sources/CSpawn"),
        .target(
            name: "CaissonCYAML",
            path: "Sources/CYAML",
            linkerSettings: [.linkedLibrary(":libyaml.a")]
        ),
        module("Text"),
        module("JSON"),
        module("System", ["CSpawn", "Text"]),
        module("Archive", ["CArchive", "System"]),
        module("GoRegex"),
        module(
            "HCL",
            ["GoRegex", "JSON", "Text"],
            external: [.product(name: "BigInt", package: "BigInt")]
        ),
        module("IgnoreFile", ["GoRegex", "Text"]),
        module("Dockerfile", ["Text"]),
        module("Shell"),
        module("TOML", ["Text"]),
        module("YAML", ["CYAML", "Text"]),
        module("DockerfileLint", ["Dockerfile", "Shell", "IgnoreFile", "JSON", "TOML", "Text", "YAML"]),
        module("BuildModel", ["JSON", "Text"]),
        module("Planning", ["BuildModel", "HCL", "IgnoreFile", "JSON", "Text", "YAML"]),
        module("BuildContext", ["BuildModel", "IgnoreFile", "Archive", "JSON", "System", "Text"]),
        module("Orchestrator", ["BuildModel", "Text"]),
        module(
            "History",
            ["Archive", "BuildModel", "JSON", "System", "Text"],
            external: [.product(name: "GRDB", package: "GRDB.swift")]
        ),
        .executableTarget(
            name: "bench-history",
            dependencies: ["CaissonBuildModel", "CaissonHistory"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "bench-scheduler",
            dependencies: ["CaissonBuildModel", "CaissonOrchestrator"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "CaissonArchive", "CaissonDockerfile", "CaissonDockerfileLint", "CaissonHCL", "CaissonIgnoreFile",
                "CaissonJSON", "CaissonPlanning", "CaissonShell", "CaissonSystem", "CaissonTOML", "CaissonText",
                "CaissonYAML",
            ],
            swiftSettings: strict
        ),
        // Apart, as nothing else needs SwiftNIO, which takes minutes to build with the instruments in it.
        .executableTarget(
            name: "fuzz-packet",
            dependencies: ["CaissonBuildContext", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: strict
        ),
    ]
)
