import CaissonBuildModel

/// What a reader should know first, as sentences.
enum Highlights {
    /// A sentence and whether it is good news, bad news or neither.
    struct Sentence {
        let text: String
        let isGood: Bool?
    }

    /// The sentences, most important first; none where there is nothing to tell.
    static func sentences(_ page: ReportPage) -> [Sentence] {
        [build(page.build), regressions(page.regressions), hits(page.totals), advice(page.recommendations)]
            .compactMap(\.self)
    }

    private static func build(_ build: ReportBuild?) -> Sentence? {
        guard let build else { return nil }
        let slow = build.steps.count { $0.usual?.verdict == .slower }
        if let failed = build.steps.first(where: { $0.outcome == .failed }) {
            return Sentence(text: "The build failed in step \(failed.number).", isGood: false)
        }
        if build.status == .failed { return Sentence(text: "The build failed.", isGood: false) }
        if slow > 0 {
            return Sentence(text: "\(Figure.count(slow, "step")) of the build took longer than usual.", isGood: false)
        }
        return nil
    }

    private static func regressions(_ regressions: [ReportRegression]) -> Sentence? {
        let on = regressions.count { $0.isOn }
        guard on > 0 else {
            let mended = regressions.isEmpty ? nil : "All that had become slower was mended."
            return mended.map { Sentence(text: $0, isGood: true) }
        }
        let verb = on == 1 ? "is" : "are"
        return Sentence(text: "\(Figure.count(on, "slowdown")) \(verb) still on.", isGood: false)
    }

    private static func hits(_ totals: ReportTotals?) -> Sentence? {
        guard let totals, let rate = Figure.share(totals.hitRate), let target = Figure.share(totals.targetRate) else {
            return nil
        }
        let isMet = rate >= target
        let words = "\(Figure.percent(rate)) of the steps came from the cache, "
        let goal = isMet ? "which meets the target of " : "below the target of "
        return Sentence(text: words + goal + Figure.percent(target) + ".", isGood: isMet)
    }

    private static func advice(_ recommendations: [ReportRecommendation]) -> Sentence? {
        let open = recommendations.filter { $0.outcome == nil }
        let saving = open.compactMap { Figure.bounded($0.saving) }.max() ?? 0
        guard !open.isEmpty else { return nil }
        let gain = saving > 0 ? "; the largest would save about \(Figure.span(saving)) in a build" : ""
        let verb = open.count == 1 ? "waits" : "wait"
        let count = Figure.count(open.count, "recommendation")
        return Sentence(text: "\(count) \(verb) to be followed\(gain).", isGood: nil)
    }
}
