import CaissonText
import CaissonYAML

/// What the value of a key of `caisson.yaml` looks like.
package indirect enum ManifestForm: Sendable {
    /// A text; a number and a truth value stand for their texts.
    case text
    /// True or false.
    case flag
    /// A number.
    case number
    /// A whole number.
    case whole
    /// A length of time.
    case duration
    /// A number of bytes.
    case size
    /// One of some words, or a whole number where that is said.
    case word([String], orNumber: Bool = false)
    /// Any value.
    case anything
    /// Any value but a table.
    case plain
    /// Values in order.
    case list(ManifestForm)
    /// Values by names of one's own.
    case map(ManifestForm, allowsNull: Bool = false)
    /// A table of the keys that a place knows.
    case table(ManifestPlace)
    /// A table of texts, `type` among them.
    case attributes
    /// One of several, told apart by whether they are lists, tables or neither.
    case either([ManifestForm])
}

/// Where a key of `caisson.yaml` can stand.
package enum ManifestPlace: String, Sendable, CaseIterable {
    case top, defaults, target, group, variable, validation, function, dependency, retry, resources
    case stepResources = "step-resources"
    case template, secret, ssh, policy

    /// Whether its tables make up the manifest: they have to be written down and can't come from an expression.
    var isStructural: Bool {
        switch self {
        case .top, .defaults, .target, .group, .variable, .validation, .function: true
        default: false
        }
    }

    /// What messages call a table at this place.
    var noun: String {
        switch self {
        case .top: "the manifest"
        case .defaults, .retry, .resources, .stepResources: rawValue
        case .ssh: "an SSH agent"
        default: "a \(rawValue)"
        }
    }
}

extension ManifestForm {
    /// What messages call a value of this form.
    var noun: String {
        switch self {
        case .text: "a text"
        case .flag: "true or false"
        case .number: "a number"
        case .whole: "a whole number"
        case .duration: "a length of time such as 30s, 5m, 1h30m or PT5M"
        case .size: "a size such as 512m or 2g"
        case .word(let words, let orNumber):
            (words + (orNumber ? ["a whole number"] : [])).joinedAsChoice
        case .anything: "a value"
        case .plain: "a text, a number, true, false or a list"
        case .list(let item): "a list, each item \(item.noun)"
        case .map(.table(let place), _): "a table of names, each with a table (\(place.rawValue))"
        case .map(let value, _): "a table of names, each with \(value.noun)"
        case .table: "a table"
        case .attributes: "a table with a type"
        case .either(let forms): forms.map(\.noun).joined(separator: ", or ")
        }
    }

    /// The sorts of values that can be of this form at all.
    fileprivate var sorts: Set<Sort> {
        switch self {
        case .text, .flag, .number, .whole, .duration, .size, .word: [.scalar]
        case .anything: [.scalar, .list, .table]
        case .plain: [.scalar, .list]
        case .list: [.list]
        case .map, .table, .attributes: [.table]
        case .either(let forms): forms.reduce(into: []) { $0.formUnion($1.sorts) }
        }
    }

    /// The form among several that a value is meant to have; nil where it can have none.
    func fitting(_ value: YAMLValue) -> ManifestForm? {
        guard sorts.contains(value.sort) else { return nil }
        guard case .either(let forms) = self else { return self }
        let found = forms.filter { $0.sorts.contains(value.sort) }
        // Of two lists, the one whose items are of the first item's sort.
        if found.count > 1, let first = value.list?.first {
            return found.first { form in if case .list(let item) = form { item.fitting(first) != nil } else { false } }
                ?? found.first
        }
        return found.first
    }

    /// Whether a scalar that isn't null and no template is of this form; what numbers and words mean is read later.
    func accepts(_ scalar: YAMLValue) -> Bool {
        let text = scalar.text
        switch (self, scalar.kind) {
        case (.flag, .bool): return true
        case (.flag, _): return text == "true" || text == "false"
        case (.number, .int), (.number, .float), (.whole, .int): return true
        case (.number, _), (.whole, _), (.duration, .bool), (.size, .bool), (.word, .bool): return false
        case (.duration, .float): return false
        case (.word(let words, let orNumber), _):
            return words.contains(text) || (orNumber && !text.isEmpty && text.utf8.allSatisfy(\.isDigit))
        default: return true
        }
    }
}

/// What a value is, as far as forms are told apart by it.
private enum Sort: Hashable { case scalar, list, table }

extension YAMLValue {
    fileprivate var sort: Sort {
        switch kind {
        case .list: .list
        case .map: .table
        default: .scalar
        }
    }

    /// Whether it is nothing.
    var isNull: Bool { if case .null = kind { true } else { false } }

    /// Whether it is a text that may stand for a value of another sort.
    var isTemplate: Bool { string.map { $0.contains("${") || $0.contains("%{") } ?? false }

    /// What messages call it.
    var noun: String {
        switch kind {
        case .null: "nothing"
        case .bool: "the truth value \(text)"
        case .int, .float: "the number \(text)"
        case .string(let text, _): "the text \(text.quoted)"
        case .list: "a list"
        case .map: "a table"
        }
    }
}

extension [String] {
    /// `a, b or c`.
    var joinedAsChoice: String {
        count < 2 ? joined() : dropLast().joined(separator: ", ") + " or " + (last ?? "")
    }
}
