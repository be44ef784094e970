import CaissonText

/// What stands around the first difference in both files: text where it is text, else some bytes.
package struct DifferenceExcerpt: Sendable, Hashable, CustomStringConvertible {
    /// What the first has.
    package var first: String
    /// What the second has.
    package var second: String
    /// Whether it is text; else it is bytes in hexadecimal digits.
    package var isText: Bool

    /// Both, such as `"…10:32:11" against "…10:33:02"`.
    package var description: String {
        isText ? "\(first.quoted) against \(second.quoted)" : "\(first) against \(second)"
    }
}

/// The bytes around the first difference of two files.
struct DifferenceContext {
    /// How many bytes are looked at on either side.
    static let reach = 512
    private static let mostBefore = 48
    private static let mostAfter = 72
    private static let fewestText = 4
    private static let shownBytes = 8

    /// What is before the difference, equal in both.
    let before: [UInt8]
    /// What the first has from there on.
    let first: [UInt8]
    /// What the second has from there on.
    let second: [UInt8]

    init(_ first: ArtifactBytes, _ second: ArtifactBytes, at offset: Int) throws(ArtifactProblem) {
        let start = max(0, offset - Self.reach)
        before = try first.prefix(offset - start, at: start)
        self.first = try first.prefix(Self.reach, at: offset)
        self.second = try second.prefix(Self.reach, at: offset)
    }

    init(before: [UInt8], first: [UInt8], second: [UInt8]) {
        (self.before, self.first, self.second) = (before, first, second)
    }

    /// The context of the text only: up to the nearest bytes that are no text, and within its line.
    var text: DifferenceContext {
        let isText = { (byte: UInt8) in Self.isText(byte) }
        return DifferenceContext(
            before: Array(before.reversed().prefix(while: isText).reversed()),
            first: Array(first.prefix(while: isText)),
            second: Array(second.prefix(while: isText))
        )
    }

    /// What is shown of it.
    ///
    /// - Parameter isLine: Whether it is known to be a line of a text, however short.
    func excerpt(isLine: Bool) -> DifferenceExcerpt? {
        let text = self.text
        let fewest = isLine ? 0 : Self.fewestText
        let sizes = [text.first, text.second].map { text.before.count + $0.count }
        if sizes.allSatisfy({ $0 >= fewest }), text.first != text.second {
            return DifferenceExcerpt(first: text.shown(text.first), second: text.shown(text.second), isText: true)
        }
        guard !first.isEmpty || !second.isEmpty else { return nil }
        return DifferenceExcerpt(first: Self.digits(first), second: Self.digits(second), isText: false)
    }

    private func shown(_ after: [UInt8]) -> String {
        let head = before.suffix(Self.mostBefore)
        let tail = after.prefix(Self.mostAfter)
        return (head.count < before.count ? "…" : "") + String(decoding: head + tail, as: UTF8.self)
            + (tail.count < after.count ? "…" : "")
    }

    private static func digits(_ bytes: [UInt8]) -> String {
        guard !bytes.isEmpty else { return "nothing" }
        return bytes.prefix(shownBytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }

    /// Whether a byte is of a line of text: printable ASCII, or a tab.
    static func isText(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) || byte == 0x09 }
}
