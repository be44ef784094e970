import CaissonBuildModel

/// The image of a node, as what another is built from: where it can be had once it is made.
struct BaseImage {
    /// Its first name in a registry; nil where it isn't pushed.
    private var pushed: ImageReference?
    /// Its first name in the engine's own store; nil where it isn't there under a name.
    private var stored: ImageReference?

    /// Finds out what a build leaves; nil where that is no image that another could be built from.
    ///
    /// - Parameter kind: The engine. What is loaded into dockerd is out of reach for buildkitd, which asks registries alone.
    init?(of request: BuildRequest, on kind: EngineKind) {
        let hasStore = kind != .buildkitd
        if request.exports.isEmpty, hasStore { stored = request.tags.first }
        for export in request.exports {
            switch export {
            case .image(let attributes, isPushed: true): pushed = pushed ?? Self.name(attributes, request)
            case .image(let attributes, isPushed: false) where hasStore,
                .docker(nil, let attributes) where hasStore:
                stored = stored ?? Self.name(attributes, request)
            default: break
            }
        }
        guard pushed != nil || stored != nil else { return nil }
    }

    private static func name(_ attributes: ExportAttributes, _ request: BuildRequest) -> ImageReference? {
        request.tags.first ?? (try? attributes.names())?.first
    }

    /// What the image is called once it is made.
    ///
    /// By its digest where it was pushed, so that it is this very image. Else by its tag: the store of a dockerd that keeps
    /// its images without containerd has no digest by which an image could be got.
    func reference(_ result: BuildResult) -> ImageReference? {
        guard let pushed, let digest = result.digest else { return pushed ?? stored }
        return ImageReference(domain: pushed.domain, path: pushed.path, digest: digest)
    }
}

extension BuildPlan {
    /// Finds images that others are to be built from and that nobody will have.
    ///
    /// - Throws: `BuildError` with code `usage`.
    func checkBaseImages(on kind: EngineKind) throws(BuildError) {
        let builds = Dictionary(nodes.map { ($0.name, $0) }) { first, _ in first }
        for node in nodes {
            for dependency in node.dependencies {
                guard case .image = dependency.condition, let base = builds[dependency.node] else { continue }
                guard base.question != nil || BaseImage(of: base.request, on: kind) == nil else { continue }
                let advice =
                    kind == .buildkitd ? "push it under a tag" : "push it, or load it into the engine, under a tag"
                throw BuildError(
                    .usage,
                    "\(node.name) is to be built from the image of \(base.name), which leaves none that could be a base"
                        + " — \(advice)"
                )
            }
        }
    }
}
