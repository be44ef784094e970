import CaissonBuildModel

/// What a step is with regard to the build cache.
package enum CacheableWork: String, Sendable, Hashable, CaseIterable {
    /// An instruction of a Dockerfile that a cache saves the work of; alone it counts in the rates.
    case instruction
    /// `FROM`: there is nothing to run.
    case baseImage = "base-image"
    /// Files that are sent to the engine: contexts, the Dockerfile, `.dockerignore`.
    case context
    /// What writes results: images, archives, caches, pushes.
    case export
    /// What the frontend and the engine do beside that: they look images up, sign in, read caches.
    case other

    /// What a step of that name is.
    ///
    /// The names are those of BuildKit's Dockerfile frontend (`frontend/dockerui/config.go`, `namedcontext.go`) and of
    /// its exporters (`solver/llbsolver/solver.go`).
    package init(_ name: StepName) {
        let text = name.instruction
        if text.hasPrefix("FROM ") {
            self = .baseImage
        } else if name.place != nil {
            self = .instruction
        } else if Self.exports.contains(where: text.hasPrefix) {
            self = .export
        } else if Self.contexts.contains(where: text.hasPrefix) {
            self = .context
        } else {
            self = .other
        }
    }

    private static let exports = ["exporting ", "pushing ", "sending tarball", "importing to docker"]
    private static let contexts = [
        "load build context", "load build definition", "load .dockerignore", "load remote build context",
        "load from client", "copy /context ",
    ]
}
