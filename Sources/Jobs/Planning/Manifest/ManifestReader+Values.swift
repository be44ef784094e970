import CaissonHCL
import CaissonText
import CaissonYAML

// MARK: - Keys

extension ManifestReader {
    /// The entries of a table with their keys; tells unknown keys and missing ones, and leaves out what is null.
    mutating func known(
        _ entries: [YAMLEntry],
        _ keys: [ManifestKey],
        _ place: ManifestPlace,
        at range: HCLRange
    ) -> [(ManifestKey, YAMLEntry)] {
        var found: [(ManifestKey, YAMLEntry)] = []
        for entry in entries where !(place == .top && entry.key.hasPrefix("x-")) {
            guard let key = keys.first(where: { $0.name == entry.key }) else {
                unknown(entry, keys, place)
                continue
            }
            if !entry.value.isNull { found.append((key, entry)) }
        }
        for key in keys where key.isRequired && !found.contains(where: { $0.0.name == key.name }) {
            let detail = "\(place.noun) needs \(key.name): \(key.form.noun)."
            fail("Missing key", detail, at: range)
        }
        return found
    }

    private mutating func unknown(_ entry: YAMLEntry, _ keys: [ManifestKey], _ place: ManifestPlace) {
        var hint = nearest(to: entry.key, among: keys.map(\.name)).map { "Did you mean \($0.quoted)?" }
        if hint == nil, place == .resources, BakeResources.names.contains(entry.key) {
            hint = "Limits of each RUN are step-resources."
        }
        let detail = "\(place.noun) has no key \(entry.key.quoted). \(hint ?? "Take it out.")"
        fail("Unknown key", detail, at: nameRange(entry))
    }

    /// The items of a table; tells what is wrong with keys and values.
    mutating func items(
        _ entries: [YAMLEntry],
        _ keys: [ManifestKey],
        _ place: ManifestPlace,
        at range: HCLRange
    ) -> [Item] {
        known(entries, keys, place, at: range).compactMap { item($0, $1) }
    }

    /// A key with its value; nil where that is of the wrong type, which is told.
    mutating func item(_ key: ManifestKey, _ entry: YAMLEntry) -> Item? {
        node(entry.value, key.form, key.name).map { Item(key: key, nameRange: nameRange(entry), node: $0) }
    }
}

// MARK: - Values

extension ManifestReader {
    /// Tells that a value is of another type than it has to be.
    mutating func wrong(_ value: YAMLValue, _ form: ManifestForm, _ what: String) {
        fail("Wrong type", "\(what) has to be \(form.noun); this is \(value.noun).", at: range(value))
    }

    /// A value as expressions know it; nil where it is of the wrong type, which is told.
    mutating func node(_ value: YAMLValue, _ form: ManifestForm, _ what: String) -> HCLJSONNode? {
        if value.isTemplate, !form.isStructural { return text(value) }
        guard !value.isNull, let fitting = form.fitting(value) else {
            if case .anything = form { return .null(at: range(value)) }
            wrong(value, form, what)
            return nil
        }
        switch fitting {
        case .anything, .plain: return any(value)
        case .list(let item): return list(value, item, what)
        case .map(let inner, let allowsNull): return map(value, inner, allowsNull, what)
        case .table(let place):
            let items = items(value.entries ?? [], ManifestKey.keys(at: place), place, at: range(value))
            return .object(items.map(\.member), at: range(value))
        case .attributes: return attributes(value, what)
        default:
            guard fitting.accepts(value) else {
                wrongScalar(value, form, fitting, what)
                return nil
            }
            return scalar(value, fitting)
        }
    }

    /// A word that isn't known may be misspelt.
    private mutating func wrongScalar(
        _ value: YAMLValue,
        _ form: ManifestForm,
        _ fitting: ManifestForm,
        _ what: String
    ) {
        guard case .word(let words, _) = fitting, let meant = nearest(to: value.text, among: words) else {
            return wrong(value, form, what)
        }
        let detail = "\(what) has to be \(fitting.noun); this is \(value.noun). Did you mean \(meant.quoted)?"
        fail("Wrong type", detail, at: range(value))
    }

    private mutating func list(_ value: YAMLValue, _ item: ManifestForm, _ what: String) -> HCLJSONNode? {
        let values = value.list ?? []
        let nodes = values.compactMap { node($0, item, "an item of \(what)") }
        return nodes.count == values.count ? .array(nodes, at: range(value)) : nil
    }

    private mutating func map(
        _ value: YAMLValue,
        _ inner: ManifestForm,
        _ allowsNull: Bool,
        _ what: String
    ) -> HCLJSONNode? {
        let entries = value.entries ?? []
        let members = entries.compactMap { entry -> HCLJSONNode.Member? in
            let isNothing = allowsNull && entry.value.isNull
            let node = isNothing ? .null(at: range(entry.value)) : node(entry.value, inner, "\(entry.key) in \(what)")
            return node.map { member(entry, $0) }
        }
        return members.count == entries.count ? .object(members, at: range(value)) : nil
    }

    private mutating func attributes(_ value: YAMLValue, _ what: String) -> HCLJSONNode? {
        if value["type"]?.isNull != false {
            fail("Missing key", "\(what) needs type: a text.", at: range(value))
            return nil
        }
        return map(value, .text, false, what)
    }

    private func member(_ entry: YAMLEntry, _ node: HCLJSONNode) -> HCLJSONNode.Member {
        HCLJSONNode.Member(
            name: entry.key,
            nameRange: nameRange(entry),
            notation: notation(entry.style, entry.place, entry.end),
            value: node
        )
    }

    /// A value of any type.
    private mutating func any(_ value: YAMLValue) -> HCLJSONNode? {
        let range = range(value)
        switch value.kind {
        case .null: return .null(at: range)
        case .bool(let flag): return .bool(flag, at: range)
        case .int(let number): return .number(HCLNumber(Int(number)), at: range)
        case .float(let number):
            guard number.isFinite, let exact = HCLNumber(parsing: value.text) else {
                fail("Unusable number", "\(value.text) is no number to reckon with; put it between quotes.", at: range)
                return nil
            }
            return .number(exact, at: range)
        case .string: return text(value)
        case .list(let values): return .array(values.compactMap { any($0) }, at: range)
        case .map(let entries):
            return .object(entries.compactMap { entry in any(entry.value).map { member(entry, $0) } }, at: range)
        }
    }

    private func text(_ value: YAMLValue) -> HCLJSONNode {
        guard case .string(let text, let style) = value.kind else {
            return .string(value.text, .plain, at: range(value))
        }
        return .string(text, notation(style, value.place, value.end), at: range(value))
    }

    /// A scalar; where a text is wanted a number is the text that stands there, so that 1.20 stays 1.20.
    private mutating func scalar(_ value: YAMLValue, _ form: ManifestForm) -> HCLJSONNode? {
        switch (form, value.kind) {
        case (.flag, _), (.number, _), (.whole, _): any(value)
        case (_, .bool(let flag)): .string(flag ? "true" : "false", .plain, at: range(value))
        default: text(value)
        }
    }
}

extension ManifestForm {
    /// Whether values of the form make up the manifest and can't come from an expression.
    var isStructural: Bool {
        switch self {
        case .table(let place): place.isStructural
        case .list(let inner), .map(let inner, _): inner.isStructural
        case .either(let forms): forms.contains(where: \.isStructural)
        default: false
        }
    }
}
