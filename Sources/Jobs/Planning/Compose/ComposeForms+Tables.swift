import CaissonText

extension ComposeForms {
    /// A list of `KEY=VALUE` as a table.
    mutating func keyValues(_ value: ComposeValue, _ path: String) -> ComposeValue {
        guard let items = value.list else { return table(value, path, "a list of NAME=VALUE") }
        var fields: [String: ComposeField] = [:]
        for item in items where !item.isBroken {
            guard let text = item.text, let (key, rest) = text.cut(at: "=") else {
                report.refuse(
                    item.place,
                    "\(path): \(item.printed?.quoted ?? item.noun) has no \"=\"; write NAME=VALUE"
                )
                continue
            }
            fields[key] = ComposeField(place: item.place, value: ComposeValue(.text(rest), at: item.place))
        }
        return ComposeValue(.map(fields), at: value.place)
    }

    /// Services that are depended on, each with a condition.
    mutating func dependencies(_ value: ComposeValue, _ path: String) -> ComposeValue {
        guard value.list != nil || value.fields != nil else { return list(value, path, "a table") }
        for item in value.list ?? [] where item.text == nil && !item.isBroken {
            report.refuse(item.place, "\(path): \(item.noun) is no service's name")
        }
        for (key, field) in value.sortedFields where field.value.fields == nil && !field.value.isBroken {
            report.refuse(field.value.place, "\(path).\(key): \(field.value.noun) can't stand here; write a table")
        }
        return Self.dependencies(value)
    }

    /// A list of services as a table; anything else as it is.
    static func dependencies(_ value: ComposeValue) -> ComposeValue {
        guard let items = value.list else { return value }
        let fields = items.compactMap { item in
            item.text.map { name in
                let condition = ComposeValue(.text("service_started"), at: item.place)
                return (name, ComposeField(place: item.place, value: table(["condition": condition], item)))
            }
        }
        return ComposeValue(.map(Dictionary(fields) { $1 }), at: value.place)
    }

    /// Files of variables as a list of tables.
    mutating func envFile(_ value: ComposeValue, _ path: String) -> ComposeValue {
        let items = value.text == nil ? value.list : [value]
        guard let items else { return list(value, path, "a path") }
        let tables = items.map { item in
            if item.text != nil { return Self.table(["path": item], item) }
            return item.isBroken ? item : table(item, path, "a path")
        }
        return ComposeValue(.list(tables), at: value.place)
    }

    /// A list of names as a table; a table as it is.
    mutating func namesToTable(_ value: ComposeValue, _ path: String) -> ComposeValue {
        guard let items = value.list else { return value }
        var fields: [String: ComposeField] = [:]
        for item in items where !item.isBroken {
            guard let name = item.text else {
                report.refuse(item.place, "\(path): \(item.noun) is no name; write a text")
                continue
            }
            fields[name] = ComposeField(place: item.place, value: ComposeValue(.null, at: item.place))
        }
        return ComposeValue(.map(fields), at: value.place)
    }

    /// SSH agents and keys as a table of their names.
    mutating func ssh(_ value: ComposeValue, _ path: String) -> ComposeValue {
        guard let items = value.list else { return table(value, path, "a list") }
        var fields: [String: ComposeField] = [:]
        for item in items where !item.isBroken {
            let (name, source) =
                item.text.flatMap { $0.cut(at: "=") }.map { ($0.head, Optional($0.tail)) }
                ?? (item.text ?? "", nil)
            guard item.text != nil, source != nil || name == "default" else {
                let shown = item.printed?.quoted ?? item.noun
                report.refuse(item.place, "\(path): \(shown) is neither \"default\" nor NAME=PATH")
                continue
            }
            let kind: ComposeValue.Kind = source.map { .text($0) } ?? .null
            fields[name] = ComposeField(place: item.place, value: ComposeValue(kind, at: item.place))
        }
        return ComposeValue(.map(fields), at: value.place)
    }

    /// A volume, network, secret or config, whose `external` may be a table with a name.
    mutating func external(_ value: ComposeValue, _ path: String) -> ComposeValue {
        guard !value.isNull, var fields = value.fields else { return value.isNull ? value : table(value, path, nil) }
        guard let external = fields["external"], external.value.fields != nil else { return value }
        if let name = external.value["name"] {
            if let own = fields["name"], own.value.printed != name.printed {
                return broken(value, path, "name and external.name differ; write the name only")
            }
            fields["name"] = ComposeField(place: external.place, value: name)
        }
        fields["external"]?.value = ComposeValue(.bool(true), at: external.value.place)
        return ComposeValue(.map(fields), at: value.place)
    }
}
