/// A place in a text: line and column, both from 1; columns are scalars of Unicode.
package struct TextPlace: Sendable, Hashable, CustomStringConvertible {
    /// The line.
    package var line: Int
    /// The column.
    package var column: Int

    /// Makes a place.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Line and column with a colon between them.
    package var description: String { "\(line):\(column)" }

    /// The place of a byte in UTF-8.
    package init(of offset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(max(0, offset))
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        line = 1 + before.count { $0 == 0x0A }
        column = 1 + before[lineStart...].count { $0 & 0xC0 != 0x80 }
    }
}
