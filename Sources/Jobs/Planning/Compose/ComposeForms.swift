import CaissonText

/// Brings the values that can be written in a short and a long form into the long one.
///
/// It refuses what is neither, wherever it stands in the file: the peer reads a whole file before it looks for what is built.
struct ComposeForms {
    /// A key with several forms.
    enum Form: Sendable {
        case service, build, fileMount, textOrOther, keyValues, dependencies, envFile, textOrList, gpus, namesToTable
        case volume, device, ports, ssh, ulimit, external
    }

    var report: ComposeReport

    /// The document with long forms.
    static func apply(to root: ComposeValue, _ report: inout ComposeReport) -> ComposeValue {
        var forms = Self(report: report)
        let value = forms.value(root, rules, "")
        report = forms.report
        return value
    }

    private mutating func value(_ value: ComposeValue, _ rules: ComposeRules<Form>?, _ path: String) -> ComposeValue {
        guard let rules, !value.isBroken else { return value }
        if let form = rules.rule { return formed(value, form, rules, path) }
        return below(value, rules, path)
    }

    private mutating func below(_ value: ComposeValue, _ rules: ComposeRules<Form>, _ path: String) -> ComposeValue {
        var value = value
        switch value.kind {
        case .map(let fields):
            var formed = fields
            for (key, field) in value.sortedFields {
                let next = path.isEmpty ? key : "\(path).\(key)"
                formed[key]?.value = self.value(field.value, rules.below(key), next)
            }
            value.kind = .map(formed)
        case .list(let items): value.kind = .list(items.map { self.value($0, rules.below("*"), path) })
        default: break
        }
        return value
    }

    private mutating func formed(
        _ value: ComposeValue,
        _ form: Form,
        _ rules: ComposeRules<Form>,
        _ path: String
    ) -> ComposeValue {
        switch form {
        case .service: return value.fields == nil ? value : below(value, rules, path)
        case .build: return build(value, rules, path)
        case .fileMount: return value.text == nil ? table(value, path, "a name") : Self.table(["source": value], value)
        case .textOrOther:
            guard let text = value.printed else { return broken(value, path, "write a text or a boolean here") }
            return ComposeValue(.text(text), at: value.place)
        case .keyValues: return keyValues(value, path)
        case .dependencies: return dependencies(value, path)
        case .envFile: return envFile(value, path)
        case .textOrList: return value.text == nil ? value : ComposeValue(.list([value]), at: value.place)
        case .gpus:
            guard value.text != nil else { return list(value, path, "the word all") }
            let all = ComposeValue(.text("all"), at: value.place)
            return ComposeValue(.list([Self.table(["count": all], value)]), at: value.place)
        case .namesToTable: return namesToTable(value, path)
        case .volume, .device, .ports: return checked(value, form, path)
        case .ssh: return ssh(value, path)
        case .ulimit:
            if case .int = value.kind { return value }
            return table(value, path, "a whole number")
        case .external: return external(value, path)
        }
    }

    private mutating func build(_ value: ComposeValue, _ rules: ComposeRules<Form>, _ path: String) -> ComposeValue {
        if value.text != nil { return Self.table(["context": value], value) }
        guard value.fields != nil else { return table(value, path, "the path of a context") }
        return below(value, rules, path)
    }

    /// Checks a volume, a device or ports; their long forms aren't needed here.
    private mutating func checked(_ value: ComposeValue, _ form: Form, _ path: String) -> ComposeValue {
        switch form {
        case .ports:
            guard let items = value.list else { return list(value, path, nil) }
            for item in items { port(item, path) }
            return value
        case .device where value.text != nil:
            guard (value.text ?? "").pieces(at: ":").count <= 3 else {
                return broken(value, path, "the device has more than three parts; write a table with source and target")
            }
            return value
        case .volume:
            guard let text = value.text else { return table(value, path, "SOURCE:TARGET") }
            if let problem = ComposeVolume.problem(of: text) { return broken(value, path, problem) }
            return value
        default: return table(value, path, "SOURCE:TARGET")
        }
    }

    private mutating func port(_ item: ComposeValue, _ path: String) {
        switch item.kind {
        case .map, .broken: return
        case .int(let number):
            if let problem = ComposePort.problem(of: "\(number)") { report.refuse(item.place, "\(path): \(problem)") }
        case .text(let text):
            if let problem = ComposePort.problem(of: text) { report.refuse(item.place, "\(path): \(problem)") }
        default: report.refuse(item.place, "\(path): \(item.noun) is no port; write a text or a table")
        }
    }

    // MARK: Messages

    /// The table as it is; all else is refused.
    mutating func table(_ value: ComposeValue, _ path: String, _ other: String?) -> ComposeValue {
        guard value.fields == nil else { return value }
        return broken(value, path, "\(value.noun) can't stand here; write a table\(other.map { ", or \($0)" } ?? "")")
    }

    /// The list as it is; all else is refused.
    mutating func list(_ value: ComposeValue, _ path: String, _ other: String?) -> ComposeValue {
        guard value.list == nil else { return value }
        return broken(value, path, "\(value.noun) can't stand here; write a list\(other.map { ", or \($0)" } ?? "")")
    }

    /// Reports a value and takes it out of all later checks.
    mutating func broken(_ value: ComposeValue, _ path: String, _ message: String) -> ComposeValue {
        if !value.isBroken { report.refuse(value.place, "\(path): \(message)") }
        return ComposeValue(.broken, at: value.place)
    }

    /// A table of values that all stand where a short form stood.
    static func table(_ values: [String: ComposeValue], _ short: ComposeValue) -> ComposeValue {
        ComposeValue(.map(values.mapValues { ComposeField(place: short.place, value: $0) }), at: short.place)
    }

    private static let rules = ComposeRules<Form>([
        "services.*": .service,
        "services.*.build": .build,
        "services.*.build.secrets.*": .fileMount,
        "services.*.build.provenance": .textOrOther,
        "services.*.build.sbom": .textOrOther,
        "services.*.build.additional_contexts": .keyValues,
        "services.*.build.ssh": .ssh,
        "services.*.build.ulimits.*": .ulimit,
        "services.*.depends_on": .dependencies,
        "services.*.env_file": .envFile,
        "services.*.label_file": .textOrList,
        "services.*.gpus": .gpus,
        "services.*.networks": .namesToTable,
        "services.*.models": .namesToTable,
        "services.*.volumes.*": .volume,
        "services.*.dns": .textOrList,
        "services.*.devices.*": .device,
        "services.*.secrets.*": .fileMount,
        "services.*.configs.*": .fileMount,
        "services.*.ports": .ports,
        "services.*.ulimits.*": .ulimit,
        "services.*.develop.watch.*.ignore": .textOrList,
        "services.*.develop.watch.*.include": .textOrList,
        "volumes.*": .external,
        "networks.*": .external,
        "secrets.*": .external,
        "configs.*": .external,
    ])
}
