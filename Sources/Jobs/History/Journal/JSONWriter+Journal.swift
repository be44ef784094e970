import CaissonBuildModel
import CaissonJSON
import CaissonText

/// How a journal writes times, bytes and other small values.
extension JSONWriter {
    /// Writes a point in time: `[seconds,nanoseconds]`.
    mutating func time(_ time: Timestamp) {
        begin(UInt8(ascii: "["))
        number(time.seconds)
        number(Int64(time.nanoseconds))
        end(UInt8(ascii: "]"))
    }

    /// Writes a member that is a point in time, if there is one.
    mutating func member(_ name: StaticString, _ value: Timestamp?) {
        guard let value else { return }
        key(name)
        time(value)
    }

    /// Writes a member that is a span of time, `[seconds,attoseconds]`, if there is one.
    mutating func member(_ name: StaticString, _ value: Duration?) {
        guard let value else { return }
        key(name)
        let (seconds, attoseconds) = value.components
        begin(UInt8(ascii: "["))
        number(seconds)
        number(attoseconds)
        end(UInt8(ascii: "]"))
    }

    /// Writes a member that is a text, if there is one.
    mutating func member(_ name: StaticString, ifAny text: String?) {
        if let text { member(name, text) }
    }

    /// Writes a member that is a whole number, if there is one.
    mutating func member(_ name: StaticString, ifAny value: Int64?) {
        guard let value else { return }
        key(name)
        number(value)
    }

    /// Writes a member that is a list of texts, if there are some.
    mutating func texts(_ name: StaticString, _ texts: [String]) {
        if !texts.isEmpty { list(name, texts) { $0.string($1) } }
    }

    /// Writes a member that is true, if it is.
    mutating func member(_ name: StaticString, ifTrue value: Bool) {
        if value { member(name, true) }
    }

    /// Writes bytes: as a text where they are a plain one, else as an object with base64.
    mutating func bytes(_ bytes: [UInt8]) {
        if let text = String(validating: bytes, as: UTF8.self), !bytes.contains(where: Self.isOdd) {
            string(text)
        } else {
            object { $0.member("base64", String(decoding: Base64.encode(bytes), as: UTF8.self)) }
        }
    }

    /// Whether a byte would be an escape of six.
    private static func isOdd(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x0A && byte != 0x09 || byte == 0x7F }

    /// Writes places in a file.
    mutating func ranges(_ ranges: [SourceRange]) {
        list("ranges", ranges.prefix(JournalLimit.ranges)) { json, range in
            json.list([range.startLine, range.startCharacter, range.endLine, range.endCharacter]) {
                $0.number(Int64($1))
            }
        }
    }

    /// Writes what a source file is, in an object that is begun.
    mutating func members(of source: SourceInfo) {
        member("file", source.filename.clipped(to: JournalLimit.name))
        if !source.language.isEmpty { member("language", source.language.clipped(to: JournalLimit.id)) }
        // A file that is cut would show wrong lines.
        guard source.data.count <= JournalLimit.source else { return }
        key("data")
        bytes(source.data)
    }
}

/// How much of what comes from a peer is kept, so that no line grows beyond what readers take.
enum JournalLimit {
    /// The longest line that is read.
    static let line = 4 << 20
    /// A status that may be heavier is written in several lines.
    static let status = 512 << 10
    /// A digest or another key.
    static let id = 512
    /// A name.
    static let name = 16 << 10
    /// A file's path in a context.
    static let path = 4 << 10
    /// A message.
    static let message = 64 << 10
    /// A source file.
    static let source = 1 << 20
    /// The inputs of a step.
    static let inputs = 1024
    /// What the exporters said.
    static let response = 128 << 10
    /// A further line of a warning.
    static let detail = 4 << 10
    /// The places of a warning or an excerpt.
    static let ranges = 1024
    /// The further lines of a warning, the parts of an error, the names of an image.
    static let parts = 128
    /// The pieces in one line.
    static let pieces = 1024
}

extension String {
    /// The text, without what is beyond some bytes.
    func clipped(to limit: Int) -> String {
        utf8.count <= limit ? self : String(decoding: utf8.prefix(limit), as: UTF8.self)
    }
}
