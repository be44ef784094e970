package import CaissonText

/// A key of the configuration with its value, and where that comes from.
package struct Setting: Sendable {
    /// Where a value comes from.
    package enum Origin: Sendable, Hashable {
        /// Nobody said anything.
        case standard
        /// A file, by its path, and the place of the key in it.
        case file(String, TextPlace)
        /// An environment variable.
        case variable(String)
    }

    /// A value as it is shown.
    package enum Value: Sendable, Hashable {
        /// Nothing is said, and there is no default.
        case unset
        /// `true` or `false`
        case flag(Bool)
        /// A whole number.
        case whole(Int)
        /// A text.
        case text(String)
    }

    /// The key.
    package let key: ConfigurationKey
    /// The value.
    package let value: Value
    /// Where it comes from.
    package let origin: Origin

    /// Whether somebody said it.
    package var isSet: Bool { origin != .standard }
}

extension Setting.Value: CustomStringConvertible {
    /// The value without quotes; nothing where it is unset.
    package var description: String {
        switch self {
        case .unset: ""
        case .flag(let isTrue): "\(isTrue)"
        case .whole(let number): "\(number)"
        case .text(let text): text
        }
    }
}

extension Setting.Origin: CustomStringConvertible {
    /// `default`, the file with line and column, or the variable's name.
    package var description: String {
        switch self {
        case .standard: "default"
        case .file(let path, let place): "\(path):\(place)"
        case .variable(let name): name
        }
    }
}
