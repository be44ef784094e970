import CaissonBuildModel

/// All that a simulated build depends on.
struct SimulatedWorld {
    var file: SimulatedFile
    var files: [String: Int] = ["src/a.c": 1, "src/b.c": 1, "docs/x.md": 1, "go.mod": 1]
    var bases: [String: String] = ["alpine:3": "aa", "debian:12": "dd", "tools:1": "ee"]
    var arguments: [String: String] = [:]
    var target: String?
    var noCache = NoCache.off
    var network: NetworkMode?
    /// Commands that fail.
    var failing: Set<String> = []
    /// What addresses hold.
    var remote = 1
    var keepsText = true
    var knowsBases = true
    var isOtherEngine = false
    /// What is done to the engine before the build.
    var tidying: ((inout SimulatedEngine) -> Void)?

    var request: BuildRequest {
        var request = BuildRequest(context: .directory("/src"))
        (request.buildArgs, request.target, request.noCache, request.network) = (arguments, target, noCache, network)
        return request
    }

    /// The files at some paths, as one text.
    func content(_ paths: [String]) -> String {
        let taken = files.filter { file in
            paths.contains { path in
                let clean = path.hasSuffix("*") ? String(path.dropLast()) : path
                if clean == "." || clean == file.key || file.key.hasPrefix(clean + "/") { return true }
                return path.hasSuffix("*") && file.key.hasPrefix(clean)
            }
        }
        return taken.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ";")
    }

    func digest(of image: String) -> String {
        "sha256:" + (bases[image] ?? "00")
    }
}
