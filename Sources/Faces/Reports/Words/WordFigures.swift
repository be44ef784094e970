import CaissonBuildModel
import CaissonInsights
import CaissonReporting
import CaissonText

/// Figures in the texts of this folder.
enum WordFigures {
    /// Shorter spans are told as none.
    static let shortest = Duration.milliseconds(50)
    private static let longest = Duration.seconds(1_000_000_000_000)

    /// A span such as `12.3s`; empty where it isn't known.
    static func span(_ span: Duration?) -> String { span.map { SpanText.exact(bounded($0)) } ?? "" }

    /// A difference such as `+3.1s` or `-0.4s`; empty where it isn't known or is next to nothing.
    static func growth(_ growth: Duration?) -> String {
        guard let growth = growth.map({ bounded($0) }), growth >= shortest || growth <= .zero - shortest else {
            return ""
        }
        return growth < .zero ? "-" + SpanText.exact(.zero - growth) : "+" + SpanText.exact(growth)
    }

    /// How a difference in time looks: a loss is a warning.
    static func look(_ growth: Duration?) -> WordLines.Look {
        guard let growth, growth >= shortest || growth <= .zero - shortest else { return .plain }
        return growth < .zero ? .good : .warning
    }

    /// A difference of amounts such as `+3.15MB`; empty where one isn't known or both are the same.
    static func growth(ofBytes first: Int64?, _ second: Int64?) -> String {
        guard let first, let second, first != second else { return "" }
        let growth = max(0, second) - max(0, first)
        return growth == 0 ? "" : (growth > 0 ? "+" : "-") + Quantity.bytes(abs(growth))
    }

    /// Such as `1 step` or `14 steps`.
    static func steps(_ count: Int) -> String { Figure.count(count, "step") }

    /// Such as `and 1 other` or `and 12 others`.
    static func others(_ count: Int) -> String { "and \(Figure.count(count)) \(count == 1 ? "other" : "others")" }

    /// The step's name without the digest of a base image; on the sheet it is made safe.
    ///
    /// - Parameter isShort: Whether its stage and place are left out, too.
    static func name(_ name: String, isShort: Bool = false) -> String {
        let taken = StepName(String(decoding: name.utf8.prefix(SafeText.limit), as: UTF8.self))
        let place = taken.place.map { place in taken.count.map { "\(place)/\($0)" } ?? "\(place)" }
        let brackets = [taken.stage, place ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        let words = taken.instruction.isEmpty ? "(no name)" : taken.instruction
        return isShort || brackets.isEmpty ? words : "[\(brackets)] \(words)"
    }

    /// A bar for a share, so many cells wide; empty where the share isn't known.
    static func bar(_ share: Double?, _ cells: Int, _ layout: TextLayout) -> String {
        guard let share = Figure.share(share), cells > 0 else { return "" }
        let full = min(max(Int((share * Double(cells)).rounded()), share > 0 ? 1 : 0), cells)
        let (filled, empty) = layout.drawsUnicode ? ("█", "░") : ("#", ".")
        return String(repeating: filled, count: full) + String(repeating: empty, count: cells - full)
    }

    /// The first digits of a digest, without its algorithm.
    static func digest(_ digest: String?) -> String {
        guard let digest else { return "" }
        let bare = digest.hasPrefix("sha256:") ? String(digest.dropFirst("sha256:".count)) : digest
        return String(SafeText.line(bare, limit: 256).prefix(12))
    }

    private static func bounded(_ span: Duration) -> Duration { min(max(span, .zero - longest), longest) }
}
