import CaissonBuildContext
import CaissonBuildKit
import CaissonBuildModel

/// Why a solve was stopped from here, for the sake of a cache.
private enum CacheStop: Error {
    /// Caches, by their place, are written to what doesn't answer any more.
    case silent([Int])
    /// Steps ran that were to be cached.
    case notCached
}

extension SolveRun {
    /// Runs the build to its end: once more where the network failed, and without the caches that fail.
    ///
    /// - Returns: What the exporters said, and the reference under which the build succeeded.
    func main(_ first: SolveParts) async throws -> (response: [String: String], ref: String) {
        var parts = first
        parts.imports = try await readable(parts.imports)
        var failures = 0
        while true {
            let watch = CacheWatch(exports: parts.exports, session: parts.session)
            let services = services(parts)
            do {
                let response = try await watched(parts, services, watch)
                try services.finishFiles()
                try finishLayout(parts, response)
                finishLocal(parts.exports, failed: Set(watch.exportErrors.keys))
                warnOfImports(parts, watch)
                for (place, entry) in parts.exports.enumerated() where watch.exportErrors[place] == nil {
                    tell(of: entry)
                }
                try await mend(parts, watch)
                return (response, parts.ref)
            } catch CacheStop.silent(let places) {
                parts = without(places, parts, services)
            } catch {
                try Task.checkCancellation()
                failures += 1
                guard let next = try await repeated(parts, services, after: error, failures) else {
                    await saveStages(parts)
                    throw error
                }
                parts = next
            }
        }
    }

    /// What to try after a failure; nil where it is final.
    private func repeated(
        _ parts: SolveParts,
        _ services: BuildServices,
        after error: any Error,
        _ failures: Int
    ) async throws -> SolveParts? {
        guard services.canRepeat, parts.inputs.upload == nil else { return nil }
        if NetworkFailure.isPassing(error, steps: events), failures <= request.retries {
            let reason = NetworkFailure.brief("\(error)")
            try await pause(after: failures, reason: reason, of: nil)
            events.forgetFailures()
            return parts.again
        }
        if let export = failedExport(parts, error) {
            guard !export.spec.mustSucceed else { return nil }
            warn("the \(export.spec.name) can't be written: \(NetworkFailure.brief("\(error)")); building without it")
            var next = parts.again
            next.exports.removeAll { $0 == export }
            events.forgetFailures()
            return next
        }
        let suspects = NetworkFailure.suspects(among: parts.imports, error)
        guard !suspects.isEmpty else { return nil }
        for entry in suspects {
            warn("the \(entry.spec.name) broke off: \(NetworkFailure.brief("\(error)")); building without it")
        }
        var next = parts.again
        next.imports.removeAll { suspects.contains($0) }
        events.forgetFailures()
        return next
    }

    /// The cache that an engine refused to set up, which fails the build whatever it is told of errors.
    private func failedExport(_ parts: SolveParts, _ error: any Error) -> CachePlan.Entry? {
        guard let error = error as? GRPCError else { return nil }
        return parts.exports.first { entry in
            error.message.contains("failed to configure \(entry.spec.kind.rawValue) cache exporter")
                || error.message.contains("unknown cache exporter: \"\(entry.spec.kind.rawValue)\"")
        }
    }

    /// Waits before another try, and says so.
    func pause(after failures: Int, reason: String, of cache: CacheSpec?) async throws {
        let retry = Retry(
            what: cache.map { "the \($0.name)" } ?? "the build",
            reference: cache?.attributes["ref"].flatMap { try? ImageReference(parsing: $0) },
            isInsecure: cache?.attributes.boolean("registry.insecure") == true
        )
        try await build.pause(before: retry, after: failures, reason: reason)
    }

    /// The same build without the caches that don't answer any more, and without the files that are written already.
    private func without(_ places: [Int], _ parts: SolveParts, _ services: BuildServices) -> SolveParts {
        var next = parts.again
        for place in places.sorted().reversed() where parts.exports.indices.contains(place) {
            warn("the \(parts.exports[place].spec.name) doesn't answer any more; going on without writing it")
            next.exports.remove(at: place)
        }
        let finished = services.finishedExports
        if let plan = parts.plan { next.plan = plan.withoutFiles(finished) }
        if let pipe = parts.pipe, finished.contains(pipe.place) { next.pipe = nil }
        return next
    }
}

// MARK: - Watching

extension SolveRun {
    /// Runs a solve and stops it where a cache that it writes doesn't get on, or steps run that must not.
    private func watched(
        _ parts: SolveParts,
        _ services: BuildServices,
        _ watch: CacheWatch
    ) async throws -> [String: String] {
        guard !parts.exports.isEmpty || !parts.imports.isEmpty || parts.mustBeCached else {
            let response = try await solve(parts, services) { events.receive(.status($0)) }
            return response
        }
        return try await withThrowingTaskGroup(of: [String: String]?.self) { group in
            group.addTask {
                try await solve(parts, services) { status in
                    watch.receive(status)
                    if !parts.mustBeCached { events.receive(.status(status)) }
                }
            }
            group.addTask {
                try await stopWhenStuck(parts, watch)
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    private func stopWhenStuck(_ parts: SolveParts, _ watch: CacheWatch) async throws {
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(250))
            if parts.mustBeCached, watch.hasRunStep { throw CacheStop.notCached }
            guard let stall = watch.stall, stall > patience else { continue }
            var silent: [Int] = []
            for place in watch.running where parts.exports.indices.contains(place) {
                if try await isSilent(parts.exports[place]) { silent.append(place) }
            }
            guard silent.isEmpty else { throw CacheStop.silent(silent) }
            watch.forgive()
        }
    }

    /// Whether a cache doesn't answer the engine: a large layer takes long to send, too, and tells nothing meanwhile.
    private func isSilent(_ entry: CachePlan.Entry) async throws -> Bool {
        try await CacheProbe.ask(entry.spec, of: self, within: patience) == .silent
    }
}

// MARK: - What is done for caches before and after

extension SolveRun {
    /// The caches that the engine can read; of the others the user is told.
    private func readable(_ sources: [CachePlan.Entry]) async throws -> [CachePlan.Entry] {
        try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
            for (place, entry) in sources.enumerated() {
                group.addTask { (place, try await isReadable(entry)) }
            }
            var good: Set<Int> = []
            for try await (place, isGood) in group where isGood { good.insert(place) }
            return sources.enumerated().filter { good.contains($0.offset) }.map(\.element)
        }
    }

    /// Tells which caches the engine couldn't read after all.
    private func warnOfImports(_ parts: SolveParts, _ watch: CacheWatch) {
        for (name, reason) in watch.importErrors.sorted(by: { $0.key < $1.key }) {
            // The engine names a registry's cache by its reference, all others by a number.
            let kind = name.prefix { $0 != ":" }
            let entry =
                parts.imports.first { $0.spec.attributes["ref"] == name }
                ?? parts.imports.first { $0.spec.kind.rawValue == kind }
            let cache = entry?.spec.name ?? "cache \(name)"
            warn("the \(cache) can't be read: \(NetworkFailure.brief(reason)); built without it")
        }
    }

    private func isReadable(_ entry: CachePlan.Entry) async throws -> Bool {
        var failures = 0
        while true {
            switch try await CacheProbe.ask(entry.spec, of: self, within: patience) {
            case .good:
                return true
            case .silent:
                warn("the \(entry.spec.name) doesn't answer within \(patience); building without it")
                return false
            case .failed(let reason):
                failures += 1
                let brief = NetworkFailure.brief(reason)
                guard NetworkFailure.isPassing(reason), failures <= request.retries else {
                    warn("the \(entry.spec.name) can't be read: \(brief); building without it")
                    return false
                }
                try await pause(after: failures, reason: brief, of: entry.spec)
            }
        }
    }

    /// Writes the caches again that couldn't be written with the build, while the network may get better.
    private func mend(_ parts: SolveParts, _ watch: CacheWatch) async throws {
        for (place, message) in watch.exportErrors.sorted(by: { $0.key < $1.key }) {
            guard parts.exports.indices.contains(place) else { continue }
            let entry = parts.exports[place]
            var reason = NetworkFailure.brief(message)
            var failures = 0
            while true {
                failures += 1
                guard NetworkFailure.isPassing(reason), failures <= request.retries, parts.inputs.upload == nil else {
                    warn("the \(entry.spec.name) can't be written: \(reason)")
                    break
                }
                try await pause(after: failures, reason: reason, of: entry.spec)
                guard let next = try await save([entry], parts) else {
                    tell(of: entry)
                    break
                }
                reason = NetworkFailure.brief(next)
            }
        }
    }

    /// Tells of a cache that is written outside of the image.
    private func tell(of entry: CachePlan.Entry) {
        if entry.spec.kind != .inline { events.receive(.artifact(.cache(entry.spec.name))) }
    }

    /// Writes caches of what is built already.
    ///
    /// - Returns: Why that failed; nil when all is well.
    func save(_ entries: [CachePlan.Entry], _ parts: SolveParts) async throws -> String? {
        let again = parts.caching(entries)
        let watch = CacheWatch(exports: entries, session: again.session)
        do {
            _ = try await watched(again, services(again), watch)
        } catch CacheStop.silent {
            return "it doesn't answer any more"
        } catch CacheStop.notCached {
            return "the files of the build changed meanwhile"
        } catch {
            try Task.checkCancellation()
            return "\(error)"
        }
        finishLocal(entries, failed: Set(watch.exportErrors.keys))
        return watch.exportErrors.values.first
    }

    /// Makes the tags of local caches stand for what was written: the engine writes blobs alone.
    private func finishLocal(_ entries: [CachePlan.Entry], failed: Set<Int>) {
        for (place, entry) in entries.enumerated() where !failed.contains(place) {
            guard let store = entry.store.flatMap({ stores[$0] }), let manifest = store.layout.lastWritten else {
                continue
            }
            do {
                let resets = entry.spec.attributes.boolean("reset") == true
                try store.layout.tag(manifest, as: entry.spec.tag, resets: resets)
            } catch {
                warn("the \(entry.spec.name) can't be written: \(error.message)")
            }
        }
    }
}
