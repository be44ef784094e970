import CaissonText

extension TOMLValue {
    /// Reads a text: the table of all that is in it.
    package init(parsing text: String, limits: TOMLLimits = TOMLLimits()) throws(TOMLError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    /// Reads a text in UTF-8: the table of all that is in it.
    ///
    /// The language is that of https://toml.io/en/v1.0.0, and of 1.1 the lines, comments and last commas in inline tables and
    /// the escapes `\e` and `\xHH`.
    package init(parsing bytes: [UInt8], limits: TOMLLimits = TOMLLimits()) throws(TOMLError) {
        let start = TextPlace(line: 1, column: 1)
        guard bytes.count <= limits.bytes else {
            throw TOMLError(start, "the text has \(bytes.count) bytes; no more than \(limits.bytes) are read")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw TOMLError(start, "the text is not in UTF-8; save it so")
        }
        var reader = TOMLReader(bytes, limits)
        self = try reader.document()
    }
}
