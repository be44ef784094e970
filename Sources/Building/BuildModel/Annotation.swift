import CaissonText

/// A note on a manifest or index: one `--annotation`, as the attributes of image outputs that it becomes.
public struct Annotation: Sendable, Hashable {
    /// The attributes' names, one for each place: `annotation-index[linux/amd64].KEY`.
    public var attributes: [String]
    /// The value.
    public var value: String

    private static let kinds = ["manifest", "manifest-descriptor", "index", "index-descriptor"]

    /// Reads `[TYPE[PLATFORM],…:]KEY=VALUE`.
    public init(parsing text: String) throws(ParseError) {
        guard let (head, value) = text.cut(at: "="), !head.isEmpty else {
            throw Self.wrong(text, "it has no KEY=VALUE")
        }
        self.value = value
        guard let (places, key) = head.cut(at: ":") else {
            attributes = ["annotation.\(head)"]
            return
        }
        guard !key.isEmpty else { throw Self.wrong(text, "the key is empty") }
        var attributes: [String] = []
        for place in places.pieces(at: ",") { attributes.append("annotation-\(try Self.checked(place, text)).\(key)") }
        self.attributes = attributes
    }

    private static func checked(_ place: String, _ text: String) throws(ParseError) -> String {
        var kind = place
        var platform = ""
        if let (head, tail) = place.cut(at: "[") {
            guard tail.hasSuffix("]") else { throw wrong(text, "\(place.quoted) has no closing ]") }
            kind = head
            platform = "[\(try Platform(parsing: String(tail.dropLast())))]"
        }
        guard kinds.contains(kind) else {
            let hint = nearest(to: kind, among: kinds) ?? kinds.joined(separator: ", ")
            throw wrong(text, "unknown type \(kind.quoted) (did you mean \(hint)?)")
        }
        return kind + platform
    }

    private static func wrong(_ text: String, _ problem: String) -> ParseError {
        ParseError(
            "annotation",
            text,
            problem,
            expected: "[manifest|index|manifest-descriptor|index-descriptor:]KEY=VALUE"
        )
    }
}
