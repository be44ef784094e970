package import CaissonText

/// A value of a YAML text, with its place in it.
package struct YAMLValue: Sendable {
    /// What it is, by the core schema of YAML 1.2: `yes` and `on` are texts.
    package indirect enum Kind: Sendable {
        /// Nothing, `~` or `null`
        case null
        /// `true` or `false`
        case bool(Bool)
        /// A whole number.
        case int(Int64)
        /// Any other number.
        case float(Double)
        /// A text.
        case string(String, YAMLStyle)
        /// A list.
        case list([YAMLValue])
        /// A table, its entries in their order.
        case map([YAMLEntry])
    }

    /// What it is.
    package var kind: Kind
    /// A scalar's text as it was written, without quotes; empty for lists and tables.
    package var text: String
    /// Where it begins; of an alias' value, where the alias stands.
    package var place: TextPlace
    /// Where it ends: a list and a table with the last value in them.
    package var end: TextPlace
    /// The type that is written before it, such as `!reset`; nil unless the limits keep types.
    package var tag: String?

    /// The text, when it is one.
    package var string: String? { if case .string(let text, _) = kind { text } else { nil } }
    /// The list, when it is one.
    package var list: [YAMLValue]? { if case .list(let values) = kind { values } else { nil } }
    /// The entries, when it is a table.
    package var entries: [YAMLEntry]? { if case .map(let entries) = kind { entries } else { nil } }
    /// The value of that key in a table.
    package subscript(_ key: String) -> YAMLValue? { entries?.first { $0.key == key }?.value }
}

/// A key of a table with its value.
package struct YAMLEntry: Sendable {
    /// The key's text.
    package var key: String
    /// Where the key stands.
    package var place: TextPlace
    /// Where the key ends.
    package var end: TextPlace
    /// How the key is written: a plain one may be a number to some readers.
    package var style = YAMLStyle.plain
    /// The value.
    package var value: YAMLValue
}

/// How a text is written.
package enum YAMLStyle: Sendable, Hashable {
    /// Without quotes.
    case plain
    /// Between quotes.
    case quoted
    /// As a block, after `|` or `>`.
    case block
}

/// How much of YAML is read before it is refused.
package struct YAMLLimits: Sendable {
    /// The text's bytes.
    package var bytes = 1 << 20
    /// How deep lists and tables are nested, what aliases stand for included.
    package var depth = 64
    /// How many values and keys there are, those that aliases stand for counted each time.
    package var nodes = 100_000
    /// Whether types of programs, such as `!reset`, are kept with their values; otherwise they are refused.
    package var keepsTags = false

    /// Makes limits.
    package init() {}
}
