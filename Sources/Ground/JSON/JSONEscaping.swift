/// What a writer escapes in texts: quotes, backslashes and control characters always, the rest by one of these rules.
package enum JSONEscaping: Sendable, CaseIterable {
    /// As Go's `encoding/json`: also `<`, `>`, `&`, and the line ends U+2028 and U+2029, which HTML or JavaScript reads.
    case go
    /// As Go writes what came in a message: also U+FFFD, which stands there for bytes that were no UTF-8.
    case goMessage
    /// For reports that programs read: also DEL and the line ends.
    case report
    /// For lists that people look at: also all that is invisible, ends a line or turns the direction of writing.
    case display

    /// The bytes of ASCII that are escaped, a bit each: those below 64, then those below 128.
    var asciiMasks: (low: UInt64, high: UInt64) {
        let controlsAndQuote: UInt64 = 0xFFFF_FFFF | 1 << 0x22
        let backslash: UInt64 = 1 << (0x5C - 64)
        let delete: UInt64 = 1 << (0x7F - 64)
        return switch self {
        case .go, .goMessage: (controlsAndQuote | 1 << 0x26 | 1 << 0x3C | 1 << 0x3E, backslash)
        case .report, .display: (controlsAndQuote, backslash | delete)
        }
    }

    /// Whether a scalar beyond ASCII is escaped.
    func escapes(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x2028, 0x2029: true
        case 0xFFFD: self == .goMessage
        case 0x80..<0xA0, 0x061C, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF: self == .display
        default: false
        }
    }

    /// The letter after the backslash, where a byte has a short escape.
    func letter(of byte: UInt8) -> UInt8? {
        switch byte {
        case 0x22, 0x5C: byte
        case _ where self == .display: nil
        case 0x09: UInt8(ascii: "t")
        case 0x0A: UInt8(ascii: "n")
        case 0x0D: UInt8(ascii: "r")
        case 0x08 where self != .report: UInt8(ascii: "b")
        case 0x0C where self != .report: UInt8(ascii: "f")
        default: nil
        }
    }
}
