import CaissonBuildModel
import CaissonEngines
import CaissonHistory
import CaissonOrchestrator
import CaissonPreparation
import CaissonText

/// What an earlier run of a batch has left to do.
struct BatchResumption: Sendable {
    /// What is still to be built.
    var rest: BuildPlan
    /// The builds that stand, by the targets' names.
    var kept: [String: BuildRecord] = [:]

    /// Everything is to be built.
    init(all plan: BuildPlan) { rest = plan }

    /// Finds what has passed in an earlier run and hasn't changed since.
    ///
    /// - Parameters:
    ///   - records: The builds of the earlier run.
    ///   - heedsChanges: Whether what has changed since is built again.
    init(_ plan: BuildPlan, after records: [BuildRecord], on engine: EngineIdentity, heedsChanges: Bool) {
        var passed: [String: BuildRecord] = [:]
        for record in records where record.status == .succeeded && record.isOf(engine) {
            guard let name = record.submission.name, let node = plan.nodes.first(where: { $0.name == name }),
                node.question == nil
            else { continue }
            let since = record.started ?? record.submission.time
            let isSame =
                !heedsChanges
                || node.request.fingerprint == record.submission.fingerprint
                    && !InputChanges.areThere(in: node.request, since: since)
            if isSame { passed[name] = record }
        }
        if heedsChanges { Self.dropChanged(&passed, in: plan) }
        let (rest, names) = plan.resuming(after: passed.mapValues(\.result), on: engine.kind)
        self.rest = rest
        kept = passed.filter { names.contains($0.key) }
    }

    /// What is built from something that has changed has changed, too.
    private static func dropChanged(_ passed: inout [String: BuildRecord], in plan: BuildPlan) {
        func lacksSource(_ node: BuildPlan.Node) -> Bool {
            let images = node.dependencies.filter { if case .image = $0.condition { true } else { false } }
            return !node.sources.union(images.map(\.node)).isSubset(of: passed.keys)
        }
        while let changed = plan.nodes.first(where: { passed[$0.name] != nil && lacksSource($0) }) {
            passed[changed.name] = nil
        }
    }
}

extension BuildRecord {
    /// Whether an image that it left in the engine's store was removed since.
    func isGone(from builder: Builder) async -> Bool {
        guard status == .succeeded, isOf(builder.identity) else { return false }
        for image in images where !image.isPushed {
            if let name = image.names.first ?? image.id, await builder.lacksImage(name) { return true }
        }
        return false
    }

    /// Whether an engine made it, as far as that is known: another one doesn't have what it made.
    func isOf(_ engine: EngineIdentity) -> Bool {
        guard let told = self.engine, let start = told.ranges(of: " at ").last?.upperBound else { return true }
        return engine.address.pieces(at: ",").contains { $0.trimmed == told[start...] }
    }

    /// What is told of a build that stands for another one.
    var keptReason: String { "kept as build \(id.description.prefix(12)) made it" }

    /// What the build gave back, as far as it is remembered.
    var result: BuildResult {
        let image = images.first
        var response: [String: String] = [:]
        response["containerimage.digest"] = image?.digest
        if let names = image?.names, !names.isEmpty { response["image.name"] = names.joined(separator: ",") }
        var result = BuildResult(
            ref: id.description,
            exporterResponse: response,
            imageID: image?.id,
            digest: image?.digest
        )
        if let statistics { result.statistics = statistics }
        return result
    }
}
