import CaissonText

/// What is done to a model as a whole: values that needn't be written, and paths.
enum ComposeDefaults {
    /// Whether the services of a document are a table of tables, where it has any.
    static func hasServices(_ root: ComposeValue, _ report: inout ComposeReport) -> Bool {
        guard let services = root["services"], !services.isBroken else { return true }
        guard services.fields != nil else {
            report.refuse(services.place, "services: \(services.noun) can't stand here; write a table of services")
            return false
        }
        for (name, field) in services.sortedFields {
            let value = field.value
            guard value.fields == nil, !value.isNull, !value.isBroken else { continue }
            report.refuse(value.place, "services.\(name): \(value.noun) can't stand here; write a table")
        }
        return true
    }

    /// The model with a context for every build that has none.
    static func contexts(in model: ComposeValue) -> ComposeValue {
        builds(in: model) { build in
            guard build.fields != nil, build["context"] == nil else { return build }
            return build.with("context", ComposeValue(.text("."), at: build.place))
        }
    }

    /// The model with paths that are relative to the folder of the file that includes it.
    static func resolved(_ model: ComposeValue, _ paths: ComposePaths, _ report: inout ComposeReport) -> ComposeValue {
        var resolver = Resolver(paths: paths, report: report)
        let value = resolver.value(model, Resolver.rules, "")
        report = resolver.report
        return value
    }

    /// The model with the values of variables that services name without one.
    static func environment(in model: ComposeValue, _ variables: [String: String]) -> ComposeValue {
        services(in: model) { service in
            guard let environment = service["environment"], let items = environment.list else { return service }
            let filled = items.map { item in
                guard let name = item.text, let value = variables[name] else { return item }
                return ComposeValue(.text("\(name)=\(value)"), at: item.place)
            }
            return service.with("environment", ComposeValue(.list(filled), at: environment.place))
        }
    }

    private static func services(
        in model: ComposeValue,
        _ change: (ComposeValue) -> ComposeValue
    ) -> ComposeValue {
        guard let services = model["services"], let fields = services.fields else { return model }
        let changed = fields.mapValues { ComposeField(place: $0.place, value: change($0.value)) }
        return model.with("services", ComposeValue(.map(changed), at: services.place))
    }

    private static func builds(in model: ComposeValue, _ change: (ComposeValue) -> ComposeValue) -> ComposeValue {
        services(in: model) { service in service["build"].map { service.with("build", change($0)) } ?? service }
    }

    /// Resolves the paths of a model.
    private struct Resolver {
        enum Rule: Sendable { case path, context, mount }

        let paths: ComposePaths
        var report: ComposeReport

        mutating func value(_ value: ComposeValue, _ rules: ComposeRules<Rule>?, _ path: String) -> ComposeValue {
            guard let rules, !value.isBroken else { return value }
            if let rule = rules.rule { return resolved(value, rule, path) }
            var value = value
            if case .map(let fields) = value.kind {
                var resolved = fields
                for (key, field) in value.sortedFields {
                    let next = path.isEmpty ? key : "\(path).\(key)"
                    resolved[key]?.value = self.value(field.value, rules.below(key), next)
                }
                value.kind = .map(resolved)
            } else if case .list(let items) = value.kind {
                value.kind = .list(items.map { self.value($0, rules.below("*"), path) })
            }
            return value
        }

        private mutating func resolved(_ value: ComposeValue, _ rule: Rule, _ path: String) -> ComposeValue {
            switch rule {
            case .mount:
                if value["type"]?.text == "bind", value["source"] == nil {
                    report.refuse(value.place, "\(path): a mount of the type bind needs a source")
                }
                return value
            case .context, .path:
                guard let text = value.text else {
                    if value.isNull, rule == .path { return value }
                    report.refuse(value.place, "\(path): \(value.noun) is no path; write a text")
                    return ComposeValue(.broken, at: value.place)
                }
                let resolved = rule == .path ? paths.resolved(text) : paths.resolvedContext(text)
                return ComposeValue(.text(resolved), at: value.place)
            }
        }

        static let rules = ComposeRules<Rule>([
            "services.*.build.context": .context,
            "services.*.build.additional_contexts.*": .context,
            "services.*.build.ssh.*": .path,
            "services.*.env_file.*.path": .path,
            "services.*.extends.file": .path,
            "services.*.volumes.*": .mount,
            "secrets.*.file": .path,
        ])
    }
}
