import CaissonBuildModel

/// A step of two builds, or of one of them.
package struct StepComparison: Sendable, Hashable {
    /// How a step came out.
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// Its result came from the cache.
        case cached
        /// It ran and ended well.
        case ran
        /// It failed.
        case failed
        /// It ended with the build, or runs still.
        case unfinished
        /// It never began.
        case waiting
    }

    /// What is known of it in one build.
    package struct Figures: Sendable, Hashable {
        /// Its number there.
        package var number: Int
        /// Its name there; it may hold any characters.
        package var name: String
        /// How it came out.
        package var outcome: Outcome
        /// How long it ran; nil where it didn't end.
        package var duration: Duration?
        /// How many bytes it printed.
        package var logSize: Int64
        /// The digest of its base image; nil for other steps, and where none is told.
        package var baseDigest: String?

        init(_ step: StepRecord, in dossier: BuildDossier) {
            number = step.number
            name = step.name
            duration = dossier.wholeDuration(of: step)
            logSize = step.logSize
            baseDigest = StepName(step.name).baseDigest
            outcome =
                if !step.error.isEmpty {
                    .failed
                } else if step.isCached {
                    .cached
                } else if step.completed != nil {
                    .ran
                } else {
                    step.started == nil ? .waiting : .unfinished
                }
        }
    }

    /// What tells it from others in both builds; see `StepName.identity`.
    package var identity: String
    /// The how-manieth of that identity it is, from 0.
    package var occurrence: Int
    /// What is known of it in the first build; nil where that hasn't got it.
    package var first: Figures?
    /// What is known of it in the second build; nil where that hasn't got it.
    package var second: Figures?
    /// Whether it comes in another order in the second build.
    package var isMoved = false

    /// How much longer the second build spent on it, negative where that got shorter; nil where a time isn't known.
    ///
    /// Of a step that only one build has it is all of its time.
    package var growth: Duration? {
        switch (first, second) {
        case (let first?, let second?): ComparedPair(first.duration, second.duration).growth
        case (let first?, nil): first.duration.map { .zero - $0 }
        case (nil, let second?): second.duration
        case (nil, nil): nil
        }
    }

    /// Whether it was cached in one build and ran in the other.
    package var changedCaching: Bool {
        guard let first, let second else { return false }
        return (first.outcome == .cached) != (second.outcome == .cached)
    }
}

extension StepComparison {
    /// The steps of two builds side by side, in the second one's order; what only the first has stands behind what it
    /// stood behind there.
    ///
    /// Steps of one identity are the same, the first with the first, the second with the second. The longest row of
    /// them that is in the same order in both stays in place, the others are moved: the engine tells stages that run at
    /// the same time in any order.
    static func all(_ a: BuildDossier, _ b: BuildDossier) -> [StepComparison] {
        let (keysOfA, keysOfB) = (StepOccurrence.all(of: a.steps), StepOccurrence.all(of: b.steps))
        let placesInA = Dictionary(zip(keysOfA, keysOfA.indices)) { first, _ in first }
        let partners = keysOfB.map { placesInA[$0] }
        let matched = partners.compactMap { $0 }
        let kept = Set(longestRising(matched))
        var taken = Set(matched)
        var rows: [StepComparison] = []
        var next = 0
        func passOver(until end: Int) {
            while next < end {
                if taken.insert(next).inserted { rows.append(StepComparison(keysOfA[next], a, next, b, nil)) }
                next += 1
            }
        }
        for (place, partner) in partners.enumerated() {
            let isKept = partner.map(kept.contains) ?? false
            if let partner, isKept { passOver(until: partner) }
            var row = StepComparison(keysOfB[place], a, partner, b, place)
            row.isMoved = partner != nil && !isKept
            rows.append(row)
        }
        passOver(until: keysOfA.count)
        return rows
    }

    private init(_ key: StepOccurrence, _ a: BuildDossier, _ inA: Int?, _ b: BuildDossier, _ inB: Int?) {
        identity = key.identity
        occurrence = key.count
        first = inA.map { Figures(a.steps[$0], in: a) }
        second = inB.map { Figures(b.steps[$0], in: b) }
    }

    /// The longest row of different numbers that rise, in their order.
    static func longestRising(_ numbers: [Int]) -> [Int] {
        // Of the rows of each length the place of the end that is least; and what comes before each place.
        var ends: [Int] = []
        var before: [Int?] = []
        for (place, number) in numbers.enumerated() {
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if numbers[ends[middle]] < number { low = middle + 1 } else { high = middle }
            }
            before.append(low > 0 ? ends[low - 1] : nil)
            if low == ends.count { ends.append(place) } else { ends[low] = place }
        }
        var row: [Int] = []
        var place = ends.last
        while let current = place {
            row.append(numbers[current])
            place = before[current]
        }
        return row.reversed()
    }
}
