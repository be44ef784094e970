/// Any texts as words of a Dockerfile, so that neither its reader nor a shell finds anything in them.
///
/// A line longer than 64 KiB is refused by BuildKit's reader, so long words go over several: a backslash ends each but
/// the last. The next one never begins with a blank or with `#`, which would be a comment.
package struct DockerfileWords: Sendable {
    /// Makes an empty text.
    package init() {}

    /// What is written so far.
    package private(set) var text = ""
    private var lineLength = 0
    /// How long a line becomes before it is broken.
    private static let longestLine = 16_000
    /// The build argument whose value is a line's end, as no other way leads from a Dockerfile to one.
    package static let newline = "CAISSON_NEWLINE"

    /// Writes a text that is a Dockerfile's own.
    package mutating func append(_ plain: String) {
        text += plain
        lineLength += plain.utf8.count
    }

    /// Ends the line.
    package mutating func endLine() {
        text += "\n"
        lineLength = 0
    }

    // MARK: Values

    /// Writes a value of `ENV` or `WORKDIR`: in single quotes, between which no `$` and no backslash means anything.
    package mutating func append(value: String) {
        append("'")
        for scalar in value.unicodeScalars {
            if lineLength > Self.longestLine {
                append("'\\")
                endLine()
                append("'")
            }
            switch scalar {
            case "'": append("'\\''")
            case "\n": append("'\"${\(Self.newline)}\"'")
            default: append(String(scalar))
            }
        }
        append("'")
    }

    // MARK: Exec form

    /// Writes a command as `RUN` takes it without a shell: a JSON list of texts.
    package mutating func append(command words: [String]) {
        append("[")
        for (place, word) in words.enumerated() {
            append(place == 0 ? "\"" : ",\"")
            for scalar in word.unicodeScalars { append(inText: scalar) }
            append("\"")
        }
        append("]")
    }

    private mutating func append(inText scalar: Unicode.Scalar) {
        guard lineLength <= Self.longestLine else {
            // Newer readers take a backslash behind another one for no end of a line that goes on.
            if text.utf8.last != UInt8(ascii: "\\") {
                append("\\")
                endLine()
            }
            return append(Self.escape(scalar))
        }
        switch scalar {
        case "\"", "\\": append("\\" + String(scalar))
        // `<<` would begin a heredoc, and a `$` is replaced in the name that a step is shown under.
        case "<", ">", "&", "$", "\u{0}"..<" ", "\u{7F}": append(Self.escape(scalar))
        default: append(String(scalar))
        }
    }

    /// A scalar as JSON's `\u0041`, or as a pair of these.
    private static func escape(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16.reduce(into: "") { text, unit in
            let digits = String(unit, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }
}
