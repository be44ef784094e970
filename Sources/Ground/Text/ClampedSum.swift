extension FixedWidthInteger {
    /// The sum, or the largest or smallest number there is: figures of peers may be anything.
    package func clampedAdding(_ other: Self) -> Self {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? (other < 0 ? .min : .max) : sum
    }
}

extension Sequence where Element: FixedWidthInteger {
    /// The sum of all, clamped as with `clampedAdding`.
    package var clampedSum: Element { reduce(0) { $0.clampedAdding($1) } }
}
