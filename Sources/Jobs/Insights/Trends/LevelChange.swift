/// What is watched over the builds of a series.
package enum TrendQuantity: Sendable, Hashable {
    /// How long builds that ended well took, in seconds.
    case buildDuration
    /// Which share of the Dockerfile's steps that count in `CacheRates` came from the cache, from 0 to 1.
    case hitRate
    /// How large the image is, in bytes.
    case imageSize
    /// How long a step took where it really ran, in seconds: `StepName.identity`, and which one of that identity in its
    /// build, from 1.
    case step(String, occurrence: Int)

    /// Whether a higher level is what people don't want.
    var isBadWhenHigh: Bool { self != .hitRate }
}

/// A quantity's lasting change from one level to another.
package struct LevelChange: Sendable, Hashable {
    /// Where a quantity went.
    package enum Direction: Sendable, Hashable, CaseIterable {
        /// Slower, larger, fewer steps from the cache.
        case worse
        /// Faster, smaller, more steps from the cache.
        case better
    }

    /// What changed.
    package var quantity: TrendQuantity
    /// The first build of the new level.
    package var first: BuildMark
    /// The last build of the old level that the quantity is known of; what caused the change came after it.
    package var lastBefore: BuildMark
    /// The median of the old level, in the unit of the quantity.
    package var before: Double
    /// The median of the new level, likewise.
    package var after: Double
    /// The usual deviation from a level: a share of it (0.1 is 10 %); of the hit rate in its own unit.
    package var spread: Double
    /// How many values the old level has; at least 5.
    package var samplesBefore: Int
    /// How many values the new level has; at least 4.
    package var samplesAfter: Int
    /// A bound of the chance that a series without any change would have shown a change as clear as this one in any of
    /// its quantities; from 0 to 1.
    package var falseAlarm: Double

    /// Whether things got worse or better.
    package var direction: Direction { (after > before) == quantity.isBadWhenHigh ? .worse : .better }

    /// The new level less the old one, in the unit of the quantity.
    package var difference: Double { after - before }
}
