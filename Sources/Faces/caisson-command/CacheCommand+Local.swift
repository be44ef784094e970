import ArgumentParser
import CaissonBuildModel
import CaissonCaches
import CaissonLocalCaches
import CaissonReporting
import CaissonSystem
import CaissonText

// Caches in folders of this machine: what `--cache-to type=local` writes, and other OCI image layouts.

/// The folder that is meant instead of an engine.
struct LocalCacheOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Take this folder of --cache-to type=local, or another OCI image layout, instead of an engine.",
            valueName: "directory"
        ),
        completion: .directory
    )
    var local: String?

    /// The folder; nil where an engine is meant.
    func folder() throws(BuildError) -> LocalCache? {
        try BuildFilterOptions.require("--local", local)
        guard let local else { return nil }
        do throws(LocalCacheError) {
            return try LocalCache(open: local)
        } catch {
            throw BuildError(error)
        }
    }
}

extension BuildError {
    init(_ error: LocalCacheError) {
        switch error.code {
        case .notFound, .notLayout: self.init(.usage, error.message)
        default: self.init(.output, error.message)
        }
    }
}

extension CacheCommand {
    /// What a folder holds, entry by entry, for people.
    static func text(of report: LocalCacheReport) -> String {
        let rows = report.entries.map { entry in
            [
                entry.name ?? entry.tag ?? "<none>", entry.kind.rawValue, CacheTotals.size(entry.totals.bytes),
                CacheTotals.size(entry.own.bytes), entry.written.map { SpanText.ago($0, now: .now) } ?? "missing",
                state(of: entry),
            ]
        }
        var text = TextColumns.aligned([["NAME", "TYPE", "SIZE", "OWN SIZE", "WRITTEN", "STATE"]] + rows)
        for problem in report.problems { text += "warning: \(SafeText.line(problem))\n" }
        return text
            + TextColumns.aligned([
                ["Named:", amount(report.named)], ["Unnamed:", amount(report.unnamedTotals)],
                ["Unfinished:", amount(report.ingest)], ["Total:", amount(report.total)],
            ])
    }

    private static func state(of entry: LocalCacheReport.Entry) -> String {
        let faults = [
            entry.missing > 0 ? "\(entry.missing) missing" : nil, entry.damaged > 0 ? "\(entry.damaged) damaged" : nil,
        ].compactMap(\.self)
        return faults.isEmpty ? "whole" : faults.joined(separator: ", ")
    }

    fileprivate static func amount(_ totals: BlobTotals) -> String {
        "\(CacheTotals.size(totals.bytes)) in \(totals.count) \(totals.count == 1 ? "file" : "files")"
    }
}

extension CacheCommand.Prune {
    /// Sweeps a folder: what no manifest of its index names, and by limits the manifests that were written first.
    func sweep(_ cache: LocalCache) async throws {
        do {
            let plan = try cache.plan(try localRules())
            for drop in plan.dropped {
                let name = SafeText.line(drop.name ?? drop.tag ?? drop.digest)
                try CacheCommand.write("\(name): \(drop.reason.words)\n")
            }
            let sum = "\(CacheCommand.amount(plan.removed)) of \(cache.path.quoted)"
            guard !dryRun else { return try CacheCommand.write("Would be removed: \(sum)\n") }
            guard !plan.isEmpty else { return try CacheCommand.write("Total: \(sum)\n") }
            guard try force || Self.confirm("This would remove \(sum).") else { return }
            let outcome = try await cache.apply(plan)
            for failure in outcome.failures { CommandState.warn("\(failure.name) stays: \(failure.reason)") }
            try CacheCommand.write("Total: \(CacheCommand.amount(outcome.removed)) of \(cache.path.quoted)\n")
        } catch let error as LocalCacheError {
            throw BuildError(error)
        }
    }

    private func localRules() throws(BuildError) -> LocalCacheRules {
        let asked = try rules(now: .now)
        guard asked.filter.wire.isEmpty else {
            throw BuildError(.usage, "--filter: a folder is known by nothing but until=…, such as until=168h")
        }
        guard asked.reservedSpace == 0, asked.minFreeSpace == 0 else {
            throw BuildError(.usage, "of the limits a folder has --max-used-space alone")
        }
        var rules = LocalCacheRules()
        if asked.maxUsedSpace > 0 { rules.maximumBytes = asked.maxUsedSpace }
        if asked.filter.keepDuration > .zero { rules.maximumAge = asked.filter.keepDuration }
        return rules
    }
}

extension LocalCachePlan.Reason {
    /// Why an entry goes, for people.
    fileprivate var words: String {
        switch self {
        case .tag: "no tag that is kept"
        case .untagged: "without a tag, and others are newer"
        case .age: "written too long ago"
        case .missing: "it isn't there"
        case .size: "all together are too large"
        }
    }
}
