import CaissonGoRegex

/// Why an ignore file or one of its patterns can't be used.
package struct IgnoreFileError: Error, Sendable, Hashable {
    /// The kind of failure.
    package enum Code: Sendable, Hashable {
        /// A line is too long to be read.
        case lineTooLong
        /// A pattern can't be understood.
        case malformedPattern
    }

    /// The kind of failure.
    package var code: Code
    /// What failed, in which file, line and pattern.
    package var message: String

    /// Makes an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// An error about one pattern.
    static func malformed(_ pattern: [UInt8], at place: PatternPlace, _ reason: String) -> IgnoreFileError {
        IgnoreFileError(.malformedPattern, "\(place.prefix)syntax error in pattern \(quoted(pattern)): \(reason)")
    }
}

extension IgnoreFileError: CustomStringConvertible {
    /// The message alone.
    package var description: String { message }
}

/// Where a pattern was written, for messages.
package struct PatternPlace: Sendable, Hashable {
    /// The file's name as the user knows it, or another source of the pattern; may be empty.
    package var source: String
    /// The line in it, from 1; 0 when it has none.
    package var line: Int

    /// Makes a place.
    package init(source: String = "", line: Int = 0) {
        self.source = source
        self.line = line
    }

    /// `file:line: `, or as much of it as is known.
    var prefix: String {
        if source.isEmpty { return "" }
        return line > 0 ? "\(source):\(line): " : "\(source): "
    }
}

/// A pattern between quotes, safe to print: bytes that aren't printable text are written as `\xNN`.
func quoted(_ pattern: [UInt8]) -> String {
    var text = "\""
    var index = 0
    while index < pattern.count {
        let (scalar, width) = decodeScalar(pattern.span, at: index)
        let printable = scalar >= 0x20 && scalar != 0x7F && !(0x80..<0xA0).contains(scalar)
        if printable, width > 1 || scalar < 0x80, let value = Unicode.Scalar(scalar) {
            text.unicodeScalars.append(value)
        } else {
            for byte in pattern[index..<(index + width)] {
                text += (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16)
            }
        }
        index += width
    }
    return text + "\""
}
