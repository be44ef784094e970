import CaissonText

/// A power that steps get only where their user grants it: one `--allow`.
public struct Entitlement: Sendable, Hashable {
    /// The power as BuildKit names it, with its value where it has one: `network.host`, `device=class=gpu`.
    public var text: String

    private static let deletion = "buildx.local.delete"
    private static let names = ["network.host", "security.insecure", "device", deletion]

    /// Whether it lets outputs with `mode=delete` remove files here, which is no matter of the engine's.
    public var allowsDeletion: Bool { text == Self.deletion }

    /// Reads `network.host`, `security.insecure`, `device[=…]` or `buildx.local.delete`.
    public init(parsing text: String) throws(ParseError) {
        let (name, value) = text.cut(at: "=") ?? (text, nil)
        guard Self.names.contains(name) else {
            let hint = nearest(to: name, among: Self.names) ?? Self.names.joined(separator: ", ")
            throw Self.wrong(text, "unknown power \(name.quoted) (did you mean \(hint)?)")
        }
        guard value == nil || name == "device", value?.isEmpty != true else {
            throw Self.wrong(text, "\(name) takes no value, or none that is empty")
        }
        guard !text.hasBlankOrControl else { throw Self.wrong(text, "it has blanks") }
        self.text = text
    }

    private static func wrong(_ text: String, _ problem: String) -> ParseError {
        ParseError("entitlement", text, problem, expected: "\(names.joined(separator: ", ")) or device=…")
    }
}

extension Entitlement: CustomStringConvertible {
    /// The power as the flag spells it.
    public var description: String { text }
}
