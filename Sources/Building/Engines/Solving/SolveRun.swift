import CaissonBuildContext
import CaissonBuildKit
import CaissonBuildModel
import CaissonSecrets

/// Runs solves of one build over one connection, each with a session of its own.
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
    func services(_ job: SolveJob) -> BuildServices {
        var stores = stores
        // By this name engines ask for the store that an image goes into (moby/buildkit exporter/oci).
        stores["export"] = job.layout
        return BuildServices(job, build: build, stores: stores)
    }

    /// Runs one solve and passes on its status.
    ///
    /// - Throws: The reason of this side where it is one, else the engine's.
    func solve(
        _ job: SolveJob,
        _ services: BuildServices,
        receive: @escaping @Sendable (SolveStatus) -> Void
    ) async throws -> [String: String] {
        // Nothing may come between a session's connection and the build that closes it.
        let transport = try await openSession(services.session)
        do {
            // What the engine keeps of a build holds the output of its steps as it was, and is there to be asked for.
            var record = RecordUse()
            record.supplement = { await withProvenance($0, of: job) }
            record.isForgotten = { [scope = build.scope] in scope.hasMasked }
            let response = try await client.build(
                wire(job),
                session: services.session,
                over: transport,
                record: record,
                receive: receive
            )
            try services.checkExports()
            return response
        } catch {
            // The engine only quotes what went wrong on this side.
            throw Task.isCancelled ? error : services.failure ?? error
        }
    }

    /// What the build and the other targets of its batch have of each other; nil where it is by itself.
    private func links(_ job: SolveJob) -> SolveLinks? {
        guard let batch = build.scope.batch, batch.links.concern(batch.target) else { return nil }
        let (node, contexts) = (build.engine.address, request.contexts)
        let platforms = Set(request.platforms.map(\.description))
        return SolveLinks(
            sources: {
                var sources: [String: BuildLinks.Result] = [:]
                for case (let name, .target(let target)) in contexts {
                    sources[name] = try await batch.result(of: target, on: node, for: platforms)
                }
                return sources
            },
            made: { try await batch.lend($0, on: node, for: platforms) }
        )
    }

    /// What the exporters said, and the provenance that the engine keeps, where it is asked for; without it where the engine
    /// doesn't tell: the build has succeeded.
    private func withProvenance(_ response: [String: String], of job: SolveJob) async -> [String: String] {
        guard request.provenanceDetail != .none, !job.isInternal, !job.mustBeCached else { return response }
        do {
            let (reader, ref) = (BuildRecordReader(client: client), job.ref)
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

    private func wire(_ job: SolveJob) -> SolveRequest {
        var attributes = job.attributes
        attributes["cache-imports"] = CacheImports.json(job.imports.map(\.wire))
        var solve = SolveRequest(
            ref: job.ref,
            session: job.session,
            frontendAttributes: attributes,
            exporters: job.plan?.exporters ?? [],
            entitlements: request.allEntitlements
        )
        solve.cacheExports = job.exports.map(\.wire)
        solve.cacheImports = job.imports.map(\.wire)
        solve.isInternal = job.isInternal
        solve.links = links(job)
        solve.sourcePolicy = request.sourcePolicy
        return solve
    }

    /// Waits before another try of the build, or of a cache alone, and says so.
    func pause(after failures: Int, reason: String, of cache: CacheSpec?) async throws {
        let retry = Retry(
            what: cache.map { "the \($0.name)" } ?? "the build",
            reference: cache?.reference,
            isInsecure: cache?.isInsecure == true
        )
        try await build.pause(before: retry, after: failures, reason: reason)
    }

    /// Tells the user of something that went wrong without harm to the build.
    func warn(_ text: String) {
        events.receive(.status(SolveStatus(warnings: [VertexWarning(vertex: "", short: Array(text.utf8))])))
    }
}
