import CaissonJSON
import CaissonText

/// A file that a target of TuxMake's leaves.
package struct TuxMakeArtifact: Sendable, Hashable {
    /// What it is called among the results; with a `*` for any number of files, which keep their names.
    package var name: String
    /// Where it is in the build tree.
    package var source: String
}

/// How TuxMake compresses archives and `vmlinux`.
package enum TuxMakeCompression: String, Sendable, Hashable, CaseIterable {
    /// By xz, which is the default.
    case xz
    /// Not at all.
    case none

    /// What it puts behind names.
    package var suffix: String { self == .xz ? ".xz" : "" }
}

/// The names that TuxMake gives to the files of a build.
package struct TuxMakeNames: Sendable, Hashable {
    /// The architecture.
    package let architecture: TuxMakeArchitecture
    /// The image that is built.
    package let image: String
    /// How archives are compressed.
    package let compression: TuxMakeCompression

    /// The logs, which belong to no target.
    package static let logs = ["build.log", "build-debug.log"]

    /// Names the files of a build.
    /// - Parameter image: Another image than the architecture's.
    package init(
        _ architecture: TuxMakeArchitecture,
        image: String? = nil,
        compression: TuxMakeCompression = .xz
    ) {
        self.architecture = architecture
        self.image = image ?? architecture.image
        self.compression = compression
    }

    /// What a target leaves, in TuxMake's order; nothing for a target that isn't known.
    package func artifacts(of target: String) -> [TuxMakeArtifact] {
        switch target {
        case "config": [TuxMakeArtifact(name: "config", source: ".config")]
        case "kernel": [TuxMakeArtifact(name: image, source: architecture.path(ofImage: image))]
        case "debugkernel": ["vmlinux\(compression.suffix)", "System.map"].map(Self.same)
        case "modules", "dtbs", "headers", "kselftest", "kselftest-bpf", "perf", "cpupower":
            [Self.same("\(target).tar\(compression.suffix)")]
        case "dtbs-legacy": [Self.same("dtbs.tar\(compression.suffix)")]
        case "xipkernel": [Self.same("xipImage")]
        case "bindeb-pkg": [Self.same("linux-*.deb")]
        case "binrpm-pkg": [Self.same("kernel-*.rpm")]
        case "targz-pkg": [Self.same("linux-*.tar.gz")]
        case "decode-stacktrace": [Self.same("decoded-stacktrace.txt")]
        default: []
        }
    }

    /// Which of the files in the folder of results belong to a target.
    ///
    /// As with TuxMake it is their being there that counts, so that two targets may have the same file, and one that
    /// was skipped may have what another one made.
    package func artifacts(of target: String, among files: Set<String>) -> [String] {
        artifacts(of: target).flatMap { artifact -> [String] in
            guard let (head, tail) = artifact.name.cut(at: "*") else {
                // What isn't compressed has its own name.
                let plain = artifact.name.hasSuffix(".xz") ? String(artifact.name.dropLast(3)) : artifact.name
                return [artifact.name, plain].first { files.contains($0) }.map { [$0] } ?? []
            }
            return files.filter { Self.isNamed($0, head, tail) }.sorted(by: JSON.precedes)
        }
    }

    private static func same(_ name: String) -> TuxMakeArtifact { TuxMakeArtifact(name: name, source: name) }

    /// Whether a name begins and ends with these bytes, which don't overlap.
    private static func isNamed(_ name: String, _ head: String, _ tail: String) -> Bool {
        let (name, head, tail) = (Array(name.utf8), Array(head.utf8), Array(tail.utf8))
        return name.count >= head.count + tail.count && name.starts(with: head) && name.suffix(tail.count) == tail[...]
    }
}
