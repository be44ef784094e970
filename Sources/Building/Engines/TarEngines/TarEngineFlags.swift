package import CaissonBuildModel

/// What becomes of each flag of `caisson build` on an engine that takes a tar.
///
/// Every flag has a row, which a test holds against the command's own list: a flag that is new is decided about here, not
/// dropped.
package enum TarEngineFlags {
    /// What an engine does with a flag.
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

    /// One flag's row.
    package struct Row: Sendable, Hashable {
        /// The flag's long form.
        package var flag: String
        /// What podman does with it.
        package var podman: Support
        /// What dockerd's classic builder does with it.
        package var classic: Support

        init(_ flag: String, _ podman: Support, _ classic: Support) {
            self.flag = flag
            self.podman = podman
            self.classic = classic
        }
    }

    /// The rows, by the flags' names.
    package static let rows = [
        Row("--add-host", .partly, .sent), Row("--addr", .local, .local), Row("--allow", .refused, .refused),
        Row("--annotation", .refused, .refused), Row("--attest", .refused, .refused), Row("--build-arg", .sent, .sent),
        Row("--build-context", .refused, .refused), Row("--builder", .local, .local),
        Row("--cache-from", .refused, .refused), Row("--cache-on-failure", .refused, .refused),
        Row("--cache-timeout", .refused, .refused), Row("--cache-to", .refused, .refused),
        Row("--call", .refused, .refused), Row("--cgroup-parent", .sent, .sent), Row("--check", .refused, .refused),
        Row("--classic", .refused, .local),
        Row("--file", .partly, .partly), Row("--force-rm", .sent, .sent), Row("--help", .local, .local),
        Row("--iidfile", .local, .local), Row("--label", .sent, .sent), Row("--load", .local, .local),
        Row("--metadata-file", .local, .local), Row("--network", .sent, .sent), Row("--no-cache", .sent, .sent),
        Row("--no-cache-filter", .refused, .refused), Row("--no-mask", .local, .local),
        Row("--output", .partly, .partly),
        Row("--platform", .sent, .sent), Row("--progress", .local, .local), Row("--provenance", .refused, .refused),
        Row("--pull", .sent, .sent), Row("--push", .local, .local), Row("--quiet", .local, .local),
        Row("--registry-insecure", .refused, .refused), Row("--resource", .refused, .refused),
        Row("--retry", .refused, .refused), Row("--rm", .sent, .sent), Row("--sbom", .refused, .refused),
        Row("--secret", .refused, .refused), Row("--shm-size", .sent, .sent),
        Row("--source-policy-file", .refused, .refused), Row("--ssh", .refused, .refused), Row("--tag", .sent, .sent),
        Row("--target", .sent, .sent),
        Row("--ulimit", .sent, .sent),
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

    /// Refuses, by the flag's name, what the engine would ignore or doesn't have.
    static func check(_ request: BuildRequest, for engine: TarEngine) throws(BuildError) {
        for (flag, isAsked) in buildKitOnly(request) where isAsked { throw lacks(flag, engine) }
        if engine.isPodman, let host = request.extraHosts.first(where: { $0.address == "host-gateway" }) {
            throw BuildError(
                .unsupported,
                "\(engine.name) doesn't resolve --add-host \(host.name):host-gateway — write the host's address"
            )
        }
        try checkSources(request, engine)
        for export in request.exports { try check(export, engine) }
        try checkRest(request, engine)
    }

    /// What these engines have nothing like, with the flags that ask for it.
    private static func buildKitOnly(_ request: BuildRequest) -> [(flag: String, isAsked: Bool)] {
        let (caches, plain) = (request.caches, BuildRequest(context: .empty))
        var filtersCache = false
        if case .stages = request.noCache { filtersCache = true }
        return [
            ("--no-cache-filter", filtersCache), ("--secret", !request.secrets.isEmpty),
            ("--ssh", !request.ssh.isEmpty),
            ("--build-context", !request.contexts.isEmpty), ("--allow", !request.entitlements.isEmpty),
            ("--attest (--provenance, --sbom)", !request.attestations.isEmpty),
            ("--source-policy-file", request.sourcePolicy != nil), ("--cache-from", !caches.sources.isEmpty),
            ("--cache-on-failure", caches.coversFailure), ("--cache-to", !caches.destinations.isEmpty),
            ("--cache-timeout", caches.patience != plain.caches.patience),
            ("--resource", !request.resources.isEmpty),
            ("--registry-insecure", !request.insecureRegistries.isEmpty),
            ("--retry", request.retries != plain.retries),
            ("--annotation", request.exports.contains(where: \.hasAnnotations)),
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
                "this build asks for something that only BuildKit has — build it on dockerd or buildkitd (--addr)"
            )
        }
    }

    private static func checkSources(_ request: BuildRequest, _ engine: TarEngine) throws(BuildError) {
        guard case .remote(let address) = request.context else {
            if case .tarOnInput = request.context, case .file = request.dockerfile {
                throw lacks("--file outside of a context from standard input", engine)
            }
            return
        }
        // Podman looks for the file that it knows in a context that it fetches, whatever it is told.
        guard case .inContext(let name) = request.dockerfile, name == nil || !engine.isPodman else {
            throw lacks("--file with the context at \(ContextSource.redacted(address))", engine)
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
        case .local: throw lacks("--output type=local", engine)
        case .tar: throw lacks("--output type=tar", engine)
        case .oci(_, let attributes):
            guard engine.isPodman else { throw lacks("--output type=oci", engine) }
            try check(attributes, ["name"], "type=oci", engine)
        case .docker(_, let attributes): try check(attributes, ["name"], "type=docker", engine)
        case .image(let attributes, _):
            try check(attributes, ["name", "push", "unpack", "store"], "type=image", engine)
        }
    }

    private static func check(
        _ attributes: [String: String],
        _ known: Set<String>,
        _ type: String,
        _ engine: TarEngine
    ) throws(BuildError) {
        for key in attributes.keys.sorted() where !known.contains(key) {
            throw lacks("--output \(type),\(key)", engine)
        }
    }

    private static func lacks(_ what: String, _ engine: TarEngine) -> BuildError {
        let remedy =
            engine.isPodman
            ? "build on dockerd or buildkitd (--addr, --builder)" : "leave --classic out to build with BuildKit"
        return BuildError(.unsupported, "\(engine.name) can't do \(what) — \(remedy)")
    }
}

extension ExportSpec {
    /// Whether anything is said of the image beside what is in it.
    fileprivate var hasAnnotations: Bool {
        switch self {
        case .image(let attributes, _), .oci(_, let attributes), .docker(_, let attributes):
            attributes.keys.contains { $0.hasPrefix("annotation") }
        case .local, .tar, .cacheOnly: false
        }
    }
}
