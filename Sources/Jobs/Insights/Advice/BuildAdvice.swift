package import CaissonBuildModel
import CaissonText

/// What could make the builds of one series faster, from what was seen in them.
///
/// Nothing is said that fewer than 3 builds show.
package struct BuildAdvice: Sendable {
    /// The recommendations: what saves most in a build times how often comes first; at most 10.
    package private(set) var recommendations: [Recommendation]

    /// How many builds must show something.
    static let least = 3
    /// Shorter steps aren't worth advice, in seconds.
    static let shortest = 2.0
    /// More builds than these latest ones aren't looked at: older ones tell of other Dockerfiles.
    static let mostBuilds = 300
    private static let most = 10

    /// Looks at the builds of one series, the oldest first.
    ///
    /// - Parameters:
    ///   - dossiers: The builds; the latest 300 are looked at.
    ///   - arguments: The build arguments of a build by name: what its `request` keeps as `args`.
    package init(_ dossiers: [BuildDossier], arguments: (BuildSubmission) -> [String: String]) {
        let latest = Array(dossiers.suffix(Self.mostBuilds))
        let steps = AdviceSteps(latest)
        var all = StepAdvice(steps).recommendations
        all += ContextAdvice(latest, steps).recommendations
        all += BaseAdvice.recommendations(latest, steps)
        all += ArgumentAdvice.recommendations(latest.map { arguments($0.record.submission) }, steps)
        let ordered = all.filter { $0.evidence.seen >= Self.least }.enumerated().sorted { a, b in
            (a.element.weight, a.element.certainty.rawValue, b.offset)
                > (b.element.weight, b.element.certainty.rawValue, a.offset)
        }
        recommendations = ordered.prefix(Self.most).map(\.element)
    }
}
