import CaissonBuildModel

/// Times as whole numbers, as they stand in the database: nanoseconds, which reach from 1678 to 2262.
extension Timestamp {
    /// Nanoseconds since 1970; times out of reach are the nearest that can be told.
    var storedNanoseconds: Int64 {
        let (whole, isOver) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isStillOver) = whole.addingReportingOverflow(Int64(nanoseconds))
        return isOver || isStillOver ? (seconds < 0 ? .min : .max) : sum
    }

    /// The time of so many nanoseconds since 1970.
    init(storedNanoseconds: Int64) {
        let (whole, part) = storedNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        self.init(
            seconds: part < 0 ? whole - 1 : whole,
            nanoseconds: Int32(part < 0 ? part + 1_000_000_000 : part)
        )
    }
}

extension Duration {
    /// Nanoseconds; what is too long is the longest that can be told.
    var storedNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, isOver) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isStillOver) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isOver || isStillOver ? (seconds < 0 ? .min : .max) : sum
    }
}
