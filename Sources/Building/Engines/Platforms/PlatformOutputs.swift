import CaissonBuildContext
import CaissonBuildModel

/// What the outputs of a request mean when several builds make it, each for a part of its platforms.
struct PlatformOutputs: Sendable {
    /// The names that the merged index gets in its registries; none where nothing is pushed.
    let names: [ImageReference]
    /// Attributes of the image output.
    let imageAttributes: ExportAttributes
    /// The registries that may be spoken to without TLS.
    let insecureRegistries: Set<String>

    /// Plans the outputs.
    ///
    /// - Throws: `BuildError` with code `unsupported` for an output that can't be put together from several builds.
    init(_ request: BuildRequest, engines: [EngineFeatures]) throws(BuildError) {
        var names: [ImageReference] = []
        var attributes: ExportAttributes = [:]
        for export in request.exports {
            switch export {
            case .local, .cacheOnly: break
            case .image(let given, isPushed: true):
                attributes = given
                let own = try ExportPlan.names(given, request.tags)
                // Pushed by digest, the index gets no tag either.
                names += given.pushesByDigest ? own.map { ImageReference(domain: $0.domain, path: $0.path) } : own
            case .image(_, isPushed: false): throw PlatformOutputs.refusal("an image in the engine's store")
            case .docker(nil, _): throw PlatformOutputs.refusal("an image for \(field: .load)")
            case .tar: throw PlatformOutputs.refusal("\(field: .exports) type=tar")
            case .oci: throw PlatformOutputs.refusal("\(field: .exports) type=oci")
            case .docker: throw PlatformOutputs.refusal("\(field: .exports) type=docker")
            }
        }
        if request.exports.isEmpty, engines.contains(where: \.isDockerd) {
            throw PlatformOutputs.refusal("an image in the engine's store")
        }
        self.names = names
        let insecure = attributes.isInsecure == true ? names.map { $0.domain.lowercased() } : []
        insecureRegistries = request.insecureRegistries.union(insecure)
        imageAttributes = attributes
    }

    /// The repositories that are pushed to, each once.
    var repositories: [ImageReference] {
        var found: [ImageReference] = []
        for name in names {
            let repository = ImageReference(domain: name.domain, path: name.path)
            if !found.contains(repository) { found.append(repository) }
        }
        return found
    }

    /// The request of one part.
    func request(_ whole: BuildRequest, _ part: PlatformPlan.Part, _ features: EngineFeatures) -> BuildRequest {
        var request = whole
        request.platforms = part.platforms
        request.tags = []
        if part.platforms.count == 1, let own = whole.platformBuildArgs[part.platforms[0]] {
            request.buildArgs.merge(own) { _, own in own }
        }
        request.platformBuildArgs = [:]
        request.exports = whole.exports.map { export in
            switch export {
            case .image(let attributes, isPushed: true): image(attributes, features)
            case .local(let directory, let attributes):
                .local(directory: PlatformOutputs.directory(directory, part), attributes: attributes)
            default: export
            }
        }
        return request
    }

    private func image(_ given: ExportAttributes, _ features: EngineFeatures) -> ExportSpec {
        guard features.pushesByDigest else { return .image(attributes: [:], isPushed: false) }
        // What is said of the index is for the one who makes it.
        var attributes = ExportAttributes(given.values.filter { PlatformOutputs.indexType($0.key) == nil })
        attributes["name"] = repositories.map { "\($0.domain)/\($0.path)" }.joined(separator: ",")
        attributes.pushesByDigest = true
        return .image(attributes: attributes, isPushed: true)
    }

    /// Where BuildKit's own exporter puts a platform's files: `linux_arm64`.
    static func directory(_ root: String, _ part: PlatformPlan.Part) -> String {
        guard part.platforms.count == 1 else { return root }
        let name = folder(of: part.platforms[0])
        return root.hasSuffix("/") ? root + name : root + "/" + name
    }

    private static func folder(of platform: Platform) -> String {
        String(platform.description.map { $0 == "/" ? "_" : $0 })
    }

    /// Refuses to delete what isn't one part's alone: a node that builds several platforms fills the whole directory, and
    /// would take the other nodes' folders for leavings.
    static func checkMirrors(_ request: BuildRequest, _ parts: [PlatformPlan.Part]) throws(BuildError) {
        try request.checkMirrors()
        guard request.exports.contains(where: \.isMirror), let part = parts.first(where: { $0.platforms.count > 1 })
        else {
            return
        }
        throw BuildError(
            .unsupported,
            "mode=delete can't be done where one node builds \(part.label) and others the rest — build the platforms on "
                + "nodes of their own, or on one engine, or leave mode=delete out"
        )
    }

    /// Removes the folders of other platforms, and whatever else is beside those of the parts, where that was asked for;
    /// inside of them each part has done it.
    static func removeOthers(_ request: BuildRequest, _ parts: [PlatformPlan.Part]) throws(BuildError) {
        let folders = Set(parts.flatMap(\.platforms).map(folder))
        for export in request.exports where export.isMirror {
            guard let path = export.path else { continue }
            do throws(BuildContextError) {
                try ReceivedTree.removeOthers(than: folders, in: path)
            } catch {
                throw BuildError(.output, "can't remove what the result doesn't have from \(path) — \(error.message)")
            }
        }
    }

    private static func refusal(_ what: FieldMessage) -> BuildError {
        BuildError(
            .unsupported,
            "\(message: what) can't have several platforms here, as each of them is built by itself — build one of them with "
                + "\(field: .platforms), or all with \(field: .push), \(field: .exports) type=local, or an engine with the "
                + "containerd image store"
        )
    }
}

extension EngineFeatures {
    /// Whether the engine itself pushes an image by its digest.
    var pushesByDigest: Bool { !isDockerd || hasContainerdStore }
}
