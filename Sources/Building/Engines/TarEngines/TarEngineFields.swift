package import CaissonBuildModel

/// What becomes of each field of a request on an engine that takes a tar.
///
/// Every field that `caisson build` has a flag for has a row, which a test holds against the command's own list: a flag that
/// is new is decided about here, not dropped.
package enum TarEngineFields {
    /// What an engine does with a field.
    package enum Support: Sendable, Hashable {
        /// It is told of it.
        case sent
        /// It is done on this side.
        case local
        /// Some of its values are taken; others are refused by name.
        case partly
        /// It can't be done; a build that asks for it is refused.
        case refused
    }

    /// One field's row.
    package struct Row: Sendable, Hashable {
        /// The field.
        package var field: RequestField
        /// What podman does with it.
        package var podman: Support
        /// What dockerd's classic builder does with it.
        package var classic: Support

        init(_ field: RequestField, _ podman: Support, _ classic: Support) {
            self.field = field
            self.podman = podman
            self.classic = classic
        }
    }

    /// The rows, by the fields' names.
    package static let rows = [
        Row(.annotations, .refused, .refused), Row(.attestations, .refused, .refused), Row(.buildArgs, .sent, .sent),
        Row(.builder, .local, .local), Row(.cacheDestinations, .refused, .refused),
        Row(.cacheOnFailure, .refused, .refused), Row(.cachePatience, .refused, .refused),
        Row(.cacheSources, .refused, .refused), Row(.cgroupParent, .sent, .sent),
        Row(.classicBuilder, .refused, .local),
        Row(.contexts, .refused, .refused), Row(.dockerfile, .partly, .partly), Row(.engineAddress, .local, .local),
        Row(.entitlements, .refused, .refused), Row(.exports, .partly, .partly), Row(.extraHosts, .partly, .sent),
        Row(.insecureRegistries, .refused, .refused), Row(.labels, .sent, .sent), Row(.load, .local, .local),
        Row(.network, .sent, .sent), Row(.noCache, .sent, .sent), Row(.noCacheStages, .refused, .refused),
        Row(.platforms, .sent, .sent), Row(.provenance, .refused, .refused), Row(.pull, .sent, .sent),
        Row(.push, .local, .local), Row(.question, .refused, .refused), Row(.resources, .refused, .refused),
        Row(.retries, .refused, .refused), Row(.sbom, .refused, .refused), Row(.secrets, .refused, .refused),
        Row(.shmSize, .sent, .sent), Row(.sourcePolicy, .refused, .refused), Row(.ssh, .refused, .refused),
        Row(.tags, .sent, .sent), Row(.target, .sent, .sent), Row(.ulimits, .sent, .sent),
    ]

    /// Whether podman, or else the classic builder, takes a request; for those who show what an engine can do.
    package static func refusal(_ request: BuildRequest, onPodman: Bool) -> BuildError? {
        do {
            try check(request, for: onPodman ? .podman(version: "") : .classic(APIVersion(major: 1, minor: 41)))
            return nil
        } catch {
            return error
        }
    }

    /// Refuses, by the field's name, what the engine would ignore or doesn't have.
    static func check(_ request: BuildRequest, for engine: TarEngine) throws(BuildError) {
        for (field, isAsked) in buildKitOnly(request) where isAsked { throw lacks(field, engine) }
        if engine.isPodman, let host = request.extraHosts.first(where: { $0.address == "host-gateway" }) {
            throw BuildError(
                .unsupported,
                "\(engine.name) doesn't resolve \(field: .extraHosts) \(host.name):host-gateway — write the host's address"
            )
        }
        try checkSources(request, engine)
        for export in request.exports { try check(export, engine) }
        try checkRest(request, engine)
    }

    /// What these engines have nothing like, with the fields that ask for it.
    private static func buildKitOnly(_ request: BuildRequest) -> [(field: FieldMessage, isAsked: Bool)] {
        let (caches, plain) = (request.caches, BuildRequest(context: .empty))
        var filtersCache = false
        if case .stages = request.noCache { filtersCache = true }
        return [
            ("\(field: .noCacheStages)", filtersCache), ("\(field: .secrets)", !request.secrets.isEmpty),
            ("\(field: .ssh)", !request.ssh.isEmpty), ("\(field: .contexts)", !request.contexts.isEmpty),
            ("\(field: .entitlements)", !request.entitlements.isEmpty),
            (
                "\(field: .attestations) (\(field: .provenance), \(field: .sbom))",
                request.attestations.contains { !$0.isDisabled }
            ),
            ("\(field: .sourcePolicy)", request.sourcePolicy != nil),
            ("\(field: .cacheSources)", !caches.sources.isEmpty),
            ("\(field: .cacheOnFailure)", caches.coversFailure),
            ("\(field: .cacheDestinations)", !caches.destinations.isEmpty),
            ("\(field: .cachePatience)", caches.patience != plain.caches.patience),
            ("\(field: .resources)", !request.resources.isEmpty),
            ("\(field: .insecureRegistries)", !request.insecureRegistries.isEmpty),
            ("\(field: .retries)", request.retries != plain.retries),
            ("\(field: .annotations)", request.exports.contains(where: \.hasAnnotations)),
        ]
    }

    /// What no line above knows of must not get lost: everything that can be sent is taken away, and nothing may be left.
    private static func checkRest(_ request: BuildRequest, _ engine: TarEngine) throws(BuildError) {
        var rest = request
        rest.tags = []
        rest.buildArgs = [:]
        rest.labels = [:]
        rest.masksSecrets = true
        rest.runsTargetPrograms = nil
        rest.input = nil
        rest.id = nil
        // These engines keep no history: there is nothing to tell.
        rest.provenanceDetail = .none
        rest.imageMeasurement = .never
        rest.tellsContexts = false
        rest.revision = nil
        rest.attestations.removeAll(where: \.isDisabled)
        rest.target = nil
        rest.platforms = []
        rest.noCache = .off
        rest.pull = false
        rest.network = nil
        rest.extraHosts = []
        rest.shmSize = nil
        rest.ulimits = []
        rest.cgroupParent = nil
        rest.exports = []
        guard rest == BuildRequest(context: request.context, dockerfile: request.dockerfile) else {
            throw BuildError(
                .unsupported,
                "this build asks for something that only BuildKit has — build it on dockerd or buildkitd (\(field: .engineAddress))"
            )
        }
    }

    private static func checkSources(_ request: BuildRequest, _ engine: TarEngine) throws(BuildError) {
        guard case .remote(let address) = request.context else {
            if case .tarOnInput = request.context, case .file = request.dockerfile {
                throw lacks("\(field: .dockerfile) outside of a context from standard input", engine)
            }
            return
        }
        // Podman looks for the file that it knows in a context that it fetches, whatever it is told.
        guard case .inContext(let name) = request.dockerfile, name == nil || !engine.isPodman else {
            throw lacks("\(field: .dockerfile) with the context at \(ContextSource.redacted(address))", engine)
        }
        // To podman any other address is a directory of its own machine.
        let schemes = ["http://", "https://", "git://", "github.com/"] + (engine.isPodman ? [] : ["git@"])
        guard schemes.contains(where: { address.hasPrefix($0) }) else {
            throw lacks("the context \(ContextSource.redacted(address))", engine)
        }
    }

    private static func check(_ export: ExportSpec, _ engine: TarEngine) throws(BuildError) {
        switch export {
        case .cacheOnly: break
        case .local: throw lacks("\(field: .exports) type=local", engine)
        case .tar: throw lacks("\(field: .exports) type=tar", engine)
        case .oci(_, let attributes):
            guard engine.isPodman else { throw lacks("\(field: .exports) type=oci", engine) }
            try check(attributes, ["name"], "type=oci", engine)
        case .docker(_, let attributes): try check(attributes, ["name"], "type=docker", engine)
        case .image(let attributes, _):
            try check(attributes, ["name", "push", "unpack", "store"], "type=image", engine)
        }
    }

    private static func check(
        _ attributes: ExportAttributes,
        _ known: Set<String>,
        _ type: String,
        _ engine: TarEngine
    ) throws(BuildError) {
        if let key = attributes.first(besides: known) {
            throw lacks("\(field: .exports) \(type),\(key)", engine)
        }
    }

    private static func lacks(_ what: FieldMessage, _ engine: TarEngine) -> BuildError {
        let remedy: FieldMessage =
            engine.isPodman
            ? "build on dockerd or buildkitd (\(field: .engineAddress), \(field: .builder))"
            : "leave \(field: .classicBuilder) out to build with BuildKit"
        return BuildError(.unsupported, "\(engine.name) can't do \(message: what) — \(message: remedy)")
    }
}

extension ExportSpec {
    /// Whether anything is said of the image beside what is in it.
    fileprivate var hasAnnotations: Bool {
        switch self {
        case .image(let attributes, _), .oci(_, let attributes), .docker(_, let attributes):
            attributes.hasAnnotations
        case .local, .tar, .cacheOnly: false
        }
    }
}
