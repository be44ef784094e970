import CaissonReporting

/// Bars of block characters.
enum TextBars {
    private static let heights = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// A bar for a share, `cells` cells wide.
    static func meter(_ share: Double, _ cells: Int) -> String {
        let full = min(max(Int((share * Double(cells)).rounded()), share > 0 ? 1 : 0), max(0, cells))
        return String(repeating: "█", count: full) + String(repeating: "░", count: max(0, cells - full))
    }

    /// A row of bars for values from 0 to 1, a cell each; a blank where there is none.
    static func spark(_ values: [Double?]) -> String {
        values.map { value in
            value.map { heights[min(max(Int($0 * Double(heights.count)), 0), heights.count - 1)] } ?? " "
        }.joined()
    }

    /// A bar from one place to another, 0 to 1, in `cells` cells, with dots for the wait before it.
    static func span(_ place: ClosedRange<Double>, waitFrom: Double?, _ cells: Int, _ fill: String) -> String {
        guard cells > 0 else { return "" }
        let last = cells - 1
        let start = min(max(Int(place.lowerBound * Double(cells)), 0), last)
        let end = min(max(Int((place.upperBound * Double(cells)).rounded(.up)), start), cells)
        let wait = min(max(waitFrom.map { Int($0 * Double(cells)) } ?? start, 0), start)
        let isShort = (place.upperBound - place.lowerBound) * Double(cells) < 0.5
        let bar = isShort ? "▏" : String(repeating: fill, count: max(1, end - start))
        let lead = String(repeating: " ", count: wait) + String(repeating: "·", count: start - wait)
        let used = start + (isShort ? 1 : max(1, end - start))
        return lead + bar + String(repeating: " ", count: max(0, cells - used))
    }
}
