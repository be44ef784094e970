/// Numbers in a form for people, without a locale.
package enum Quantity {
    /// A number with a fixed count of decimals (at most 3).
    package static func decimal(_ value: Double, _ decimals: Int) -> String {
        let factor = decimals == 1 ? 10.0 : decimals == 2 ? 100.0 : decimals == 3 ? 1000.0 : 1.0
        // A peer's timestamps may be anything: longer times than any build takes are cut off, so that the conversion
        // can't trap.
        let bounded = value.isNaN ? 0 : min(max(value, -1e12), 1e12)
        let scaled = Int64((bounded * factor).rounded(.toNearestOrEven))
        guard decimals > 0 else { return String(scaled) }
        let whole = scaled.magnitude / UInt64(factor)
        let part = String(scaled.magnitude % UInt64(factor))
        let zeros = String(repeating: "0", count: decimals - part.utf8.count)
        return "\(scaled < 0 ? "-" : "")\(whole).\(zeros)\(part)"
    }

    /// A count of bytes with decimal units: `12B`, `3.15MB`.
    package static func bytes(_ count: Int64) -> String {
        let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
        guard count.magnitude >= 1000 else { return "\(count)B" }
        var value = Double(count)
        var unit = ""
        for name in units where value.magnitude >= 1000 || unit.isEmpty {
            value /= 1000
            unit = name
        }
        return decimal(value, 2) + unit
    }

    /// A counter: `3.15MB / 31.47MB`, or the amount alone when the total isn't known; nil when nothing was counted.
    package static func progress(_ current: Int64, of total: Int64) -> String? {
        if total != 0 { return "\(bytes(current)) / \(bytes(total))" }
        return current != 0 ? bytes(current) : nil
    }
}
