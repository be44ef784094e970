import CaissonText

extension ComposeLoader {
    /// The document with what it includes; what it says itself goes before that.
    mutating func included(_ root: ComposeValue, _ resets: [[String]], in scope: ComposeScope) -> ComposeValue {
        guard let include = root["include"] else { return root }
        var model = root.without([["include"]])
        if include.isNull { return model }
        guard let entries = include.list else {
            if !include.isBroken { report.refuse(include.place, "include: write a list of paths or tables") }
            return model
        }
        for entry in entries {
            guard let inclusion = inclusion(entry), let other = other(inclusion, in: scope) else { continue }
            model = imported(other, into: model, resets)
        }
        return model
    }

    private struct Inclusion {
        var place: ComposePlace
        var paths: [ComposeValue]
        var variableFiles: [ComposeValue]
        var folder: String?
    }

    private static let keys = ["path", "env_file", "project_directory"]

    private mutating func inclusion(_ entry: ComposeValue) -> Inclusion? {
        if entry.text != nil { return Inclusion(place: entry.place, paths: [entry], variableFiles: []) }
        guard let fields = entry.fields else {
            if !entry.isBroken { report.refuse(entry.place, "include: \(entry.noun) is neither a path nor a table") }
            return nil
        }
        for (key, field) in entry.sortedFields where !Self.keys.contains(key) {
            report.warn(field.place, ComposeWords.unknown(key, "include", Self.keys))
        }
        let folder = fields["project_directory"]?.value
        let paths = texts(fields["path"]?.value)
        guard !paths.isEmpty, folder == nil || folder?.text != nil else {
            report.refuse(entry.place, "include: the table needs a path, and project_directory is a path")
            return nil
        }
        return Inclusion(
            place: entry.place,
            paths: paths,
            variableFiles: texts(fields["env_file"]?.value),
            folder: folder?.text
        )
    }

    /// The texts of a list or of a text alone.
    private mutating func texts(_ value: ComposeValue?) -> [ComposeValue] {
        guard let value, !value.isBroken else { return [] }
        let items = value.list ?? [value]
        for item in items where item.text == nil && !item.isBroken {
            report.refuse(item.place, "include: \(item.noun) is no path; write a text")
        }
        return items.filter { $0.text != nil }
    }

    /// The model that is included.
    private mutating func other(_ inclusion: Inclusion, in scope: ComposeScope) -> ComposeValue? {
        let names = inclusion.paths.map { path in
            let text = path.text ?? ""
            return (ComposePaths.isRemote(text) ? text : ComposePaths.joined(scope.folder, text), path.place)
        }
        guard let main = names.first else { return nil }
        if let start = scope.trail.firstIndex(of: main.0) {
            let circle = (scope.trail[start...] + [main.0]).joined(separator: " → ")
            report.refuse(inclusion.place, "files include each other in a circle: \(circle)")
            return nil
        }
        guard scope.trail.count < ComposeBounds.depth else {
            report.refuse(inclusion.place, "files include one another more than \(ComposeBounds.depth) deep")
            return nil
        }
        var inner = scope
        inner.number = nextScope()
        inner.relativeFolder = inclusion.folder ?? ComposePaths.folder(of: inclusion.paths.first?.text ?? "")
        let isAbsolute = inner.relativeFolder.hasPrefix("/")
        inner.folder =
            isAbsolute ? inner.relativeFolder : ComposePaths.joined(scope.folder, inner.relativeFolder)
        inner.environment = environment(inclusion, inner.folder, scope)
        return model(of: names.map { (path: $0.0, place: $0.1) }, in: inner)
    }

    /// The variables of what is included: those of the files given, or of `.env` in its folder, behind those there are.
    private mutating func environment(
        _ inclusion: Inclusion,
        _ folder: String,
        _ scope: ComposeScope
    ) -> [String: String] {
        var paths = inclusion.variableFiles.map { file in
            let text = file.text ?? ""
            return (text.hasPrefix("/") ? text : ComposePaths.joined(scope.folder, text), file.place)
        }
        if paths.isEmpty {
            let path = ComposePaths.joined(folder, ".env")
            if case .bytes = files.content(of: path) { paths = [(path, inclusion.place)] }
        }
        var values: [String: String] = [:]
        for (path, place) in paths where path != "/dev/null" {
            values = variables(of: path, namedAt: place, adding: values) { scope.environment[$0] }
        }
        return scope.environment.merging(values) { own, _ in own }
    }

    /// The variables of a file, added to others.
    mutating func variables(
        of path: String,
        namedAt place: ComposePlace,
        adding values: [String: String],
        isRaw: Bool = false,
        lookup: @escaping (String) -> String?
    ) -> [String: String] {
        guard let bytes = files.text(of: path, namedAt: place, &report) else { return values }
        if isRaw { return ComposeVariables.parseRaw(bytes, adding: values, lookup: lookup) }
        do {
            return try ComposeVariables.parse(bytes, adding: values, lookup: lookup)
        } catch {
            report.refuse(ComposePlace(path, TextPlace(line: error.line, column: 1)), error.message)
            return values
        }
    }

    private static let sections = ["services", "volumes", "networks", "secrets", "configs", "models"]

    /// The model with the resources of another, into which its own of the same name are merged.
    private mutating func imported(
        _ other: ComposeValue,
        into model: ComposeValue,
        _ resets: [[String]]
    ) -> ComposeValue {
        var model = model
        for section in Self.sections {
            guard let theirs = other[section]?.fields, !theirs.isEmpty else { continue }
            let own = model[section]
            guard own == nil || own?.fields != nil else { continue }
            var fields = own?.fields ?? [:]
            for (name, field) in theirs.sorted(by: { $0.key < $1.key }) {
                guard let mine = fields[name] else {
                    fields[name] = field
                    continue
                }
                let below = resets.filter { $0.count > 2 && $0[0] == section && $0[1] == name }.map { Array($0[2...]) }
                let value = ComposeMerge.resources(
                    field.value.without(below),
                    mine.value,
                    path: [section, name],
                    copied: &copied,
                    &report
                )
                fields[name] = ComposeField(place: mine.place, value: value)
            }
            let place = own?.place ?? model.place
            model = model.with(section, ComposeValue(.map(fields), at: place))
        }
        return model
    }
}
