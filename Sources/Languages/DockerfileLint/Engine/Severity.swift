/// How much a finding matters.
package enum Severity: Int, Sendable, Hashable, Comparable, CaseIterable {
    case ignore, style, info, warning, error

    /// The word in files and formats.
    package var name: String {
        switch self {
        case .ignore: "ignore"
        case .style: "style"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }

    /// The severity of a word; `none` is `ignore`.
    package init?(name: String) {
        let name = name.lowercased()
        guard let found = Self.allCases.first(where: { $0.name == name || (name == "none" && $0 == .ignore) }) else {
            return nil
        }
        self = found
    }

    package static func < (one: Severity, other: Severity) -> Bool { one.rawValue < other.rawValue }
}

/// A word for the least severity that makes a run fail.
struct Threshold {
    /// The severity; nil where no finding makes it fail.
    let severity: Severity?

    /// The words; with `ignore` every finding makes it fail, as with `style`.
    static let names = ["error", "warning", "info", "style", "ignore", "none"]

    /// The threshold of a word, in any case.
    init?(name: String) {
        if name.lowercased() == "none" {
            severity = nil
        } else if let severity = Severity(name: name) {
            self.severity = severity
        } else {
            return nil
        }
    }
}
