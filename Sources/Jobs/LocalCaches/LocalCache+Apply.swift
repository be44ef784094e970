import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

extension LocalCache {
    /// How often a plan is made at most, the first one included.
    private static let attempts = 4

    /// Does what a plan says: first the index, which no longer names what goes, then the blobs.
    ///
    /// Whenever it ends early, the layout is as whole as before, and another plan and its application finish the work.
    /// Before each removal it is checked whether the index is still the same; where a build changed it, the plan is
    /// made anew by the same rules.
    ///
    /// The locks are held only while the index is written: a BuildKit that comes upon a lock fails its build. So one
    /// risk remains, which no lock of BuildKit's covers: a build that finds an old blob there, doesn't write it again,
    /// and names it in its index only after the blob went. `LocalCachePlan.signsOfBuild` tells the builds that can be
    /// seen.
    ///
    /// - Parameter didStep: Called after each step; what it throws ends the work.
    /// - Throws: `busy` where a build seems to be writing, unless the rules say otherwise, or where the lock isn't free
    ///   for ten seconds; `changed` where the index doesn't come to rest; what `plan(_:at:)` throws; `permission` or
    ///   `system` where the index can't be written, in which case nothing went. Blobs that can't be removed are in the
    ///   outcome.
    package func apply(
        _ plan: LocalCachePlan,
        didStep: (LocalCacheStep) throws -> Void = { _ in }
    ) async throws -> LocalCacheOutcome {
        var outcome = LocalCacheOutcome()
        var plan = plan
        for _ in 0..<Self.attempts {
            try refuse(plan)
            if let stamp = try await bringIndex(to: plan, &outcome, didStep),
                try removeBlobs(of: plan, while: stamp, &outcome, didStep)
            {
                try removeIngest(of: plan, &outcome, didStep)
                return outcome
            }
            plan = try self.plan(plan.rules, at: plan.now)
            outcome.replans += 1
        }
        throw LocalCacheError(
            .changed,
            "\(PathFacts.join(path, LayoutIndex.name).quoted) changes all the time; "
                + "try it again when no build writes there"
        )
    }

    private func refuse(_ plan: LocalCachePlan) throws(LocalCacheError) {
        guard !plan.rules.ignoresBuilds, !plan.isEmpty, let sign = plan.signsOfBuild.first else { return }
        throw LocalCacheError(
            .busy,
            "a build seems to write to \(path.quoted): \(sign); nothing was removed; try it again when it has ended, "
                + "or in \(Timespan(plan.rules.gracePeriod)) when it was stopped"
        )
    }

    /// Makes the index that of a plan; nil where it isn't any more the one that the plan was made for.
    private func bringIndex(
        to plan: LocalCachePlan,
        _ outcome: inout LocalCacheOutcome,
        _ didStep: (LocalCacheStep) throws -> Void
    ) async throws -> FileStamp? {
        guard !plan.dropped.isEmpty else {
            let index = try folder.index()
            return index.bytes == plan.indexBytes ? index.stamp : nil
        }
        let stamp: FileStamp
        do {
            let lock = try await LayoutLock.wait(folder)
            guard try folder.index().bytes == plan.indexBytes else { return nil }
            stamp = try folder.replaceIndex(with: plan.newIndexBytes) { try didStep(.indexWritten) }
            lock.release()
        }
        outcome.dropped += plan.dropped
        try didStep(.indexReplaced)
        return stamp
    }

    /// Removes the blobs of a plan; false where the index changed before all were gone.
    private func removeBlobs(
        of plan: LocalCachePlan,
        while stamp: FileStamp,
        _ outcome: inout LocalCacheOutcome,
        _ didStep: (LocalCacheStep) throws -> Void
    ) throws -> Bool {
        var directories: [ContentDigest.Algorithm: SharedDescriptor] = [:]
        for algorithm in ContentDigest.Algorithm.allCases {
            directories[algorithm] = try folder.blobDirectory(algorithm)
        }
        for blob in plan.blobs {
            try Task.checkCancellation()
            let current = folder.status(LayoutIndex.name, under: folder.root.raw).map(FileStamp.init)
            guard current == stamp else { return false }
            let directory = directories[blob.digest.algorithm]
            let removal = directory.map { LayoutFolder.remove(blob, under: $0.raw) } ?? .vanished
            let name = "blobs/\(blob.digest.algorithm.rawValue)/\(blob.digest.hex)"
            guard outcome.note(removal, name) else { continue }
            outcome.removed.add(blob.facts)
            try didStep(.blobRemoved(blob.digest))
        }
        return true
    }

    private func removeIngest(
        of plan: LocalCachePlan,
        _ outcome: inout LocalCacheOutcome,
        _ didStep: (LocalCacheStep) throws -> Void
    ) throws {
        let limit = plan.now.before(plan.rules.ingestPeriod)
        for name in plan.ingest {
            try Task.checkCancellation()
            guard outcome.note(folder.removeIngest(name, writtenBefore: limit), "ingest/\(name)") else { continue }
            outcome.removedIngest += 1
            try didStep(.ingestRemoved(name))
        }
    }
}
