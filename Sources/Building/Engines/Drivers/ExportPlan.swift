import CaissonBuildKit
import CaissonBuildModel

/// What a build's outputs mean on one engine: the exporters that it runs, what of their results comes here, and what is to
/// be done afterwards by the engine's own API.
struct ExportPlan: Sendable {
    /// What the engine runs, in order.
    var exporters: [SolveRequest.Exporter] = []
    /// Where the exporters' results go here, by their place.
    var targets: [Int: ExportTarget] = [:]
    /// The directory that an image goes into as a layout, by the session's content store.
    var layoutDirectory: String?
    /// What follows a successful build.
    var afterwards: [Action] = []
    /// Whether an image stays in the engine's store.
    var storesImage = false
    /// Something that the user should know before the build starts.
    var notice: FieldMessage?

    /// Work by the engine's REST API.
    enum Action: Sendable, Hashable {
        /// Write the image with these names, or the one that was built, as an archive for `docker load`.
        case save(CaissonBuildModel.ExportFile)
        /// Push these names.
        case push([ImageReference])
        /// Load the archive that the exporter of that place sent into dockerd.
        case load(place: Int)
    }

    /// Plans a request's outputs.
    ///
    /// - Throws: `BuildError` with code `unsupported` for what the engine can't do, with where it can be done.
    init(_ request: BuildRequest, features: EngineFeatures) throws(BuildError) {
        var exports = request.exports
        if exports.isEmpty {
            if features.isDockerd {
                exports = [.image(attributes: [:], isPushed: false)]
            } else {
                notice =
                    "no output was asked for: the result stays in the build cache of \(features.name) — add \(field: .load), "
                    + "\(field: .push) or \(field: .exports)"
            }
        }
        for export in exports {
            let marked = try request.allowingInsecure(export)
            let pushesItself = features.isDockerd && !features.hasContainerdStore
            if marked != export, pushesItself {
                notice = "\(features.name) pushes without TLS only to what its own insecure-registries list"
            }
            try add(pushesItself ? export : marked, request.tags, features)
        }
        if exporters.count > 1, !features.hasManyExporters {
            throw BuildError(
                .unsupported,
                "\(features.name) takes a single output a build — it needs dockerd 26.0 or buildkitd 0.13 for several"
            )
        }
    }

    /// A plan without outputs.
    init() {}

    /// The same without the outputs that are written already: files aren't sent again, archives of images go nowhere, as
    /// only their digests are wanted.
    func withoutFiles(_ finished: Set<Int>) -> ExportPlan {
        var plan = self
        plan.exporters = []
        plan.targets = [:]
        for (place, exporter) in exporters.enumerated() {
            // What a directory is made a mirror of comes again: only a build that succeeds removes the rest.
            let isMirror = if case .mirror? = targets[place] { true } else { false }
            let isDone = finished.contains(place) && !isMirror
            if isDone, ["local", "tar"].contains(exporter.type) { continue }
            plan.targets[plan.exporters.count] = isDone ? .discard : targets[place]
            plan.exporters.append(exporter)
        }
        return plan
    }

    private mutating func add(
        _ export: ExportSpec,
        _ tags: [ImageReference],
        _ features: EngineFeatures
    ) throws(BuildError) {
        switch export {
        case .cacheOnly:
            break
        case .local(let directory, let attributes):
            add("local", attributes, target: export.isMirror ? .mirror(directory) : .directory(directory))
        case .tar(let file, let attributes):
            add("tar", attributes, target: .file(file))
        case .image(let attributes, let isPushed):
            try addImage(named(attributes, tags), tags, isPushed: isPushed, features)
        case .oci(let file, let attributes):
            guard features.hasArchiveExporters else { throw ExportPlan.lacks("type=oci", features) }
            addArchive("oci", named(attributes, tags), export, file)
        case .docker(let file, let attributes):
            try addDocker(export, file, named(attributes, tags), features)
        }
    }

    private mutating func addImage(
        _ attributes: ExportAttributes,
        _ tags: [ImageReference],
        isPushed: Bool,
        _ features: EngineFeatures
    ) throws(BuildError) {
        var attributes = attributes
        guard features.isDockerd else {
            if isPushed { attributes["push"] = "true" }
            return add("image", attributes)
        }
        storesImage = true
        guard features.hasContainerdStore else {
            if let key = attributes.first(besides: ["name", "unpack", "push", "store"]) {
                throw ExportPlan.lacks("the image attribute \(key)", features)
            }
            add("moby", ExportAttributes(attributes.values.filter { $0.key == "name" }))
            if isPushed { afterwards.append(.push(try ExportPlan.names(attributes, tags))) }
            return
        }
        // dockerd's own store resolves images by the manifest's digest then (docker/buildx build/opt.go).
        attributes["prefer-image-digest"] = "true"
        attributes.unpacks = nil
        if isPushed { attributes["push"] = "true" }
        // dockerd's own exporter gives every name a tag, and a tag can't be pushed by digest.
        add(attributes.pushesByDigest ? "image" : "moby", attributes)
    }

    private mutating func addDocker(
        _ export: ExportSpec,
        _ file: CaissonBuildModel.ExportFile?,
        _ attributes: ExportAttributes,
        _ features: EngineFeatures
    ) throws(BuildError) {
        guard let file else {
            guard !features.isDockerd else { return try addImage(attributes, [], isPushed: false, features) }
            afterwards.append(.load(place: exporters.count))
            return add("docker", attributes)
        }
        guard features.hasArchiveExporters else {
            // This dockerd has no such exporter, but writes the same archive by `docker save`.
            if let key = attributes.first(besides: ["name"]) {
                throw ExportPlan.lacks("the docker attribute \(key)", features)
            }
            storesImage = true
            add("moby", ExportAttributes(attributes.values.filter { $0.key == "name" }))
            return afterwards.append(.save(file))
        }
        addArchive("docker", attributes, export, file)
    }

    /// An image in a file, or in the blobs of a directory.
    private mutating func addArchive(
        _ type: String,
        _ attributes: ExportAttributes,
        _ export: ExportSpec,
        _ file: CaissonBuildModel.ExportFile
    ) {
        guard let directory = export.layoutDirectory else { return add(type, attributes, target: .file(file)) }
        layoutDirectory = directory
        add(type, attributes)
    }

    private mutating func add(_ type: String, _ attributes: ExportAttributes, target: ExportTarget? = nil) {
        let exporter = SolveRequest.Exporter(type: type, attributes: attributes.values)
        // An image that two outputs want is made once: `--load -o type=docker,dest=…` is one `moby`.
        if type == "moby", exporters.contains(exporter) { return }
        targets[exporters.count] = target
        exporters.append(exporter)
    }

    private func named(_ attributes: ExportAttributes, _ tags: [ImageReference]) -> ExportAttributes {
        guard !tags.isEmpty else { return attributes }
        var attributes = attributes
        attributes["name"] = tags.map(\.description).joined(separator: ",")
        return attributes
    }

    /// The names that an image output pushes: the tags, else those in its own attribute.
    static func names(
        _ attributes: ExportAttributes,
        _ tags: [ImageReference]
    ) throws(BuildError) -> [ImageReference] {
        guard tags.isEmpty else { return tags }
        do {
            return try attributes.names()
        } catch {
            throw BuildError(error)
        }
    }

    private static func lacks(_ what: String, _ features: EngineFeatures) -> BuildError {
        BuildError(
            .unsupported,
            "\(features.name) can't do \(what) — use dockerd with the containerd image store, or buildkitd (\(field: .engineAddress))"
        )
    }
}
