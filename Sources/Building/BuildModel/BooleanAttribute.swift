import CaissonText

/// What the value of an attribute that is on or off means, of outputs, caches and statements alike.
enum BooleanAttribute {
    /// One of Go's words; nothing after the `=` is on, as BuildKit's exporters read it.
    static func parse(_ value: String) -> Bool? { value.isEmpty ? true : GoBoolean.parse(value) }
}

extension [String: String] {
    /// Whether the attribute is on; nil where it isn't given, or its value has no such meaning.
    ///
    /// What was found to be right when it was read means the same here: nobody compares an attribute with `true`.
    package func boolean(_ key: String) -> Bool? { self[key].flatMap(BooleanAttribute.parse) }
}
