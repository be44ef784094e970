import CaissonText

/// Keeps of the items of a list that name one thing the last, in the place of the first.
struct ComposeUnicity {
    /// What an item names.
    enum Index: Sendable {
        /// What stands before `=`.
        case key
        /// Where a volume or device is mounted.
        case target
        /// The file.
        case path
        /// The port itself.
        case expose
        /// The port with its address and protocol.
        case port
        /// Where a secret or config is mounted.
        case mount
    }

    /// The value with all its lists reduced.
    static func apply(to root: ComposeValue, _ report: inout ComposeReport) -> ComposeValue {
        value(root, rules, "", &report)
    }

    private static func value(
        _ value: ComposeValue,
        _ rules: ComposeRules<Index>?,
        _ path: String,
        _ report: inout ComposeReport
    ) -> ComposeValue {
        guard let rules else { return value }
        var value = value
        if case .map(let fields) = value.kind {
            var reduced = fields
            for (key, field) in value.sortedFields {
                let next = path.isEmpty ? key : "\(path).\(key)"
                reduced[key]?.value = self.value(field.value, rules.below(key), next, &report)
            }
            value.kind = .map(reduced)
        } else if case .list(let items) = value.kind, let index = rules.rule {
            value.kind = .list(self.reduced(items, index, path, &report))
        }
        return value
    }

    private static func reduced(
        _ items: [ComposeValue],
        _ index: Index,
        _ path: String,
        _ report: inout ComposeReport
    ) -> [ComposeValue] {
        var kept: [ComposeValue] = []
        var places: [String: Int] = [:]
        for item in items where !item.isBroken {
            switch name(of: item, index) {
            case .success(let name):
                if let place = places[name] {
                    kept[place] = item
                } else {
                    places[name] = kept.count
                    kept.append(item)
                }
            case .failure(let failure): report.refuse(item.place, "\(path): \(failure.message)")
            }
        }
        return kept
    }

    private struct Failure: Error {
        var message: String

        init(_ item: ComposeValue, _ needed: String) { message = "\(item.noun) can't stand here; write \(needed)" }
        init(_ message: String) { self.message = message }
    }

    private static func name(of item: ComposeValue, _ index: Index) -> Result<String, Failure> {
        switch index {
        case .key:
            guard let text = item.text else { return .failure(Failure(item, "a text between quotes")) }
            return .success(text.cut(at: "=")?.head ?? text)
        case .path:
            guard item.fields != nil else { return .success(item.printed ?? "") }
            guard let path = item["path"]?.text else { return .failure(Failure("the file has no path; add one")) }
            return .success(path)
        case .expose:
            switch item.kind {
            case .text, .int: return .success(item.printed ?? "")
            default: return .failure(Failure(item, "a whole number or a text"))
            }
        case .mount: return mount(item)
        case .target: return target(item)
        case .port: return port(item)
        }
    }

    private static func mount(_ item: ComposeValue) -> Result<String, Failure> {
        if let text = item.text { return .success("/" + text) }
        guard item.fields != nil else { return .failure(Failure(item, "a name or a table with a source")) }
        guard let target = item["target"] else { return .success("/" + (item["source"]?.printed ?? "")) }
        return target.text.map { .success($0) } ?? .failure(Failure(target, "a path as target"))
    }

    private static func target(_ item: ComposeValue) -> Result<String, Failure> {
        if item.fields != nil {
            guard let target = item["target"]?.text else {
                return .failure(Failure("where it is mounted isn't said; add a target"))
            }
            return .success(target)
        }
        guard let text = item.text else { return .success("") }
        return .success(ComposeVolume.target(of: text))
    }

    private static func port(_ item: ComposeValue) -> Result<String, Failure> {
        guard item.fields != nil else { return .success(item.printed ?? "") }
        guard let target = item["target"]?.printed else {
            return .failure(Failure("the port of the container isn't said; add a target"))
        }
        let parts = ["host_ip", "published", "protocol"].map { item[$0]?.printed ?? "" }
        return .success((parts + [target]).joined(separator: ":"))
    }

    private static let rules = ComposeRules<Index>(
        Dictionary(uniqueKeysWithValues: keyed.map { ($0, Index.key) }).merging([
            "services.*.devices": .target,
            "services.*.volumes": .target,
            "services.*.configs": .mount,
            "services.*.secrets": .mount,
            "services.*.env_file": .path,
            "services.*.expose": .expose,
            "services.*.ports": .port,
        ]) { $1 }
    )

    private static let keyed = [
        "networks.*.labels", "networks.*.ipam.options", "services.*.annotations", "services.*.build.args",
        "services.*.build.additional_contexts", "services.*.build.tags", "services.*.build.labels",
        "services.*.cap_add", "services.*.cap_drop", "services.*.deploy.labels", "services.*.dns",
        "services.*.dns_opt", "services.*.dns_search", "services.*.environment", "services.*.labels",
        "services.*.links", "services.*.networks.*.aliases", "services.*.networks.*.link_local_ips",
        "services.*.profiles", "services.*.sysctls", "services.*.tmpfs",
    ]
}
