import CaissonBuildModel

extension Duration {
    /// The span in seconds as a number that can be reckoned with; none where it is negative.
    var seconds: Double {
        let (seconds, attoseconds) = components
        return min(max(0, Double(seconds) + Double(attoseconds) / 1e18), 1e12)
    }
}

extension Sequence<Double> {
    /// The least value that a share of all, more than 0 and at most 1, doesn't exceed; nil of none.
    func quantile(_ share: Double) -> Double? {
        let sorted = sorted()
        guard !sorted.isEmpty, share.isFinite else { return nil }
        let place = Int((Swift.min(Swift.max(share, 0), 1) * Double(sorted.count)).rounded(.up)) - 1
        return sorted[Swift.min(Swift.max(place, 0), sorted.count - 1)]
    }
}

extension BuildRecord {
    /// The commit that it was made of, cut to the 12 characters that are told apart, and a sign of changes.
    var shortCommit: String? { submission.revision?.commit.map(Self.short) }

    /// A commit as people write it; `-dirty` at its end stays.
    static func short(_ commit: String) -> String {
        commit.utf8.count <= 12 ? commit : String(commit.prefix(12)) + (commit.hasSuffix("-dirty") ? "-dirty" : "")
    }
}
