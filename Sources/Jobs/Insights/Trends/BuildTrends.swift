package import CaissonBuildModel

/// The lasting changes in the builds of one series: of their duration, of each step's, of the share of steps from the
/// cache, of the image's size.
///
///     dossiers ─▶ TrendTracks ─▶ MachinePace ─▶ ChangeSegmentation ─▶ LevelChange ─▶ Regression with causes and end
///
/// An odd build is no change, nor is a slow drift: of neither anything is told. All chances are bounded for the whole
/// series together, however many steps it has.
package struct BuildTrends: Sendable {
    /// All changes, for better and for worse, in the order of the builds.
    package private(set) var changes: [LevelChange] = []
    /// Those for the worse, with their causes.
    package private(set) var regressions: [Regression] = []

    /// The chance of any false alarm in a series without changes.
    static let allowed = 0.05

    /// Looks at the builds of one series, the oldest first.
    package init(_ dossiers: [BuildDossier]) {
        let tracks = TrendTracks(dossiers)
        let phases = dossiers.map { DayPhase($0.record.started ?? $0.record.submission.time) }
        let steps = tracks.steps.filter(\.canChange)
        var found: [[LevelChange]] = []
        func look(at track: TrendTrack, paces: [Double] = [], share: Double) {
            guard track.canChange else { return }
            let share = share * Self.allowed
            found.append(track.changes(dossiers, phases, paces: paces, share: share, of: Self.allowed))
        }
        look(at: tracks.duration, share: 0.25)
        look(at: tracks.hitRate, share: 0.1)
        look(at: tracks.imageSize, share: 0.05)
        let paces = MachinePace(steps, count: dossiers.count).paces
        for track in steps { look(at: track, paces: paces, share: 0.6 / Double(steps.count)) }
        let causes = RegressionCauses(tracks, found.joined().filter { $0.direction == .worse }, count: dossiers.count)
        for track in found {
            for (index, change) in track.enumerated() where change.direction == .worse {
                regressions.append(causes.explained(change, by: track, at: index))
            }
        }
        changes = found.joined().sorted { $0.first.place < $1.first.place }
        regressions.sort { $0.change.first.place < $1.change.first.place }
    }
}
