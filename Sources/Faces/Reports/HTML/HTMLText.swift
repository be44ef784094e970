/// Writes HTML: elements always end where they began, and texts and values of attributes are always escaped.
///
/// There is no way to add a text of a peer as markup; names of elements and attributes are literals.
struct HTMLText {
    /// Names and values of attributes, in the order in which they are written.
    typealias Attributes = KeyValuePairs<StaticString, String>

    /// What was written, in UTF-8.
    private(set) var bytes: [UInt8] = []

    /// Writes an element with what is in it.
    mutating func element(_ name: StaticString, _ attributes: Attributes = [:], _ body: (inout HTMLText) -> Void) {
        open(name, attributes)
        body(&self)
        literal("</")
        literal(name)
        literal(">")
    }

    /// Writes an element with a text in it.
    mutating func element(_ name: StaticString, _ attributes: Attributes, _ text: String) {
        element(name, attributes) { $0.text(text) }
    }

    /// Writes an element without attributes, with a text in it.
    mutating func element(_ name: StaticString, _ text: String) { element(name, [:], text) }

    /// Writes an element that has nothing in it and no end, such as `<meta>`.
    mutating func void(_ name: StaticString, _ attributes: Attributes) { open(name, attributes) }

    /// Writes a text of at most about `limit` bytes.
    mutating func text(_ text: String, limit: Int = SafeWords.sentence) {
        escape(SafeWords.text(text, limit))
    }

    /// Writes lines of output.
    mutating func lines(_ lines: [String]) {
        for line in lines {
            escape(line)
            literal("\n")
        }
    }

    /// Writes markup, style or script of ours.
    mutating func literal(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    private mutating func open(_ name: StaticString, _ attributes: Attributes) {
        literal("<")
        literal(name)
        for (name, value) in attributes {
            literal(" ")
            literal(name)
            literal("=\"")
            escape(SafeWords.text(value, SafeWords.sentence))
            literal("\"")
        }
        literal(">")
    }

    /// Writes a safe line so that no part of it is markup, neither in a text nor in quotes.
    private mutating func escape(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): literal("&amp;")
            case UInt8(ascii: "<"): literal("&lt;")
            case UInt8(ascii: ">"): literal("&gt;")
            case UInt8(ascii: "\""): literal("&quot;")
            case UInt8(ascii: "'"): literal("&#39;")
            default: bytes.append(byte)
            }
        }
    }
}
