import CaissonText

/// Makes a peer's text fit for a terminal or a log file: valid UTF-8, one line, nothing that moves a cursor.
///
/// Names, errors and output of steps come from whoever wrote the Dockerfile or runs the engine. Escape sequences are
/// removed whole, so that no `[31m` is left; other control characters are dropped; line breaks become spaces, so that a
/// text can't forge a line of ours; characters that force a direction of writing become U+FFFD, while marks that
/// only say how neutral ones go (U+200E, U+200F, U+061C) stay, as in names and texts of such languages.
package enum SafeText {
    /// The longest text that is kept of a name or an error, in bytes.
    package static let limit = 8 * 1024

    /// Makes one safe line of bytes that may be invalid UTF-8; tabs stay if `keepsTabs` is true.
    package static func line(_ bytes: some Collection<UInt8>, keepsTabs: Bool = false) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        let isHarmless = text.utf8.allSatisfy { ($0 >= 0x20 && $0 < 0x7F) || (keepsTabs && $0 == 0x09) }
        if isHarmless { return text }
        return line(of: text, keepsTabs: keepsTabs)
    }

    /// Makes one safe line of a text, cut at `limit` bytes.
    package static func line(_ text: String, limit: Int = limit) -> String {
        guard text.utf8.count > limit else { return line(text.utf8) }
        return line(text.utf8.prefix(limit)) + "..."
    }

    /// Makes safe lines of bytes that have line breaks.
    package static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line($0, keepsTabs: true) }
    }

    /// The text with tabs widened to the next multiple of eight cells.
    package static func expandingTabs(_ text: String) -> String {
        guard text.utf8.contains(0x09) else { return text }
        var out = ""
        var column = 0
        for character in text {
            if character == "\t" {
                let gap = 8 - column % 8
                out += String(repeating: " ", count: gap)
                column += gap
            } else {
                out.append(character)
                column += CellWidth.cells(character)
            }
        }
        return out
    }

    private static func line(of text: String, keepsTabs: Bool) -> String {
        var out = String.UnicodeScalarView()
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let scalar = scalars[index]
            if scalar.value == 0x1B || scalar.value == 0x9B {
                index = endOfSequence(at: index, in: scalars)
                continue
            }
            if let byte = scalar.shownByte {
                out += byte.unicodeScalars
            } else if let kept = replacement(of: scalar, keepsTabs: keepsTabs) {
                out.append(kept)
            }
            index = scalars.index(after: index)
        }
        return String(out)
    }

    /// What is shown for a scalar outside of escape sequences; nil for nothing.
    private static func replacement(of scalar: Unicode.Scalar, keepsTabs: Bool) -> Unicode.Scalar? {
        switch scalar.value {
        case 0x09: keepsTabs ? scalar : " "
        case 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029: " "
        case 0..<0x20, 0x7F..<0xA0, 0xFEFF: nil
        case 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
        default: scalar
        }
    }

    /// The index after the escape sequence at `start` (ECMA-48): CSI, a string such as OSC, or a short one.
    private static func endOfSequence(
        at start: String.UnicodeScalarView.Index,
        in scalars: String.UnicodeScalarView
    ) -> String.UnicodeScalarView.Index {
        var index = scalars.index(after: start)
        guard index < scalars.endIndex else { return index }
        var kind = scalars[index].value
        if scalars[start].value == 0x9B {
            kind = 0x5B
        } else {
            index = scalars.index(after: index)
        }
        switch kind {
        case 0x5B:
            while index < scalars.endIndex, (0x20...0x3F).contains(scalars[index].value) {
                index = scalars.index(after: index)
            }
            guard index < scalars.endIndex, (0x40...0x7E).contains(scalars[index].value) else { return index }
            return scalars.index(after: index)
        case 0x5D, 0x50, 0x58, 0x5E, 0x5F:
            return endOfString(after: index, in: scalars)
        case 0x20...0x2F:
            guard index < scalars.endIndex, (0x20...0x7E).contains(scalars[index].value) else { return index }
            return scalars.index(after: index)
        case 0x30...0x7E:
            return index
        default:
            return scalars.index(after: start)
        }
    }

    /// The index after a control string's terminator (BEL or ESC \); without one, where its text starts.
    private static func endOfString(
        after start: String.UnicodeScalarView.Index,
        in scalars: String.UnicodeScalarView
    ) -> String.UnicodeScalarView.Index {
        var index = start
        while index < scalars.endIndex {
            let value = scalars[index].value
            index = scalars.index(after: index)
            if value == 0x07 || value == 0x9C { return index }
            if value == 0x1B {
                guard index < scalars.endIndex, scalars[index].value == 0x5C else {
                    return scalars.index(before: index)
                }
                return scalars.index(after: index)
            }
        }
        return start
    }
}
