import CaissonBuildContext
import CaissonBuildKit
import CaissonBuildModel

extension CacheKeeping {
    /// Writes the caches again that couldn't be written with the build, while the network may get better.
    func mend(_ job: SolveJob, _ watch: CacheWatch) async throws {
        for (place, message) in watch.exportErrors.sorted(by: { $0.key < $1.key }) {
            guard job.exports.indices.contains(place) else { continue }
            let entry = job.exports[place]
            var reason = NetworkFailure.brief(message)
            var failures = 0
            while true {
                failures += 1
                guard NetworkFailure.isPassing(reason), failures <= run.request.retries, job.inputs.upload == nil else {
                    run.warn("the \(entry.spec.name) can't be written: \(reason)")
                    break
                }
                try await run.pause(after: failures, reason: reason, of: entry.spec)
                guard let next = try await save([entry], job) else {
                    tell(of: entry)
                    break
                }
                reason = NetworkFailure.brief(next)
            }
        }
    }

    /// Writes caches of what is built already.
    ///
    /// - Returns: Why that failed; nil when all is well.
    func save(_ entries: [CachePlan.Entry], _ job: SolveJob) async throws -> String? {
        let again = job.caching(entries)
        let watch = CacheWatch(exports: entries, session: again.session)
        do {
            _ = try await WatchedSolve(run: run).solve(again, run.services(again), watch)
        } catch CacheStop.silent {
            return "it doesn't answer any more"
        } catch CacheStop.notCached {
            return "the files of the build changed meanwhile"
        } catch {
            try Task.checkCancellation()
            return "\(error)"
        }
        return watch.exportErrors.values.first ?? finishLocal(entries, failed: []).first?.reason
    }

    /// Makes the tags of local caches stand for what was written, and tells where that fails.
    ///
    /// - Throws: `BuildError` with code `output` where the cache must be written.
    func tagLocal(_ entries: [CachePlan.Entry], failed: Set<Int>) throws(BuildError) {
        for (cache, reason) in finishLocal(entries, failed: failed) {
            let message = "the \(cache.name) can't be written: \(reason)"
            guard !cache.mustSucceed else { throw BuildError(.output, message) }
            run.warn(message)
        }
    }

    /// Makes the tags of local caches stand for what was written: the engine writes blobs alone.
    ///
    /// - Returns: The caches whose tags can't be written, each with the reason.
    func finishLocal(_ entries: [CachePlan.Entry], failed: Set<Int>) -> [(spec: CacheSpec, reason: String)] {
        var broken: [(spec: CacheSpec, reason: String)] = []
        for (place, entry) in entries.enumerated() where !failed.contains(place) {
            guard let store = entry.store.flatMap({ run.stores[$0] }), let manifest = store.layout.lastWritten else {
                continue
            }
            do {
                try store.layout.tag(manifest, as: entry.spec.tag, resets: entry.spec.resetsTags)
            } catch {
                broken.append((entry.spec, error.message))
            }
        }
        return broken
    }
}
