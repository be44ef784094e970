/// A `.dockerignore` after reading: its patterns in order, cleaned as Docker cleans them, not yet compiled.
///
/// The rules are exactly those of `patternmatcher/ignorefile`: a comment starts in the first column, white space at
/// both ends is removed, `./`, `//`, `..` and a leading `/` are cleaned away, and a line of 64 KiB makes the file
/// unreadable.
package struct IgnoreFile: Sendable, Hashable {
    /// One pattern and the line it stands in.
    package struct Rule: Sendable, Hashable {
        /// The line, from 1.
        package var line: Int
        /// The pattern, with its `!` when it is an exception.
        package var pattern: [UInt8]
    }

    /// The longest line that is read, without its end.
    package static let longestLine = 64 * 1024 - 1

    /// The file's name, for messages.
    package var name: String
    /// The patterns in the file's order.
    package var rules: [Rule] = []

    /// Reads the bytes of an ignore file.
    package init(parsing bytes: [UInt8], name: String = ".dockerignore") throws(IgnoreFileError) {
        self.name = name
        var start = 0
        var number = 0
        while start < bytes.count {
            number += 1
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            guard end - start <= Self.longestLine else {
                throw IgnoreFileError(
                    .lineTooLong,
                    "\(name):\(number): the line is longer than \(Self.longestLine) bytes; split it"
                )
            }
            if let pattern = Self.pattern(in: bytes[start..<end], isFirst: number == 1) {
                rules.append(Rule(line: number, pattern: pattern))
            }
            start = end + 1
        }
    }

    /// The patterns alone, as they are sent to an engine or given to a matcher.
    package var patterns: [[UInt8]] { rules.map(\.pattern) }

    /// Compiles the patterns.
    package func matcher() throws(IgnoreFileError) -> PatternMatcher {
        try PatternMatcher(rules.map { ($0.pattern, PatternPlace(source: name, line: $0.line)) })
    }

    private static func pattern(in line: ArraySlice<UInt8>, isFirst: Bool) -> [UInt8]? {
        var line = line
        if isFirst, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        if line.first == UInt8(ascii: "#") { return nil }
        line = trimmed(line)
        guard let first = line.first else { return nil }
        let isException = first == UInt8(ascii: "!")
        if isException { line = trimmed(line.dropFirst()) }
        var pattern: [UInt8] = []
        if !line.isEmpty {
            pattern = cleanedPath(line)
            if pattern.count > 1, pattern.first == slash { pattern.removeFirst() }
        }
        return isException ? [UInt8(ascii: "!")] + pattern : pattern
    }
}
