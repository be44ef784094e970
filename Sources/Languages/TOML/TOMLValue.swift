package import CaissonText

/// A value of a TOML text, with its place in it.
package struct TOMLValue: Sendable {
    /// What it is.
    package indirect enum Kind: Sendable {
        /// `true` or `false`
        case bool(Bool)
        /// A whole number.
        case int(Int64)
        /// Any other number.
        case float(Double)
        /// A text.
        case string(String)
        /// A date, a time or both, as TOML writes them.
        case time(String)
        /// A list.
        case list([TOMLValue])
        /// A table, its entries in the order in which their keys first stand in the text.
        case table([TOMLEntry])
    }

    /// What it is.
    package var kind: Kind
    /// Where its key stands; of a list's item, where it begins.
    package var place: TextPlace

    /// The text, when it is one.
    package var string: String? { if case .string(let text) = kind { text } else { nil } }
    /// The list, when it is one.
    package var list: [TOMLValue]? { if case .list(let values) = kind { values } else { nil } }
    /// The entries, when it is a table.
    package var entries: [TOMLEntry]? { if case .table(let entries) = kind { entries } else { nil } }
    /// The value of that key in a table.
    package subscript(_ key: String) -> TOMLValue? { entries?.first { $0.key == key }?.value }
}

/// A key of a table with its value.
package struct TOMLEntry: Sendable {
    /// The key's text.
    package var key: String
    /// The value; its place is the key's.
    package var value: TOMLValue
}

/// How much of TOML is read before it is refused.
package struct TOMLLimits: Sendable {
    /// The text's bytes.
    package var bytes = 1 << 20
    /// How deep lists and tables are nested.
    package var depth = 64
    /// How many keys and items there are.
    package var nodes = 100_000

    /// Makes limits.
    package init() {}
}

/// Why a text is no TOML, or more of it than is read.
package struct TOMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where.
    package var place: TextPlace
    /// What is wrong there, and what to do.
    package var message: String

    /// Place and message.
    package var description: String { "\(place): \(message)" }

    init(_ place: TextPlace, _ message: String) {
        self.place = place
        self.message = message
    }
}
