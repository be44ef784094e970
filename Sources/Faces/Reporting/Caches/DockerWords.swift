import CaissonBuildModel

/// Sizes and spans as docker and buildx write them (docker/go-units), so that their users find the same figures here.
enum DockerWords {
    /// A count of bytes with four digits at most: `0B`, `4.096kB`, `1.131MB`.
    static func size(_ bytes: Int64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        guard unit > 0 else { return "\(bytes)B" }
        let decimals = value < 10 ? 3 : value < 100 ? 2 : value < 1000 ? 1 : 0
        var text = Substring(Quantity.decimal(value, decimals))
        if decimals > 0 {
            while text.last == "0" { text = text.dropLast() }
            if text.last == "." { text = text.dropLast() }
        }
        return text + units[unit]
    }

    /// How long ago a moment was: `2 hours ago`; a moment to come is as now.
    static func ago(_ moment: Timestamp, now: Timestamp) -> String { span(now.seconds(since: moment)) + " ago" }

    private static func span(_ seconds: Double) -> String {
        guard seconds >= 1 else { return "Less than a second" }
        let whole = Int64(min(seconds, 1e15))
        let hours = Int64((min(seconds, 1e15) / 3600 + 0.5).rounded(.down))
        switch (whole, hours) {
        case (1, _): return "1 second"
        case (..<60, _): return "\(whole) seconds"
        case (..<120, _): return "About a minute"
        case (..<3600, _): return "\(whole / 60) minutes"
        case (_, 1): return "About an hour"
        case (_, ..<48): return "\(hours) hours"
        case (_, ..<(24 * 7 * 2)): return "\(hours / 24) days"
        case (_, ..<(24 * 30 * 2)): return "\(hours / 24 / 7) weeks"
        case (_, ..<(24 * 365 * 2)): return "\(hours / 24 / 30) months"
        default: return "\(whole / 3600 / 24 / 365) years"
        }
    }
}
