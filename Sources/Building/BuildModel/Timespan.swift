import CaissonText

/// A span of time as Go spells it: `90s`, `1h30m`, `500ms`; a bare number is seconds.
public struct Timespan: Sendable, Hashable {
    /// The span.
    public var duration: Duration

    /// Takes a span as it is.
    public init(_ duration: Duration) {
        self.duration = duration
    }

    /// Reads a span; nil where the text is none.
    public init?(parsing text: String) {
        guard let duration = GoDuration.parse(text) else { return nil }
        self.duration = duration
    }
}

extension Timespan: CustomStringConvertible {
    /// The span without what is zero: `1h30m`, `5m`, `1.5s`; whole milliseconds are told.
    public var description: String {
        let (whole, attoseconds) = duration.components
        guard duration > .zero else { return "0s" }
        let milliseconds = attoseconds / 1_000_000_000_000_000
        var text = whole >= 3600 ? "\(whole / 3600)h" : ""
        if whole % 3600 >= 60 { text += "\(whole % 3600 / 60)m" }
        let seconds = whole % 60
        guard milliseconds > 0 else { return seconds > 0 || text.isEmpty ? text + "\(seconds)s" : text }
        if text.isEmpty, seconds == 0 { return "\(milliseconds)ms" }
        var fraction = String(String(milliseconds + 1000).dropFirst())
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return text + "\(seconds).\(fraction)s"
    }
}
