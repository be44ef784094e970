import CaissonBuildKit
import CaissonBuildModel

/// Why a solve was stopped from here, for the sake of a cache.
enum CacheStop: Error {
    /// Caches, by their place, are written to what doesn't answer any more.
    case silent([Int])
    /// Steps ran that were to be cached.
    case notCached
}

/// A solve that is stopped where a cache that it writes doesn't get on.
struct WatchedSolve: Sendable {
    let run: SolveRun

    /// Runs a solve and stops it where a cache that it writes doesn't get on, or steps run that must not.
    func solve(_ job: SolveJob, _ services: BuildServices, _ watch: CacheWatch) async throws -> [String: String] {
        guard !job.exports.isEmpty || !job.imports.isEmpty || job.mustBeCached else {
            let response = try await run.solve(job, services) { run.events.receive(.status($0)) }
            return response
        }
        return try await withThrowingTaskGroup(of: [String: String]?.self) { group in
            group.addTask {
                try await run.solve(job, services) { status in
                    watch.receive(status)
                    if !job.mustBeCached { run.events.receive(.status(status)) }
                }
            }
            group.addTask {
                try await stopWhenStuck(job, watch)
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    private func stopWhenStuck(_ job: SolveJob, _ watch: CacheWatch) async throws {
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(250))
            if job.mustBeCached, watch.hasRunStep { throw CacheStop.notCached }
            guard let stall = watch.stall, stall > run.patience else { continue }
            var silent: [Int] = []
            for place in watch.running where job.exports.indices.contains(place) {
                if try await isSilent(job.exports[place]) { silent.append(place) }
            }
            guard silent.isEmpty else { throw CacheStop.silent(silent) }
            watch.forgive()
        }
    }

    /// Whether a cache doesn't answer the engine: a large layer takes long to send, too, and tells nothing meanwhile.
    private func isSilent(_ entry: CachePlan.Entry) async throws -> Bool {
        try await CacheProbe.ask(entry.spec, of: run, within: run.patience) == .silent
    }
}
