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

// The modules are links to the package's own: built once more here, with the fuzzer's instruments in them.
let package = Package(
    name: "caisson-benchmarks",
    dependencies: [.package(url: "https://github.com/apple/swift-nio", from: "2.101.2")],
    targets: [
        .target(name: "CArchive"),
        .target(name: "BuildModel", swiftSettings: strict),
        .target(name: "IgnoreFile", swiftSettings: strict),
        .target(name: "Dockerfile", swiftSettings: strict),
        .target(name: "Shell", swiftSettings: strict),
        .target(name: "DockerfileLint", dependencies: ["Dockerfile", "Shell", "IgnoreFile"], swiftSettings: strict),
        .target(name: "Archive", dependencies: ["CArchive"], swiftSettings: strict),
        .target(name: "BuildContext", dependencies: ["BuildModel", "IgnoreFile", "Archive"], swiftSettings: strict),
        .executableTarget(
            name: "fuzz",
            dependencies: ["IgnoreFile", "Archive", "Dockerfile", "DockerfileLint", "Shell"],
            swiftSettings: strict
        ),
        // Apart, as nothing else needs SwiftNIO, which takes minutes to build with the instruments in it.
        .executableTarget(
            name: "fuzz-packet",
            dependencies: ["BuildContext", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: strict
        ),
    ]
)
