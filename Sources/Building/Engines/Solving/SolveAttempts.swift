import CaissonBuildKit
import CaissonBuildModel

/// A build's solves, one after another until one succeeds: once more where the network failed, and without the caches that
/// fail.
struct SolveAttempts: Sendable {
    let run: SolveRun

    private var caches: CacheKeeping { CacheKeeping(run: run) }

    /// Runs the build to its end: once more where the network failed, and without the caches that fail.
    ///
    /// - Returns: What the exporters said, and the reference under which the build succeeded.
    func build(_ first: SolveJob) async throws -> (response: [String: String], ref: String) {
        var job = first
        job.imports = try await caches.readable(job.imports)
        var failures = 0
        while true {
            let watch = CacheWatch(exports: job.exports, session: job.session)
            let services = run.services(job)
            do {
                let response = try await WatchedSolve(run: run).solve(job, services, watch)
                try services.finishFiles()
                try run.finishLayout(job, response)
                try caches.tagLocal(job.exports, failed: Set(watch.exportErrors.keys))
                caches.warnOfImports(job, watch)
                for (place, entry) in job.exports.enumerated() where watch.exportErrors[place] == nil {
                    caches.tell(of: entry)
                }
                try await caches.mend(job, watch)
                return (response, job.ref)
            } catch CacheStop.silent(let places) {
                job = try without(places, job, services)
            } catch {
                try Task.checkCancellation()
                failures += 1
                guard let next = try await repeated(job, services, after: error, failures) else {
                    await caches.saveStages(job)
                    throw error
                }
                job = next
            }
        }
    }

    /// What to try after a failure; nil where it is final.
    private func repeated(
        _ job: SolveJob,
        _ services: BuildServices,
        after error: any Error,
        _ failures: Int
    ) async throws -> SolveJob? {
        guard services.canRepeat, job.inputs.upload == nil else { return nil }
        if NetworkFailure.isPassing(error, steps: run.events), failures <= run.request.retries {
            let reason = NetworkFailure.brief("\(error)")
            try await run.pause(after: failures, reason: reason, of: nil)
            run.events.forgetFailures()
            return job.again
        }
        if let export = failedExport(job, error) {
            guard !export.spec.mustSucceed else { return nil }
            run.warn(
                "the \(export.spec.name) can't be written: \(NetworkFailure.brief("\(error)")); building without it"
            )
            var next = job.again
            next.exports.removeAll { $0 == export }
            run.events.forgetFailures()
            return next
        }
        let suspects = NetworkFailure.suspects(among: job.imports, error)
        guard !suspects.isEmpty else { return nil }
        for entry in suspects {
            run.warn("the \(entry.spec.name) broke off: \(NetworkFailure.brief("\(error)")); building without it")
        }
        var next = job.again
        next.imports.removeAll { suspects.contains($0) }
        run.events.forgetFailures()
        return next
    }

    /// The cache that an engine refused to set up, which fails the build whatever it is told of errors.
    private func failedExport(_ job: SolveJob, _ error: any Error) -> CachePlan.Entry? {
        guard let error = error as? GRPCError else { return nil }
        return job.exports.first { entry in
            error.message.contains("failed to configure \(entry.spec.kind.rawValue) cache exporter")
                || error.message.contains("unknown cache exporter: \"\(entry.spec.kind.rawValue)\"")
        }
    }

    /// The same build without the caches that don't answer any more, and without the files that are written already.
    ///
    /// - Throws: `BuildError` with code `output` where one of them must be written.
    private func without(_ places: [Int], _ job: SolveJob, _ services: BuildServices) throws(BuildError) -> SolveJob {
        var next = job.again
        for place in places.sorted().reversed() where job.exports.indices.contains(place) {
            let cache = job.exports[place].spec
            guard !cache.mustSucceed else { throw BuildError(.output, "the \(cache.name) doesn't answer any more") }
            run.warn("the \(cache.name) doesn't answer any more; going on without writing it")
            next.exports.remove(at: place)
        }
        let finished = services.finishedExports
        if let plan = job.plan { next.plan = plan.withoutFiles(finished) }
        if let pipe = job.pipe, finished.contains(pipe.place) { next.pipe = nil }
        return next
    }
}
