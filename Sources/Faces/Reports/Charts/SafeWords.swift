import CaissonReporting

/// Texts of peers cut to a bound that is right for where they stand, and made harmless.
enum SafeWords {
    /// The most bytes of a name.
    static let name = 240
    /// The most bytes of a sentence.
    static let sentence = 1200
    /// The most lines of a step's output.
    static let lines = 30
    /// The most bytes of a line of output.
    static let line = 400

    /// One safe line of at most about `limit` bytes, with dots where something was cut off.
    static func text(_ text: String, _ limit: Int) -> String {
        // Escape sequences count before they are taken out: more is read than is kept.
        let safe = SafeText.line(text, limit: 4 * limit)
        guard safe.utf8.count > limit else { return safe }
        let bytes = Array(safe.utf8.prefix(limit + 1))
        let end = bytes.lastIndex { $0 & 0xC0 != 0x80 } ?? 0
        return String(decoding: bytes[..<end], as: UTF8.self) + "…"
    }

    /// The last lines of an output, each safe.
    static func log(_ log: [String]) -> [String] {
        log.suffix(lines).flatMap { text in
            SafeText.lines(Array(text.utf8.prefix(4 * line))).suffix(lines).map {
                self.text(SafeText.expandingTabs($0), line)
            }
        }.suffix(lines)
    }
}
