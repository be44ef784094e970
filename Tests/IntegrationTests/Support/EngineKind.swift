import Foundation
import Glibc
import Testing

/// An engine of `Scripts/install-engines`.
enum EngineKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// Docker 20.10 of Debian bookworm: an old BuildKit and the classic image store.
    case docker20 = "20"
    /// Docker 26.1 of Debian trixie with images in containerd's store.
    case docker26 = "26"
    /// Docker 28.5 of Debian sid with its docker-buildx: the reference of the conformance tests, and nothing else.
    case docker28 = "28"
    /// Podman 4.3 of Debian bookworm: no BuildKit, a tar in and JSON lines out.
    case podman

    /// The engines that every integration test runs on.
    static let allCases: [EngineKind] = [.docker20, .docker26]

    var testDescription: String { self == .podman ? "podman" : "Docker \(versionPrefix)" }

    /// How the version that the engine reports begins.
    var versionPrefix: String {
        switch self {
        case .docker20: "20.10."
        case .docker26: "26.1."
        case .docker28: "28.5."
        case .podman: "4."
        }
    }

    /// The folder of the engine's programs.
    var programs: String { "\(TestPaths.cache)/engines/\(rawValue)/bin" }

    /// What this engine can do, of the things in which engines differ.
    var features: Set<EngineFeature> {
        switch self {
        case .docker20, .podman: []
        case .docker26, .docker28: Set(EngineFeature.allCases).subtracting([.priorKnowledgeHTTP2])
        }
    }

    /// Why the engine can't be used here, or nil.
    var reasonNotToRun: String? {
        if geteuid() != 0 { return "\(testDescription) needs root" }
        if !FileManager.default.isExecutableFile(atPath: programs + (self == .podman ? "/podman" : "/dockerd")) {
            return "\(testDescription) isn't installed (Scripts/install-engines \(rawValue))"
        }
        return nil
    }

    /// The engines to run a test on: those that are there, and all where engines are required (they then fail to start).
    static let testable = allCases.filter { TestPaths.enginesAreRequired || $0.reasonNotToRun == nil }

    /// Those of `testable` that have a feature.
    static func testable(with feature: EngineFeature) -> [EngineKind] {
        testable.filter { $0.features.contains(feature) }
    }
}

/// What some engines can do and others can't.
enum EngineFeature: String, CaseIterable, Sendable {
    /// Images are kept in containerd's store.
    case containerdStore
    /// `RUN <<EOF` in a Dockerfile.
    case heredocs
    /// `RUN --network=none` in a Dockerfile.
    case runNetworkFlag
    /// The `oci`, `docker`, `image` and `registry` outputs.
    case imageExporters
    /// Contexts that have a name besides the main one.
    case namedContexts
    /// `--shm-size` and `--ulimit` have an effect.
    case resourceOptions
    /// HTTP/2 on the socket without an upgrade.
    case priorKnowledgeHTTP2
}

extension Trait where Self == ConditionTrait {
    /// Skips the test, with the reason, where an engine can't be used; where engines are required it runs and fails.
    static func requires(_ kind: EngineKind) -> Self {
        .enabled(
            if: TestPaths.enginesAreRequired || kind.reasonNotToRun == nil,
            "\(kind.reasonNotToRun ?? "available")"
        )
    }

    /// Skips the test, with the reason, where podman isn't installed: a suite without it has none for its tests.
    static var requiresPodman: Self {
        .enabled(if: EngineKind.podman.reasonNotToRun == nil, "\(EngineKind.podman.reasonNotToRun ?? "available")")
    }

    /// Skips the test where no engine at all can be used; for tests with `EngineKind.testable` as arguments.
    static var requiresEngine: Self {
        .enabled(
            if: !EngineKind.testable.isEmpty,
            "\(EngineKind.allCases.compactMap(\.reasonNotToRun).joined(separator: "; "))"
        )
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips the test, with the reason, where the kernel has no emulators for foreign programs.
    static var requiresEmulators: Self {
        let names = ["aarch64", "arm", "ppc64le", "s390x"]
        let missing = names.filter { access("/proc/sys/fs/binfmt_misc/qemu-\($0)", F_OK) != 0 }
        return .enabled(
            if: missing.isEmpty,
            "no emulator for \(missing.joined(separator: ", ")) (qemu-user-static and binfmt_misc; Scripts/test)"
        )
    }
}
