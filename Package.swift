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

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP2: Target.Dependency = .product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHPACK: Target.Dependency = .product(name: "NIOHPACK", package: "swift-nio-http2")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A module of ours with the strict settings.
func module(_ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: path,
        exclude: name == "BuildKit" ? ["Proto"] : [],
        swiftSettings: strict
    )
}

/// The test target of a module, compiled with the same settings.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "caisson",
    products: [
        .executable(name: "caisson", targets: ["caisson"]),
        .library(name: "Caisson", targets: ["Caisson"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    ],
    targets: [
        .target(name: "CCurl"),
        .target(name: "CArchive"),
        module("BuildModel"),
        module("IgnoreFile"),
        module("Dockerfile"),
        module("Shell"),
        module("DockerfileLint", ["Dockerfile", "Shell", "IgnoreFile"]),
        module("Archive", ["CArchive"]),
        module("BuildContext", ["BuildModel", "IgnoreFile", "Archive"]),
        module("HTTPClient", ["CCurl"]),
        module("Registry", ["BuildModel", "HTTPClient", "Archive"]),
        module("BuildKit", ["BuildModel", "BuildContext", nio, nioPosix, nioHTTP2, nioHPACK, protobuf]),
        module("Engines", ["BuildModel", "BuildContext", "BuildKit", "HTTPClient", "Registry"]),
        module("Reporting", ["BuildModel"]),
        module("Caisson", ["BuildModel", "BuildContext", "Engines"]),
        .executableTarget(
            name: "caisson",
            dependencies: [
                "BuildModel", "Archive", "BuildContext", "Dockerfile", "DockerfileLint", "Engines", "HTTPClient",
                "IgnoreFile",
                "Registry", "Reporting", arguments,
            ],
            path: "Sources/caisson-command",
            swiftSettings: strict
        ),
        tests("BuildModelTests", ["BuildModel"]),
        tests("IgnoreFileTests", ["IgnoreFile"]),
        tests("DockerfileTests", ["Dockerfile"]),
        tests("ShellTests", ["Shell"]),
        tests("DockerfileLintTests", ["DockerfileLint", "Dockerfile", "Shell", "IgnoreFile"]),
        tests("ArchiveTests", ["Archive"]),
        tests("BuildContextTests", ["BuildContext", "BuildModel", "IgnoreFile", "Archive"]),
        tests("HTTPClientTests", ["HTTPClient"]),
        tests("RegistryTests", ["Registry", "BuildModel", "HTTPClient", "Archive"]),
        tests(
            "BuildKitTests",
            ["BuildKit", "BuildModel", "BuildContext", nio, nioPosix, nioHTTP2, nioHPACK, nioEmbedded, protobuf]
        ),
        tests("EnginesTests", ["Engines", "BuildModel", "BuildContext", "BuildKit", "HTTPClient", "Registry"]),
        tests("ReportingTests", ["Reporting", "BuildModel"]),
        tests(
            "CommandTests",
            ["caisson", "BuildModel", "BuildContext", "Dockerfile", "DockerfileLint", "Engines", "Reporting"]
        ),
        tests("ArchitectureTests", []),
        .testTarget(
            name: "ConformanceTests",
            dependencies: ["BuildContext", "IgnoreFile"],
            exclude: ["Support/SupportTests.swift", "Support/TestContext.swift", "Support/TestRegistry.swift"],
            swiftSettings: strict
        ),
        tests(
            "IntegrationTests",
            [
                "Caisson", "Archive", "BuildModel", "BuildContext", "BuildKit", "Engines", "HTTPClient", "Registry",
                nio,
            ]
        ),
    ]
)
