import Glibc

/// How slow the machine was in each build, as the steps that ran in it tell together.
///
/// That a machine is busy at some time is no change of a step; of the build's duration it stays a part.
struct MachinePace {
    /// Fewer steps don't tell it.
    private static let least = 6

    /// What it adds to the logarithm of a duration, for each build; 0 where it isn't known.
    private(set) var paces: [Double]

    /// Reads it from the tracks of all steps.
    init(_ tracks: [TrendTrack], count: Int) {
        paces = [Double](repeating: 0, count: count)
        guard tracks.count >= Self.least else { return }
        var deviations = [[Double]](repeating: [], count: count)
        for track in tracks {
            let values = track.scaled
            let usual = RobustStatistics.median(values)
            for (build, value) in zip(track.builds, values) { deviations[build].append(value - usual) }
        }
        var (errors, known) = (0.0, [Double]())
        for build in deviations.indices where deviations[build].count >= Self.least {
            let pace = RobustStatistics.median(deviations[build])
            let spread = RobustStatistics.deviation(deviations[build].map { $0 - pace })
            errors += 1.57 * spread * spread / Double(deviations[build].count)
            paces[build] = pace
            known.append(pace)
        }
        // As far as the paces differ by chance alone, taking them away would only add noise.
        let deviation = RobustStatistics.deviation(known)
        let chance = errors / Double(max(1, known.count))
        let share = max(0, 1 - chance / max(deviation * deviation, 1e-12))
        paces = paces.map { $0 * share }
    }
}
