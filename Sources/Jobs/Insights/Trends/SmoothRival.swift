/// What could be taken for a step: a slow drift, or the course of a day.
///
/// A change is claimed only where a step fits the values better than either.
enum SmoothRival {
    /// A machine isn't busier by day than that makes of the logarithm of a duration: some 35 %.
    private static let largestDay = 0.3
    /// By how much a step must fit better than the course of a day, which is known to come.
    private static let margin = 1.05

    /// Whether a line or the course of a day fits the values at least as well as a step does.
    static func fits(_ test: SplitTest, _ phases: ArraySlice<DayPhase>) -> Bool {
        let values = test.tamed
        var step = Regressor(values)
        if !test.daily.isEmpty { step.fit(test.daily) }
        step.fit(values.indices.map { $0 < test.place ? 0 : 1 })
        var line = Regressor(values)
        if !test.daily.isEmpty { line.fit(test.daily) }
        line.fit(values.indices.map(Double.init))
        guard step.squares < line.squares else { return true }
        guard abs(test.after - test.before) < largestDay else { return false }
        var day = Regressor(values)
        day.fit(phases.map(\.x))
        day.fit(phases.map(\.y))
        return step.squares * margin >= day.squares
    }
}
