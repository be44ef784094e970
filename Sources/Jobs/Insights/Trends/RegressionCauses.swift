/// Tells which steps account for a build's regression.
struct RegressionCauses {
    /// Changes so many builds apart count as one.
    private static let reach = 3
    /// Steps with a smaller share of the change aren't told.
    private static let leastShare = 0.15
    private static let most = 5

    private let tracks: TrendTracks
    /// All changes for the worse.
    private let changes: [LevelChange]
    private let count: Int

    /// Prepares to explain.
    init(_ tracks: TrendTracks, _ changes: [LevelChange], count: Int) {
        (self.tracks, self.changes, self.count) = (tracks, changes, count)
    }

    /// A regression with its end and its causes.
    ///
    /// - Parameters:
    ///   - change: The change.
    ///   - track: All changes of the same quantity, in order.
    ///   - index: The change's place among them.
    func explained(_ change: LevelChange, by track: [LevelChange], at index: Int) -> Regression {
        var regression = Regression(change)
        let later = track[(index + 1)...].first { abs($0.after - change.before) < abs($0.after - change.after) }
        regression.wasMended = later?.first
        regression.hasLostCache = changes.contains { other in
            other.quantity == .hitRate && isSameBuild(other, change)
        }
        guard change.quantity == .buildDuration else { return regression }
        let start = index > 0 ? track[index - 1].first.place : 0
        let end = index + 1 < track.count ? track[index + 1].first.place : count
        let border = change.first.place
        regression.causes = causes(start..<border, border..<end, of: change.difference)
        return regression
    }

    private func isSameBuild(_ a: LevelChange, _ b: LevelChange) -> Bool {
        abs(a.first.place - b.first.place) <= Self.reach
            || (a.lastBefore.place < b.first.place && b.lastBefore.place < a.first.place)
    }

    private func causes(_ before: Range<Int>, _ after: Range<Int>, of difference: Double) -> [RegressionCause] {
        guard difference > 0 else { return [] }
        let all = tracks.steps.compactMap { cause($0, before, after, of: difference) }
        // Of what is equal the order of the steps holds, so that the same dossiers give the same.
        let ordered = all.enumerated().sorted { ($1.element.seconds, $0.offset) < ($0.element.seconds, $1.offset) }
        return ordered.prefix(Self.most).map(\.element)
    }

    /// What a step has to do with it; nil where that is little, or could be chance.
    private func cause(
        _ track: TrendTrack,
        _ before: Range<Int>,
        _ after: Range<Int>,
        of difference: Double
    ) -> RegressionCause? {
        guard case .step(let name, let occurrence) = track.quantity else { return nil }
        let (old, new) = (track.values(in: before), track.values(in: after))
        let (oldLevel, newLevel) = (RobustStatistics.median(old), RobustStatistics.median(new))
        let (oldSeen, newSeen) = (old.count + track.cachedCount(in: before), new.count + track.cachedCount(in: after))
        guard !new.isEmpty, newSeen * 2 > after.count else { return nil }
        let oldShare = Double(old.count) / Double(max(1, before.count))
        let newShare = Double(new.count) / Double(after.count)
        let seconds = newShare * newLevel - oldShare * oldLevel
        guard seconds >= Self.leastShare * difference, seconds >= 0.1 else { return nil }
        let isSlower = isOwn(track.quantity, after.lowerBound) || isHigher(Array(old), Array(new))
        let kind: RegressionCause.Kind
        if oldSeen * 10 < before.count {
            kind = .new
        } else if newShare >= oldShare + 0.25, !isSlower || (newShare - oldShare) * newLevel > seconds / 2 {
            kind = .ran
        } else {
            guard isSlower else { return nil }
            kind = .slower
        }
        return RegressionCause(
            kind: kind,
            step: name,
            occurrence: occurrence,
            seconds: seconds,
            share: min(1, seconds / difference)
        )
    }

    private func isOwn(_ quantity: TrendQuantity, _ place: Int) -> Bool {
        changes.contains { change in
            change.quantity == quantity && abs(change.first.place - place) <= Self.reach
        }
    }

    /// Whether a step's later values are higher beyond a chance of one in a thousand; few values never are.
    private func isHigher(_ old: [Double], _ new: [Double]) -> Bool {
        guard !old.isEmpty, !new.isEmpty else { return false }
        let ranks = RankScan((old + new)[...])
        return RobustStatistics.logTail(ranks.score(at: old.count)) < -6.9
            && RobustStatistics.median(new) > RobustStatistics.median(old)
    }
}
