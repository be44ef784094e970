import CaissonBuildModel

/// Which node builds which platforms of a request, and in how many builds.
struct PlatformPlan: Sendable {
    /// One build of the several that make up a request.
    struct Part: Sendable, Hashable {
        /// The node's place.
        var node: Int
        /// What it builds; empty for the node's own platform.
        var platforms: [Platform]

        /// The platforms in words, for names of steps and messages.
        var label: String { platforms.map(\.description).joined(separator: ",") }
    }

    /// What the plan must know of a node.
    struct Node: Sendable {
        var name: String
        var declared: [Platform] = []
        var features: EngineFeatures
        /// The emulators of its kernel, where that is this machine's.
        var emulators: Set<String> = []
    }

    /// The builds, in the order of the platforms in the request.
    private(set) var parts: [Part] = []
    /// What the user should know of platforms that no node seems to run.
    private(set) var notices: [String] = []

    /// Plans the builds of a request on nodes, of which there is one at least.
    init(_ request: BuildRequest, nodes: [Node]) {
        guard !request.platforms.isEmpty else {
            parts = [Part(node: 0, platforms: [])]
            return
        }
        for platform in request.platforms {
            let node = PlatformPlan.node(for: platform, among: nodes)
            if let notice = nodes[node].emulation(of: platform, request) { notices.append(notice) }
            let isAlone = !request.platformBuildArgs.isEmpty || nodes[node].features.buildsOnePlatform(request)
            if !isAlone, let index = parts.firstIndex(where: { $0.node == node }) {
                parts[index].platforms.append(platform)
            } else {
                parts.append(Part(node: node, platforms: [platform]))
            }
        }
    }

    /// The node that is meant for the platform, else one that runs it natively, else one that emulates it, else the
    /// first.
    private static func node(for platform: Platform, among nodes: [Node]) -> Int {
        nodes.firstIndex { $0.isMeant(for: [platform]) }
            ?? nodes.firstIndex { $0.declared.isEmpty && $0.features.platforms.first?.covers(platform) == true }
            ?? nodes.firstIndex { $0.features.runsNatively(platform) }
            ?? nodes.firstIndex { $0.features.runs(platform) } ?? 0
    }
}

extension EngineFeatures {
    /// Whether a build of this request on this engine can be for a single platform only.
    ///
    /// dockerd's own image store holds one platform an image.
    func buildsOnePlatform(_ request: BuildRequest) -> Bool {
        guard isDockerd, !hasContainerdStore else { return false }
        return request.exports.isEmpty
            || request.exports.contains { export in
                switch export {
                case .image, .docker, .oci: true
                case .local, .tar, .cacheOnly: false
                }
            }
    }

    /// Whether the engine's own processor runs the platform's programs.
    func runsNatively(_ platform: Platform) -> Bool {
        guard let own = platforms.first, own.os == platform.os else { return false }
        if own.covers(platform) { return true }
        switch (own.architecture, platform.architecture) {
        case ("amd64", "386"): return true
        // What an amd64 with a variant runs depends on the machine: the engine lists what it can.
        case ("amd64", "amd64"), ("arm64", "arm64"), ("arm", "arm"): return runs(platform)
        default: return false
        }
    }

    /// Whether the engine says that it runs the platform's programs, natively or not.
    func runs(_ platform: Platform) -> Bool { platforms.contains { $0.covers(platform) } }
}
