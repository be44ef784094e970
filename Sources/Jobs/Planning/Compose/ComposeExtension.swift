import CaissonJSON
import CaissonText

/// The extension `x-bake` of a build: fields of a target that compose itself doesn't have.
struct ComposeExtension {
    private let value: ComposeValue
    private let path: String
    private var report: ComposeReport

    /// Adds to a target what its extension says.
    static func apply(
        _ value: ComposeValue,
        to target: inout ComposeTarget,
        _ path: String,
        _ report: inout ComposeReport
    ) {
        guard !value.isBroken else { return }
        guard value.fields != nil else {
            report.refuse(value.place, "\(path): \(value.noun) can't stand here; write a table")
            return
        }
        var reader = Self(value: value, path: path, report: report)
        reader.apply(to: &target)
        report = reader.report
    }

    private mutating func apply(to target: inout ComposeTarget) {
        target.tags = Self.unique(target.tags, adding: texts("tags"))
        target.platforms = Self.unique(target.platforms, adding: texts("platforms"))
        target.noCacheFilter = Self.unique(target.noCacheFilter, adding: texts("no-cache-filter"))
        let (sources, sinks) = (
            entries("cache-from", ComposeEntries.caches), entries("cache-to", ComposeEntries.caches)
        )
        if !sources.isEmpty { target.cacheFrom = ComposeEntries.distinct(target.cacheFrom + sources) }
        if !sinks.isEmpty { target.cacheTo = ComposeEntries.distinct(target.cacheTo + sinks) }
        let outputs = entries("output") { text throws(ComposeEntries.Failure) in
            text.isEmpty ? [] : [try ComposeEntries.output(text)]
        }
        target.outputs = ComposeEntries.distinct(outputs)
        let secrets = entries("secret") { text throws(ComposeEntries.Failure) in
            text.isEmpty ? [] : [try ComposeEntries.secret(text)]
        }
        target.secrets = Self.last(target.secrets + secrets, by: \.id)
        let agents = entries("ssh") { text throws(ComposeEntries.Failure) in
            text.isEmpty ? [] : [ComposeEntries.ssh(text)]
        }
        target.ssh = Self.last(target.ssh + agents, by: \.id).sorted { JSON.precedes($0.id, $1.id) }
        target.pull = flag("pull") ?? target.pull
        target.noCache = flag("no-cache") ?? target.noCache
        for (key, field) in table("contexts") where target.contexts[key] == nil {
            target.contexts[key] = ComposeTargets.context(field.value.printed ?? "")
        }
    }

    /// The texts of a list, or the words of a text.
    private mutating func texts(_ key: String) -> [String] {
        guard let value = value[key], !value.isNull, !value.isBroken else { return [] }
        guard let items = value.list else {
            guard let text = value.printed else { return refuse(value, key, "a list or a text") }
            return text.split { $0.isWhitespace }.map(String.init)
        }
        return items.flatMap { item in
            if item.isNull { return [""] }
            if item.isBroken { return [] }
            return item.printed.map { [$0] } ?? refuse(item, key, "a text")
        }
    }

    private mutating func refuse(_ value: ComposeValue, _ key: String, _ needed: String) -> [String] {
        report.refuse(value.place, "\(path).\(key): \(value.noun) can't stand here; write \(needed)")
        return []
    }

    private mutating func entries<Entry>(
        _ key: String,
        _ read: (String) throws(ComposeEntries.Failure) -> [Entry]
    ) -> [Entry] {
        var entries: [Entry] = []
        for text in texts(key) {
            do {
                entries += try read(text)
            } catch {
                report.refuse(value[key]?.place ?? value.place, "\(path).\(key): \(error.message)")
            }
        }
        return entries
    }

    private mutating func flag(_ key: String) -> Bool? {
        guard let value = value[key], !value.isNull, !value.isBroken else { return nil }
        if case .bool(let isTrue) = value.kind { return isTrue }
        if let text = value.text, let isTrue = ComposeBoolean.parseYAML(text) { return isTrue }
        _ = refuse(value, key, "true or false")
        return nil
    }

    private mutating func table(_ key: String) -> [(key: String, field: ComposeField)] {
        guard let value = value[key], !value.isNull, !value.isBroken else { return [] }
        guard value.fields != nil else {
            _ = refuse(value, key, "a table")
            return []
        }
        for (name, field) in value.sortedFields where field.value.list != nil || field.value.fields != nil {
            _ = refuse(field.value, "\(key).\(name)", "a text")
        }
        return value.sortedFields
    }

    /// The items with more of them, each once; nothing is dropped where nothing is added.
    private static func unique<Item: Hashable>(_ items: [Item], adding more: [Item]) -> [Item] {
        guard !more.isEmpty else { return items }
        var seen: Set<Item> = []
        return (items + more).filter { seen.insert($0).inserted }
    }

    /// Of several items with one name the last, in the place of the first.
    private static func last<Item>(_ items: [Item], by name: KeyPath<Item, String>) -> [Item] {
        var places: [String: Int] = [:]
        var kept: [Item] = []
        for item in items {
            if let place = places[item[keyPath: name]] {
                kept[place] = item
            } else {
                places[item[keyPath: name]] = kept.count
                kept.append(item)
            }
        }
        return kept
    }
}
