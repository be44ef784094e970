import CaissonText

/// A span of time as Go spells it: `90s`, `1h30m`, `500ms`; a bare number is seconds.
public struct Timespan: Sendable, Hashable {
    /// The span.
    public var duration: Duration

    /// Reads a span; nil where the text is none.
    public init?(parsing text: String) {
        guard let duration = GoDuration.parse(text) else { return nil }
        self.duration = duration
    }
}
