import CaissonSecrets
import CaissonBuildContext
import CaissonBuildKit
import CaissonBuildModel

/// What one solve is made of.
struct SolveParts: Sendable {
    /// The files.
    var inputs: ServedFiles
    /// The front end's options.
    var attributes: [String: String]
    /// What becomes of the result.
    var plan: ExportPlan?
    /// Where an image goes as a layout: `tar=false`.
    var layout: ServedLayout?
    /// Where `--load` goes through.
    var pipe: LoadPipe?
    /// Caches that are written.
    var exports: [CachePlan.Entry] = []
    /// Caches that are read.
    var imports: [CachePlan.Entry] = []
    /// Whether the engine keeps it out of its history.
    var isInternal = false
    /// The build's reference.
    var ref = Session.makeID()
    /// The id of its session.
    var session = Session.makeID()
    /// Whether steps that run are a reason to stop: all was built before.
    var mustBeCached = false

    /// The same once more, under another reference and with another session.
    var again: SolveParts {
        var parts = self
        parts.ref = Session.makeID()
        parts.session = Session.makeID()
        return parts
    }

    /// The same for the sake of caches alone: nothing comes of it, and nothing is built that wasn't.
    func caching(_ exports: [CachePlan.Entry]) -> SolveParts {
        var parts = again
        parts.plan = nil
        parts.layout = nil
        parts.pipe = nil
        parts.imports = []
        parts.exports = exports
        parts.mustBeCached = true
        parts.attributes["no-cache"] = nil
        for key in parts.attributes.keys where key.hasPrefix("attest:") { parts.attributes[key] = nil }
        return parts
    }
}

/// The solves of one build, one after another over one connection, each with a session of its own.
struct SolveRun: Sendable {
    let build: EngineBuild
    let client: ControlClient
    let features: EngineFeatures
    let stores: [String: ServedLayout]
    let openSession: @Sendable (Session) async throws -> SessionTransport

    /// What was asked for.
    var request: BuildRequest { build.request }
    /// Where it is told of.
    var events: StepTracker { build.events }
    /// How long a cache may be silent.
    var patience: Duration { request.caches.patience }

    /// The services of one solve.
    func services(_ parts: SolveParts) -> BuildServices {
        var stores = stores
        // By this name engines ask for the store that an image goes into (moby/buildkit exporter/oci).
        stores["export"] = parts.layout
        return BuildServices(parts, build: build, stores: stores)
    }

    /// Runs one solve and passes on its status.
    ///
    /// - Throws: The reason of this side where it is one, else the engine's.
    func solve(
        _ parts: SolveParts,
        _ services: BuildServices,
        receive: @escaping @Sendable (SolveStatus) -> Void
    ) async throws -> [String: String] {
        // Nothing may come between a session's connection and the build that closes it.
        let transport = try await openSession(services.session)
        do {
            // What the engine keeps of a build holds the output of its steps as it was, and is there to be asked for.
            var record = RecordUse()
            record.supplement = { await withProvenance($0, of: parts) }
            record.isForgotten = { [scope = build.scope] in scope.hasMasked }
            return try await client.build(
                wire(parts),
                session: services.session,
                over: transport,
                record: record,
                receive: receive
            )
        } catch {
            // The engine only quotes what went wrong on this side.
            throw Task.isCancelled ? error : services.failure ?? error
        }
    }

    /// What the exporters said, and the provenance that the engine keeps, where it is asked for; without it where the engine
    /// doesn't tell: the build has succeeded.
    private func withProvenance(_ response: [String: String], of parts: SolveParts) async -> [String: String] {
        guard request.provenanceDetail != .none, !parts.isInternal, !parts.mustBeCached else { return response }
        do {
            let (reader, ref) = (BuildRecordReader(client: client), parts.ref)
            let detail = request.provenanceDetail
            let provenance = try await withDeadline(BuildRecordReader.patience) {
                try await reader.provenance(of: ref, detail)
            } error: {
                BuildError(.deadlineExceeded, "the engine doesn't answer")
            }
            return response.merging(provenance) { own, _ in own }
        } catch {
            if !Task.isCancelled { warn("no provenance in the metadata: \(NetworkFailure.brief("\(error)"))") }
            return response
        }
    }

    private func wire(_ parts: SolveParts) -> SolveRequest {
        var attributes = parts.attributes
        attributes["cache-imports"] = CacheImports.json(parts.imports.map(\.wire))
        var solve = SolveRequest(
            ref: parts.ref,
            session: parts.session,
            frontendAttributes: attributes,
            exporters: parts.plan?.exporters ?? [],
            entitlements: request.allEntitlements
        )
        solve.cacheExports = parts.exports.map(\.wire)
        solve.cacheImports = parts.imports.map(\.wire)
        solve.isInternal = parts.isInternal
        solve.sourcePolicy = request.sourcePolicy
        return solve
    }

    /// Tells the user of something that went wrong without harm to the build.
    func warn(_ text: String) {
        events.receive(.status(SolveStatus(warnings: [VertexWarning(vertex: "", short: Array(text.utf8))])))
    }
}
