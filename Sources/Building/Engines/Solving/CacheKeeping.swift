import CaissonBuildKit
import CaissonBuildModel

/// What is done for a build's caches before and after its solve: those that can't be read are left out, those that couldn't
/// be written are written again.
struct CacheKeeping: Sendable {
    let run: SolveRun

    // MARK: Before

    /// The caches that the engine can read; of the others the user is told.
    func readable(_ sources: [CachePlan.Entry]) async throws -> [CachePlan.Entry] {
        try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
            for (place, entry) in sources.enumerated() {
                group.addTask { (place, try await isReadable(entry)) }
            }
            var good: Set<Int> = []
            for try await (place, isGood) in group where isGood { good.insert(place) }
            return sources.enumerated().filter { good.contains($0.offset) }.map(\.element)
        }
    }

    private func isReadable(_ entry: CachePlan.Entry) async throws -> Bool {
        var failures = 0
        while true {
            switch try await CacheProbe.ask(entry.spec, of: run, within: run.patience) {
            case .good:
                return true
            case .silent:
                run.warn("the \(entry.spec.name) doesn't answer within \(run.patience); building without it")
                return false
            case .failed(let reason):
                failures += 1
                let brief = NetworkFailure.brief(reason)
                guard NetworkFailure.isPassing(reason), failures <= run.request.retries else {
                    run.warn("the \(entry.spec.name) can't be read: \(brief); building without it")
                    return false
                }
                try await run.pause(after: failures, reason: brief, of: entry.spec)
            }
        }
    }

    // MARK: After

    /// Tells which caches the engine couldn't read after all.
    func warnOfImports(_ job: SolveJob, _ watch: CacheWatch) {
        for (name, reason) in watch.importErrors.sorted(by: { $0.key < $1.key }) {
            // The engine names a registry's cache by its reference, all others by a number.
            let kind = name.prefix { $0 != ":" }
            let entry =
                job.imports.first { $0.spec.attributes["ref"] == name }
                ?? job.imports.first { $0.spec.kind.rawValue == kind }
            let cache = entry?.spec.name ?? "cache \(name)"
            run.warn("the \(cache) can't be read: \(NetworkFailure.brief(reason)); built without it")
        }
    }

    /// Tells of a cache that is written outside of the image.
    func tell(of entry: CachePlan.Entry) {
        if entry.spec.kind != .inline { run.events.receive(.artifact(.cache(entry.spec.name))) }
    }
}
