import CaissonText

/// The variables in a Dockerfile's words: which are used, and what BuildKit expands them to.
package struct Expansion: Sendable, Hashable {
    /// A use of a variable.
    package struct Use: Sendable, Hashable {
        /// The name.
        package var name: String
        /// Where `$name` or `${name…}` is in the text that was read.
        package var range: Range<Int>
        /// `:-`, `-`, `:+`, `+`, `:?`, `?`, `#`, `%`, `/` of `${name…}`; empty if there is none.
        package var modifier: String
        /// Where the text after the modifier is.
        package var operand: Range<Int>
    }

    /// The text without quotes and escapes, variables kept.
    package static func unquoted(_ text: String, escape: UInt8 = UInt8(ascii: "\\")) -> String {
        guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x27 || $0 == escape }) else { return text }
        var out: [UInt8] = []
        var quote: UInt8 = 0
        var isEscaped = false
        for byte in text.utf8 {
            if isEscaped {
                isEscaped = false
                if quote == 0x22, byte != 0x22, byte != 0x24, byte != escape { out.append(escape) }
                out.append(byte)
            } else if byte == escape, quote != 0x27 {
                isEscaped = true
            } else if quote == 0, byte == 0x22 || byte == 0x27 {
                quote = byte
            } else if byte == quote, quote != 0 {
                quote = 0
            } else {
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The variables that a text uses, nested ones included.
    /// - Parameters:
    ///   - quotes: Whether a `$` in single quotes is an ordinary character.
    package static func uses(
        in bytes: ArraySlice<UInt8>,
        escape: UInt8 = UInt8(ascii: "\\"),
        quotes: Bool = true
    ) -> [Use] {
        guard bytes.contains(0x24) else { return [] }
        var scanner = ExpansionScanner(bytes: bytes, escape: escape, quotes: quotes)
        scanner.scan(upTo: bytes.endIndex, depth: 0)
        return scanner.uses
    }

    /// The text with its variables replaced by their values; nil where BuildKit would refuse it.
    /// - Parameters:
    ///   - value: Returns the value of a name; nil if it isn't set.
    package static func expand(
        _ text: String,
        escape: UInt8 = UInt8(ascii: "\\"),
        value: (String) -> String?
    ) -> String? {
        withoutActuallyEscaping(value) { value in
            var expander = Expander(bytes: Array(text.utf8), escape: escape) { name in
                value(name).map { .set($0) } ?? .unset
            }
            return (try? expander.expand()).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Whether BuildKit can read a line as words, whatever its variables are.
    static func isReadable(_ line: [UInt8]) -> Bool {
        var expander = Expander(bytes: line, escape: UInt8(ascii: "\\")) { _ in .unknown }
        expander.checksPatterns = false
        do {
            _ = try expander.expand()
            return true
        } catch {
            return !error.isBuildKits
        }
    }
}

/// Finds `$name` and `${name…}`.
struct ExpansionScanner {
    let bytes: ArraySlice<UInt8>
    let escape: UInt8
    let quotes: Bool
    var uses: [Expansion.Use] = []

    init(bytes: ArraySlice<UInt8>, escape: UInt8, quotes: Bool) {
        self.bytes = bytes
        self.escape = escape
        self.quotes = quotes
    }

    mutating func scan(upTo end: Int, depth: Int, from start: Int? = nil) {
        var index = start ?? bytes.startIndex
        var inDouble = false
        while index < end {
            let byte = bytes[index]
            if byte == escape {
                index += 2
            } else if quotes, byte == 0x22 {
                inDouble.toggle()
                index += 1
            } else if quotes, byte == 0x27, !inDouble {
                index += 1
                while index < end, bytes[index] != 0x27 { index += 1 }
                index += 1
            } else if byte == 0x24 {
                index = dollar(at: index, end: end, depth: depth)
            } else {
                index += 1
            }
        }
    }

    private mutating func dollar(at start: Int, end: Int, depth: Int) -> Int {
        var index = start + 1
        guard index < end else { return index }
        let isBraced = bytes[index] == 0x7B
        if isBraced { index += 1 }
        let nameStart = index
        while index < end, Ascii.isNameByte(bytes[index]) { index += 1 }
        guard index > nameStart, !Ascii.isDigit(bytes[nameStart]) else { return max(index, start + 1) }
        let name = String(decoding: bytes[nameStart..<index], as: UTF8.self)
        guard isBraced else {
            uses.append(Expansion.Use(name: name, range: start..<index, modifier: "", operand: index..<index))
            return index
        }
        let modifierStart = index
        while index < end, index - modifierStart < 2, [0x3A, 0x2D, 0x2B, 0x3F, 0x23, 0x25, 0x2F].contains(bytes[index])
        {
            index += 1
        }
        let close = closing(from: index, end: end)
        let modifier = String(decoding: bytes[modifierStart..<index], as: UTF8.self)
        uses.append(
            Expansion.Use(name: name, range: start..<min(close + 1, end), modifier: modifier, operand: index..<close)
        )
        if depth < 20 { scan(upTo: close, depth: depth + 1, from: index) }
        return min(close + 1, end)
    }

    private func closing(from start: Int, end: Int) -> Int {
        var index = start
        var depth = 0
        while index < end {
            let byte = bytes[index]
            if byte == escape {
                index += 1
            } else if byte == 0x24, index + 1 < end, bytes[index + 1] == 0x7B {
                depth += 1
                index += 1
            } else if byte == 0x7D {
                if depth == 0 { return index }
                depth -= 1
            }
            index += 1
        }
        return end
    }
}
