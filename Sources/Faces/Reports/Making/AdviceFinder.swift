import CaissonBuildModel
import CaissonInsights
import CaissonJSON

/// Finds what would make the builds of a report faster, and what came of advice that was followed.
struct AdviceFinder {
    /// A recommendation with what it is worth.
    private struct Found {
        var item: ReportRecommendation
        /// The seconds that it may save in a build, for each build in which it was seen.
        var worth: Double
        var certainty: Recommendation.Certainty
    }

    /// With fewer builds nothing is said.
    private static let fewestBuilds = 3
    /// How many builds are looked at in all, of each series as many, and how many of one series; the latest ones.
    private static let (mostBuilds, buildsOfSeries) = (2000, 40...300)
    /// The most that are told, and how many of them may be done already.
    private static let (most, mostDone) = (10, 3)
    /// The most sentences that speak for one of them.
    private static let mostEvidence = 7

    /// The recommendations: open ones first, what is worth most before the others.
    private(set) var recommendations: [ReportRecommendation] = []

    /// Looks at the builds of each series by itself.
    init(_ dossiers: [BuildDossier], _ groups: BuildGroups) {
        var all: [Found] = []
        let series = groups.largest(SlowdownFinder.mostSeries, builds: Self.fewestBuilds)
        let share = Self.mostBuilds / max(1, series.count)
        let most = min(max(share, Self.buildsOfSeries.lowerBound), Self.buildsOfSeries.upperBound)
        for group in series {
            let builds = group.oldestFirst(dossiers, most: most)
            all += Self.find(builds, series: groups.areMany ? group.name : nil)
        }
        let ordered = Self.merged(all).enumerated().sorted { one, other in
            if one.element.worth != other.element.worth { return one.element.worth > other.element.worth }
            let (sure, unsure) = (one.element.certainty, other.element.certainty)
            return sure == unsure ? one.offset < other.offset : sure > unsure
        }.map { Self.hedged($0.element) }
        let done = ordered.filter { $0.outcome != nil }.prefix(Self.mostDone)
        let open = ordered.filter { $0.outcome == nil }
        recommendations = Array(open.prefix(Self.most - done.count)) + done
    }

    private static func hedged(_ found: Found) -> ReportRecommendation {
        var item = found.item
        if found.certainty == .low { item.evidence.append("This isn't sure: look first whether it applies.") }
        return item
    }

    /// What is to be done alike in several series is told once.
    private static func merged(_ all: [Found]) -> [Found] {
        var (merged, places): ([Found], [String: Int]) = ([], [:])
        for found in all {
            guard found.item.outcome == nil, let place = places[found.item.action] else {
                if found.item.outcome == nil { places[found.item.action] = merged.count }
                merged.append(found)
                continue
            }
            merged[place].worth += found.worth
            merged[place].certainty = min(merged[place].certainty, found.certainty)
            merged[place].item.saving = [merged[place].item.saving, found.item.saving].compactMap(\.self).max()
            for text in found.item.evidence where !merged[place].item.evidence.contains(text) {
                guard merged[place].item.evidence.count < mostEvidence else { break }
                merged[place].item.evidence.append(text)
            }
        }
        return merged
    }

    private static func find(_ builds: [BuildDossier], series: String?) -> [Found] {
        var (found, seen): ([Found], Set<[String?]>) = ([], [])
        // What was followed isn't advised any more: it is looked for in what earlier builds would have been advised.
        let pasts = [builds.count, builds.count / 2, builds.count / 4].filter { $0 >= fewestBuilds }
        for count in pasts {
            let advice = BuildAdvice(Array(builds.prefix(count)), arguments: arguments)
            for one in advice.recommendations where seen.insert(["\(one.kind)", one.step, one.subject]).inserted {
                let outcome = one.afterwards(builds)
                guard count == builds.count || outcome != nil else { continue }
                let worth = one.saving.seconds * Double(max(0, one.evidence.seen))
                let item = told(one, outcome, in: series)
                found.append(Found(item: item, worth: worth, certainty: one.certainty))
            }
        }
        return found
    }

    /// The build arguments that a submission keeps.
    private static func arguments(_ submission: BuildSubmission) -> [String: String] {
        submission.request["args"]?.texts ?? [:]
    }

    private static func told(
        _ advice: Recommendation,
        _ outcome: AdviceOutcome?,
        in series: String?
    ) -> ReportRecommendation {
        let seen = "Seen in \(Figure.count(advice.evidence.seen)) of \(Figure.count(advice.evidence.builds, "build"))"
        let place = series.map { " of \($0)" } ?? ""
        let time = advice.evidence.duration.map { "; \(subject(advice)) \(Figure.span($0.seconds)) where it runs" }
        let evidence = [seen + place + (time ?? "") + "."]
        var saving = advice.saving > .zero ? advice.saving.seconds : nil
        if let outcome { saving = outcome.hasHelped ? outcome.before - outcome.after : nil }
        return ReportRecommendation(
            action: advice.advice,
            evidence: evidence,
            saving: saving,
            outcome: outcome.map(words)
        )
    }

    private static func subject(_ advice: Recommendation) -> String {
        [.argumentOrder, .pinnedBase].contains(advice.kind) ? "what has to run again takes" : "the step takes"
    }

    private static func words(_ outcome: AdviceOutcome) -> String {
        let since = "since \(Figure.minute(outcome.since.time))"
        let (before, after) = (Figure.span(outcome.before), Figure.span(outcome.after))
        guard outcome.hasHelped else {
            return "\(since) builds take \(after), \(before) before: that isn't faster by more than chance explains."
        }
        return "\(since) builds take \(after) instead of \(before)."
    }
}
