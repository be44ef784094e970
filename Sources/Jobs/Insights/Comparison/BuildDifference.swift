import CaissonBuildModel

/// Something in which the second of two builds differs from the first, for people to read.
package struct BuildDifference: Sendable, Hashable {
    /// What it is about.
    package enum Subject: Sendable, Hashable {
        /// How the builds ended.
        case status
        /// How long they ran.
        case run
        /// How long they waited for their turn.
        case wait
        /// The step at that place in `BuildComparison.steps`.
        case step(Int)
        /// The request, at that place in `BuildComparison.asked`.
        case asked(Int)
        /// The images.
        case images
    }

    /// What it is about.
    package var subject: Subject
    /// How much time the second build lost by it, negative where it gained some; nil where it isn't one of time.
    package var lost: Duration?
    /// A line such as `RUN make took 12.1 s longer`; control characters in names are escaped, long ones are cut.
    package var words: String
}

extension BuildComparison {
    /// Smaller differences in time aren't told.
    package static let leastTold = Duration.milliseconds(100)

    /// The differences, the weightiest first: how they ended; then those of time, the largest first; then all others.
    package var differences: [BuildDifference] {
        var ended: [BuildDifference] = []
        if !status.isEqual {
            let words = "the first build \(status.first.told), the second \(status.second.told)"
            ended.append(BuildDifference(subject: .status, words: words))
        }
        let found = [timed(.run, "the build ran", runs), timed(.wait, "the build waited", waits)].compactMap { $0 }
        let ofSteps = steps.indices.flatMap(differences(ofStep:))
        let ofTime = (found + ofSteps.filter { $0.lost != nil }).enumerated()
            .sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }
            .map(\.element)
        let ofImages = BuildDifference(subject: .images, words: "the images have different digests")
        return ended + ofTime + ofSteps.filter { $0.lost == nil }
            + asked.indices.map { BuildDifference(subject: .asked($0), words: asked[$0].told) }
            + (madeSameImages == false ? [ofImages] : [])
    }

    private func timed(
        _ subject: BuildDifference.Subject,
        _ name: String,
        _ times: ComparedPair<Duration?>
    ) -> BuildDifference? {
        guard let growth = times.growth, growth.size >= Self.leastTold else { return nil }
        return BuildDifference(subject: subject, lost: growth, words: "\(name) \(growth.asGrowth)")
    }

    private func differences(ofStep place: Int) -> [BuildDifference] {
        let step = steps[place]
        var found: [BuildDifference] = []
        let name = step.told
        let isLong = (step.growth?.size ?? .zero) >= Self.leastTold
        func add(_ words: String, lost: Duration? = nil) {
            found.append(BuildDifference(subject: .step(place), lost: lost, words: "\(name) \(words)"))
        }
        switch (step.first, step.second) {
        case (let first?, let second?):
            let length = isLong ? step.growth.map { " and took \($0.asGrowth)" } ?? "" : ""
            if first.outcome != second.outcome {
                let outcomes = "\(first.outcome.told) in the first build, \(second.outcome.told) in the second"
                add(outcomes + length, lost: isLong ? step.growth : nil)
            } else if isLong, let growth = step.growth {
                add("took \(growth.asGrowth)", lost: growth)
            }
            if let digest = first.baseDigest, let other = second.baseDigest, digest != other {
                add("has another base image: \(other.asShownName) instead of \(digest.asShownName)")
            }
        case (let first?, nil): add("is only in the first build\(first.took)", lost: isLong ? step.growth : nil)
        case (nil, let second?): add("is only in the second build\(second.took)", lost: isLong ? step.growth : nil)
        case (nil, nil): break
        }
        return found
    }
}

extension BuildDifference {
    fileprivate var weight: Duration { lost?.size ?? .zero }
}
