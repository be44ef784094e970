package import CaissonBuildModel
import CaissonText

/// What a build made of a cache.
package struct BuildShare: Sendable, Hashable {
    /// The build; nil for what no build is known of.
    package let build: BuildID?
    /// The build's series; empty where it has none or no build is known.
    package let series: String
    /// How many records there are of it.
    package internal(set) var count = 0
    /// Their bytes; negative ones of the engine's count as none.
    package internal(set) var bytes: Int64 = 0
    /// How many of these records are only likely to be the build's.
    package internal(set) var likely = 0
}

extension RecordOrigins {
    /// The records added up by the builds that made them, the most bytes first, what is unknown last.
    package func shares() -> [BuildShare] {
        var shares: [BuildID?: BuildShare] = [:]
        for record in records {
            let origin = origin(of: record.id)
            var share = shares[origin?.build] ?? BuildShare(build: origin?.build, series: origin?.series ?? "")
            share.count += 1
            share.bytes = share.bytes.clampedAdding(max(record.size, 0))
            if origin?.certainty == .likely { share.likely += 1 }
            shares[origin?.build] = share
        }
        return shares.values.sorted { a, b in
            guard let first = a.build, let second = b.build else { return a.build != nil }
            return (b.bytes, b.count, first.description) < (a.bytes, a.count, second.description)
        }
    }
}
