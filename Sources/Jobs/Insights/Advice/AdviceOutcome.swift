package import CaissonBuildModel
import CaissonText
import Glibc

/// What came of advice that was followed.
package struct AdviceOutcome: Sendable, Hashable {
    /// The first build in which it was followed.
    package var since: BuildMark
    /// The median duration of the builds before, in seconds.
    package var before: Double
    /// The same of those since then.
    package var after: Double
    /// How many builds before and since then that ended well were looked at.
    package var builds: [Int]
    /// A bound of the chance that builds that didn't change would differ so clearly; from 0 to 1.
    package var chance: Double

    /// Whether builds are faster by more than chance explains.
    package var hasHelped: Bool { after < before && chance < 0.05 }
}

extension Recommendation {
    /// What came of it, by the builds of the series, the oldest first; nil where it wasn't followed as far as is seen,
    /// or where fewer than 5 builds before or 4 since then ended well.
    package func afterwards(_ dossiers: [BuildDossier]) -> AdviceOutcome? {
        guard let place = FollowedAdvice(self).place(in: dossiers) else { return nil }
        let records = dossiers.enumerated().filter { $1.record.status == .succeeded && $1.record.duration != nil }
        let (old, new) = (records.filter { $0.offset < place }, records.filter { $0.offset >= place })
        guard old.count >= SplitTest.leastBefore, new.count >= SplitTest.leastAfter else { return nil }
        let seconds = records.map { $0.element.record.duration?.boundedSeconds ?? 0 }
        let values = seconds.map { log(max($0, 0.001)) }
        let phases = records.map { DayPhase($0.element.record.started ?? $0.element.record.submission.time) }
        let test = SplitTest(values[...], phases[...], at: old.count, ranks: RankScan(values[...]), floor: 0.01)
        return AdviceOutcome(
            since: BuildMark(dossiers[place].record, at: place),
            before: RobustStatistics.median(seconds.prefix(old.count)),
            after: RobustStatistics.median(seconds.dropFirst(old.count)),
            builds: [old.count, new.count],
            chance: exp(test.logChanceHere)
        )
    }
}

/// Finds the build that first followed advice.
private struct FollowedAdvice {
    let advice: Recommendation
    /// The words that know a step again though its options are others.
    let command: [String]

    init(_ advice: Recommendation) {
        self.advice = advice
        command = Self.plain(StepName(advice.step ?? "").instruction)
    }

    private static func plain(_ instruction: String) -> [String] {
        let words = instruction.utf8.prefix(4096).split(separator: 0x20).filter { $0.first != 0x2D }
        return words.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The place of the first build from which on all that show it have followed; nil where the first ones had, too.
    func place(in dossiers: [BuildDossier]) -> Int? {
        let seen = dossiers.map(isFollowed)
        guard let last = seen.lastIndex(of: false) else { return nil }
        return seen[(last + 1)...].firstIndex(of: true)
    }

    /// Whether a build followed; nil where it doesn't show.
    private func isFollowed(_ dossier: BuildDossier) -> Bool? {
        switch advice.kind {
        case .cacheMount: return own(dossier).map { $0.instruction.utf8.contains("mount=type=cache") }
        case .copyOrder: return isCopyLater(dossier)
        case .pinnedBase: return isPinned(dossier)
        case .ignoreLine:
            let known = dossier.contexts.filter { $0.previous != nil }
            guard !known.isEmpty else { return nil }
            let isSeen = known.contains { $0.changes.contains { NeedlessFiles.line(for: $0.path) == advice.subject } }
            return !isSeen
        case .largeContext:
            guard let bytes = advice.evidence.bytes, dossier.record.traffic.sent > 0 else { return nil }
            return dossier.record.traffic.sent < bytes / 2
        case .argumentOrder, .parallelStages: return nil
        }
    }

    private func names(_ dossier: BuildDossier) -> [StepName] { dossier.steps.map { StepName($0.name) } }

    private func own(_ dossier: BuildDossier) -> StepName? {
        names(dossier).first { Self.plain($0.instruction) == command }
    }

    private func isCopyLater(_ dossier: BuildDossier) -> Bool? {
        let copy = Self.plain(advice.subject)
        guard let step = own(dossier)?.place else { return nil }
        let stage = own(dossier)?.stage
        let place = names(dossier).first { $0.stage == stage && Self.plain($0.instruction) == copy }?.place
        return place.map { $0 > step }
    }

    /// Whether the image is named by its digest alone; one that is named by a tag, too, looks as if it weren't pinned.
    private func isPinned(_ dossier: BuildDossier) -> Bool? {
        let image = StepName(advice.step ?? "").instruction
        let pinned = BaseAdvice.withoutTag(image)
        let bases = names(dossier).filter { $0.keyword == "FROM" }
        if bases.contains(where: { $0.instruction == image }) { return false }
        return bases.contains { $0.instruction == pinned && $0.baseDigest != nil } ? true : nil
    }
}
