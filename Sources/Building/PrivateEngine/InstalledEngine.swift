import CaissonBuildModel
import CaissonEngineDiscovery
import CaissonSystem
import Glibc

/// An engine's program on this machine.
struct InstalledEngine: Sendable, Hashable {
    var kind: EngineKind
    var executable: String
    /// The runtime that the engine is told to use; nil leaves the choice to it.
    var runtime: String?
    /// How it gets a namespace of its own where an ordinary user starts it; nil for root.
    var rootless: Rootless?
    /// As the program says; nil when it doesn't.
    var version: String?

    /// The version's first number, 0 where it is unknown.
    var major: Int { version.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0 }

    /// The directories that every engine's PATH has, whatever the user's is.
    static let systemPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]

    /// The same, with the version that the program says about itself.
    func withVersion() async -> InstalledEngine {
        var call = HelperProgram(
            executable: executable,
            arguments: ["--version"],
            environment: ["PATH=" + Self.systemPath.joined(separator: ":")]
        )
        call.deadline = .seconds(5)
        call.outputLimit = 4096
        guard let outcome = try? await call.run(), outcome.status == 0 else { return self }
        var copy = self
        copy.version = Self.version(in: String(decoding: outcome.output, as: UTF8.self))
        return copy
    }

    /// The first word of a `--version` line that looks like a version.
    static func version(in line: String) -> String? {
        line.split { $0.isWhitespace || $0 == "," }.map { $0.hasPrefix("v") ? $0.dropFirst() : $0 }.first {
            $0.first?.isNumber == true && $0.contains(".")
        }.map { String($0.prefix(64)) }
    }
}

/// Finds programs in places where nobody else can put them.
struct ProgramSearch: Sendable {
    var directories: [String]
    var isProgram: @Sendable (String) -> Bool

    /// The system's directories, then those of the user's PATH that only root or the user can write to.
    static func ofThisProcess(path: String?) -> ProgramSearch {
        let extra = (path ?? "").split(separator: ":").map(String.init).filter {
            $0.hasPrefix("/") && !InstalledEngine.systemPath.contains($0) && isSafe($0)
        }
        return ProgramSearch(directories: InstalledEngine.systemPath + extra) { path in
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
        }
    }

    /// The path of the first program of that name.
    func find(_ name: String) -> String? {
        guard !name.contains("/") else { return nil }
        return directories.map { $0 + "/" + name }.first(where: isProgram)
    }

    /// The OCI runtime for buildkitd.
    var runtime: String? { find("buildkit-runc") ?? find("runc") ?? find("crun") }

    /// The runtime for podman, which prefers crun itself: with the old cgroups beside the new ones that one refuses.
    var podmanRuntime: String? {
        access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0 ? nil : find("runc")
    }

    private static func isSafe(_ directory: String) -> Bool {
        var status = stat()
        guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return false }
        return (status.st_uid == 0 || status.st_uid == geteuid()) && status.st_mode & 0o022 == 0
    }
}
