package import CaissonBuildModel

/// Two builds side by side, all of it as figures.
package struct BuildComparison: Sendable, Hashable {
    /// The builds.
    package var ids: ComparedPair<BuildID>
    /// What they were asked for differently.
    package var asked: [AskedDifference]
    /// How they stand.
    package var status: ComparedPair<BuildStatus>
    /// How long they waited for their turn; nil where they didn't begin.
    package var waits: ComparedPair<Duration?>
    /// How long they ran; nil where they didn't end.
    package var runs: ComparedPair<Duration?>
    /// What their steps took, one added to the other: more than the run where steps ran at the same time.
    package var work: ComparedPair<Duration>
    /// Their steps, those of the same identity side by side.
    package var steps: [StepComparison]
    /// How many steps there are.
    package var stepCounts: ComparedPair<Int>
    /// How many steps came from the cache.
    package var cachedSteps: ComparedPair<Int>
    /// What they moved.
    package var traffic: ComparedPair<BuildTraffic>
    /// How many bytes their steps printed.
    package var logSizes: ComparedPair<Int64>
    /// The images that they made.
    package var images: [ComparedImage]
    /// Whether they made the same images, whatever their names; nil where one made none whose digest is known.
    package var madeSameImages: Bool?
    /// Their numbers; nil where they didn't end well.
    package var statistics: ComparedPair<BuildStatistics?>
    /// What only one of them left, beside images.
    package var artifacts: ComparedPair<[BuildArtifact]>
    /// Why they failed, in a line that may hold any characters; nil where they didn't.
    package var errors: ComparedPair<String?>

    /// Compares two builds, which needn't be of one series; in a time that hardly grows faster than their steps.
    package init(_ first: BuildDossier, _ second: BuildDossier) {
        let (a, b) = (first.record, second.record)
        ids = ComparedPair(a.id, b.id)
        asked = AskedDifference.all(a, b)
        status = ComparedPair(a.status, b.status)
        waits = ComparedPair(a.waited?.inWholeNanoseconds, b.waited?.inWholeNanoseconds)
        runs = ComparedPair(a.duration, b.duration)
        work = ComparedPair(Self.work(first), Self.work(second))
        steps = StepComparison.all(first, second)
        stepCounts = ComparedPair(a.steps, b.steps)
        cachedSteps = ComparedPair(a.cachedSteps, b.cachedSteps)
        traffic = ComparedPair(a.traffic, b.traffic)
        logSizes = ComparedPair(a.logSize, b.logSize)
        images = ComparedImage.all(a.images, b.images)
        let (made, madeBySecond) = (Self.digests(a.images), Self.digests(b.images))
        madeSameImages = made.isEmpty || madeBySecond.isEmpty ? nil : made == madeBySecond
        statistics = ComparedPair(a.statistics, b.statistics)
        artifacts = ComparedPair(
            Self.artifacts(of: first, notOf: second),
            Self.artifacts(of: second, notOf: first)
        )
        errors = ComparedPair(first.error?.message, second.error?.message)
    }

    private static func work(_ dossier: BuildDossier) -> Duration {
        dossier.steps.reduce(.zero) { $0 + (dossier.wholeDuration(of: $1) ?? .zero) }
    }

    private static func digests(_ images: [ImageArtifact]) -> Set<String> {
        Set(images.compactMap { $0.digest ?? $0.id })
    }

    private static func artifacts(of dossier: BuildDossier, notOf other: BuildDossier) -> [BuildArtifact] {
        let others = Set(other.artifacts)
        return dossier.artifacts.filter { artifact in
            if case .image = artifact { false } else { !others.contains(artifact) }
        }
    }
}
