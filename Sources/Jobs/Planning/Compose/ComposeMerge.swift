import CaissonText

/// Merges a later file's values into an earlier one's, and an extending service's into the one it extends.
///
/// Tables are merged key by key, lists are put after one another, and anything else is replaced; the table of rules has the
/// keys that are merged otherwise.
struct ComposeMerge {
    /// How a key is merged that isn't merged as all others.
    enum Rule: Sendable {
        /// Tables and texts become lists of `KEY=VALUE`, which are put after one another.
        case sequence
        /// As `sequence`, without what is there already.
        case hosts
        /// The later value replaces the earlier one.
        case replaced
        /// A text is a table with a context.
        case build
        /// A list of names is a table of them.
        case names
        /// A list of names is a table of them, each with the condition that holds where none is said.
        case dependencies
        /// Options of a logging driver are merged only for one driver.
        case logging
    }

    private(set) var report: ComposeReport
    private var copied: Int

    /// Merges `later` into `earlier`, both whole files.
    static func files(
        _ earlier: ComposeValue,
        _ later: ComposeValue,
        copied: inout Int,
        _ report: inout ComposeReport
    ) -> ComposeValue {
        resources(earlier, later, path: [], copied: &copied, &report)
    }

    /// Merges what has the path `key.name` in both.
    static func resources(
        _ earlier: ComposeValue,
        _ later: ComposeValue,
        path: [String],
        copied: inout Int,
        _ report: inout ComposeReport
    ) -> ComposeValue {
        var merge = Self(report: report, copied: copied)
        let rules = path.reduce(Optional(Self.rules)) { $0?.below($1) }
        let value = merge.merged(earlier, later, rules, path.joined(separator: "."))
        (report, copied) = (merge.report, merge.copied)
        return value
    }

    private mutating func merged(
        _ earlier: ComposeValue,
        _ later: ComposeValue,
        _ rules: ComposeRules<Rule>?,
        _ path: String
    ) -> ComposeValue {
        if let rule = rules?.rule { return merged(earlier, later, rule, rules, path) }
        if later.isNull || later.isBroken { return earlier }
        switch earlier.kind {
        case .map:
            guard later.fields != nil else { return conflict(earlier, later, path) }
            return tables(earlier, later, rules, path)
        case .list(let values):
            guard let more = later.list else { return conflict(earlier, later, path) }
            return joined(values, more, at: later.place)
        default: return later
        }
    }

    private mutating func merged(
        _ earlier: ComposeValue,
        _ later: ComposeValue,
        _ rule: Rule,
        _ rules: ComposeRules<Rule>?,
        _ path: String
    ) -> ComposeValue {
        switch rule {
        case .replaced: return later
        case .sequence: return joined(Self.sequence(earlier), Self.sequence(later), at: later.place)
        case .hosts:
            let first = Self.sequence(earlier)
            let known = Set(first.compactMap(\.printed))
            let more = Self.sequence(later).filter { $0.printed.map { !known.contains($0) } ?? true }
            return joined(first, more, at: later.place)
        case .build: return tables(Self.build(earlier), Self.build(later), rules, path)
        case .names: return tables(Self.names(earlier), Self.names(later), rules, path)
        case .dependencies:
            return tables(ComposeForms.dependencies(earlier), ComposeForms.dependencies(later), rules, path)
        case .logging:
            let (one, other) = (earlier["driver"]?.printed, later["driver"]?.printed)
            let isSame = one == nil || other == nil || one == other
            return isSame ? tables(earlier, later, rules, path) : later
        }
    }

    private mutating func tables(
        _ earlier: ComposeValue,
        _ later: ComposeValue,
        _ rules: ComposeRules<Rule>?,
        _ path: String
    ) -> ComposeValue {
        guard var fields = earlier.fields else { return later.isNull ? earlier : later }
        for (key, field) in later.sortedFields {
            if let there = fields[key] {
                let next = path.isEmpty ? key : "\(path).\(key)"
                let value = merged(there.value, field.value, rules?.below(key), next)
                fields[key] = ComposeField(place: field.place, value: value)
            } else {
                fields[key] = field
            }
        }
        return ComposeValue(.map(fields), at: later.place)
    }

    private mutating func joined(
        _ values: [ComposeValue],
        _ more: [ComposeValue],
        at place: ComposePlace
    ) -> ComposeValue {
        copied += values.count + more.count
        guard copied <= ComposeBounds.merged else {
            report.refuse(place, "merging makes more than \(ComposeBounds.merged) values; extend from shorter lists")
            return ComposeValue(.broken, at: place)
        }
        return ComposeValue(.list(values + more), at: place)
    }

    private mutating func conflict(_ earlier: ComposeValue, _ later: ComposeValue, _ path: String) -> ComposeValue {
        report.refuse(
            later.place,
            "\(path): \(later.noun) can't be merged with \(earlier.noun) of \(earlier.place); write the same form"
        )
        return earlier
    }
}

extension ComposeMerge {
    /// The list that a table, a list or a text stands for, tables sorted as `KEY=VALUE`.
    private static func sequence(_ value: ComposeValue) -> [ComposeValue] {
        switch value.kind {
        case .list(let values): return values
        case .text: return [value]
        case .map:
            let texts = value.sortedFields.flatMap { key, field in
                (field.value.list ?? [field.value]).map { item in
                    let text = item.isNull ? key : "\(key)=\(item.printed ?? "")"
                    return (text, ComposeValue(item.named(text), at: item.place))
                }
            }
            return texts.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }.map(\.1)
        default: return []
        }
    }

    private static func build(_ value: ComposeValue) -> ComposeValue {
        guard value.text != nil else { return value }
        return ComposeValue(.map(["context": ComposeField(place: value.place, value: value)]), at: value.place)
    }

    private static func names(_ value: ComposeValue) -> ComposeValue {
        guard let list = value.list else { return value }
        let fields = list.compactMap { item in
            item.printed.map { ($0, ComposeField(place: item.place, value: ComposeValue(.null, at: item.place))) }
        }
        return ComposeValue(.map(Dictionary(fields) { $1 }), at: value.place)
    }

    private static let rules = ComposeRules<Rule>([
        "networks.*.labels": .sequence,
        "volumes.*.labels": .sequence,
        "services.*.annotations": .sequence,
        "services.*.build": .build,
        "services.*.build.args": .sequence,
        "services.*.build.additional_contexts": .sequence,
        "services.*.build.extra_hosts": .hosts,
        "services.*.build.labels": .sequence,
        "services.*.command": .replaced,
        "services.*.depends_on": .dependencies,
        "services.*.deploy.labels": .sequence,
        "services.*.dns": .sequence,
        "services.*.dns_opt": .sequence,
        "services.*.dns_search": .sequence,
        "services.*.entrypoint": .replaced,
        "services.*.env_file": .sequence,
        "services.*.label_file": .sequence,
        "services.*.environment": .sequence,
        "services.*.extra_hosts": .hosts,
        "services.*.healthcheck.test": .replaced,
        "services.*.labels": .sequence,
        "services.*.logging": .logging,
        "services.*.models": .names,
        "services.*.networks": .names,
        "services.*.sysctls": .sequence,
        "services.*.tmpfs": .sequence,
        "services.*.ulimits.*": .replaced,
    ])
}

extension ComposeValue {
    /// The text that has the value's name before it; what may not stand there stays what it is.
    fileprivate func named(_ text: String) -> Kind {
        switch kind {
        case .broken, .date, .list, .map: kind
        default: .text(text)
        }
    }
}
