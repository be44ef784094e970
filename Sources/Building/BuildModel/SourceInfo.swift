/// A source file that an engine refers to in a warning or an error: its name and its whole text.
public struct SourceInfo: Sendable, Hashable {
    /// The file's name as the front end knows it, such as `Dockerfile`.
    public var filename: String
    /// The file's content.
    public var data: [UInt8]
    /// The language, such as `Dockerfile`; may be empty.
    public var language: String

    /// Makes a source file.
    public init(filename: String, data: [UInt8], language: String = "") {
        self.filename = filename
        self.data = data
        self.language = language
    }
}

/// A range of a source file; lines count from 1, characters from 0.
///
/// Values come from a peer: they may lie outside of it.
public struct SourceRange: Sendable, Hashable {
    /// First line.
    public var startLine: Int
    /// First character within it.
    public var startCharacter: Int
    /// Last line, inclusive.
    public var endLine: Int
    /// Last character within it.
    public var endCharacter: Int

    /// Makes a range.
    public init(startLine: Int, startCharacter: Int = 0, endLine: Int, endCharacter: Int = 0) {
        self.startLine = startLine
        self.startCharacter = startCharacter
        self.endLine = endLine
        self.endCharacter = endCharacter
    }
}
