import CaissonBuildKit
import CaissonBuildModel

/// What an engine can do, as far as a build must know before it starts.
struct EngineFeatures: Sendable, Hashable {
    /// Whether it is dockerd, whose own image store is the `moby` exporter.
    var isDockerd: Bool
    /// Whether dockerd keeps images in containerd: then it has the `oci` and `docker` exporters and pushes by itself.
    var hasContainerdStore: Bool
    /// Whether a build may have several outputs (BuildKit 0.13, dockerd 26.0).
    var hasManyExporters: Bool
    /// Whether it knows `--shm-size`, `--ulimit` and `--cgroup-parent` (BuildKit 0.10, dockerd 23.0).
    ///
    /// Older engines take the attributes and silently do nothing.
    var hasStepLimits: Bool
    /// Whether a prune looks at the descriptions of what it may remove (BuildKit 0.14, dockerd 27.0).
    ///
    /// With older engines a filter on them finds nothing, one that excludes finds all.
    var prunesByDescription: Bool
    /// Whether the record of a cache mount tells its id, where that isn't its target (BuildKit 0.12, dockerd 25.0).
    var tellsMountIDs: Bool
    /// The address `host-gateway` stands for, when dockerd tells it.
    var hostGateway: String?
    /// The engine's own platform first, then those it emulates.
    var platforms: [Platform]
    /// The engine as it is named in messages, e.g.
    ///
    /// `dockerd (API 1.41)`.
    var name: String

    /// The first API version of a dockerd that may keep images in containerd: 23.0.
    static let firstWithContainerdStore = APIVersion(major: 1, minor: 42)

    /// The features of a dockerd with that API version and those workers.
    init(dockerd version: APIVersion, workers: [Worker]) {
        isDockerd = true
        let labels = workers.first?.labels ?? [:]
        hasContainerdStore = labels["org.mobyproject.buildkit.worker.snapshotter"] != nil
        hasManyExporters = version >= APIVersion(major: 1, minor: 45)
        hasStepLimits = version >= APIVersion(major: 1, minor: 42)
        prunesByDescription = version >= APIVersion(major: 1, minor: 46)
        tellsMountIDs = version >= APIVersion(major: 1, minor: 44)
        hostGateway = labels["org.mobyproject.buildkit.worker.moby.host-gateway-ip"].flatMap { $0.isEmpty ? nil : $0 }
        platforms = workers.first?.platforms ?? []
        name = "dockerd (API \(version))"
    }

    /// The features of a buildkitd; those before 0.11 don't tell their version.
    init(buildkitd version: String, workers: [Worker]) {
        isDockerd = false
        hasContainerdStore = false
        let numbers = version.drop { !$0.isNumber }.split(separator: ".").prefix(2).compactMap {
            Int($0.prefix { $0.isNumber })
        }
        // A build from a branch has no number: taken as new.
        let minor = version.isEmpty ? 0 : numbers.count == 2 && numbers[0] == 0 ? numbers[1] : .max
        hasManyExporters = minor >= 13
        prunesByDescription = minor >= 14
        tellsMountIDs = minor >= 12
        hasStepLimits = !version.isEmpty
        hostGateway = nil
        platforms = workers.first?.platforms ?? []
        name = version.isEmpty ? "buildkitd before 0.11" : "buildkitd \(version)"
    }

    /// Whether it makes provenance and lists of contents (BuildKit 0.11).
    var hasAttestations: Bool { hasArchiveExporters && hasStepLimits }

    /// Whether results can be written as image archives by the engine itself.
    var hasArchiveExporters: Bool { !isDockerd || hasContainerdStore }
}

/// A version of dockerd's API, e.g.
///
/// 1.41.
struct APIVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    var major: Int
    var minor: Int

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads the `Api-Version` field of an answer; nil where it is none.
    init?(_ text: String?) {
        let parts = (text ?? "").split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]), major >= 0, minor >= 0 else {
            return nil
        }
        self.init(major: major, minor: minor)
    }

    static func < (a: APIVersion, b: APIVersion) -> Bool { (a.major, a.minor) < (b.major, b.minor) }

    var description: String { "\(major).\(minor)" }
}
