import CaissonHCL
import CaissonText
import CaissonYAML

/// Reads the text of a manifest: what bake's evaluator knows becomes a body like that of a bake file in JSON, and all else
/// is kept beside it, by targets and groups.
///
/// It goes on after an error; what is wrong is told and left out.
struct ManifestReader {
    /// A key with its value.
    struct Item {
        var key: ManifestKey
        var nameRange: HCLRange
        var node: HCLJSONNode
    }

    /// How many problems are told.
    private static let mostProblems = 100

    /// The kinds of jobs.
    let kinds: [ManifestKind]
    private let places: HCLPlaces
    private(set) var problems: [HCLDiagnostic] = []
    /// What the manifest says of everything.
    var top: [Item] = []
    /// What every target has.
    var defaults: [Item] = []
    /// What is said of targets and groups that bake doesn't know.
    var targets: [String: [Item]] = [:]
    var groups: [String: [Item]] = [:]
    /// The kinds of targets.
    var kindNames: [String: String] = [:]
    /// What bake knows, by the kind of block.
    private var blocks: [String: [HCLJSONNode.Member]] = [:]
    private let whole: HCLRange

    init(_ file: BakeFile, kinds: [ManifestKind]) {
        self.kinds = kinds
        let isFine = file.bytes.count <= BakeFile.largest
        let source = HCLSource(name: file.name, bytes: isFine ? file.bytes : [])
        places = HCLPlaces(source)
        let start = TextPlace(line: 1, column: 1)
        whole = places.range(from: start, to: start)
        guard isFine else {
            let detail =
                "\(file.name) has \(file.bytes.count) bytes; a manifest may have \(BakeFile.largest >> 20) MiB. "
                + "Split it."
            problems.append(HCLDiagnostic("File too large", detail, at: nil))
            return
        }
        var limits = YAMLLimits()
        limits.bytes = BakeFile.largest
        do throws(YAMLError) {
            read(try YAMLValue(parsing: file.bytes, limits: limits))
        } catch {
            fail("Invalid YAML", "\(error.message).", at: places.range(from: error.place, to: error.place))
        }
    }

    /// What bake's evaluator reads.
    var body: HCLBody {
        let members = blocks.sorted { $0.key < $1.key }.map { kind, members in
            HCLJSONNode.Member(name: kind, nameRange: whole, value: .object(members, at: whole))
        }
        return .json(.object(members, at: whole))
    }

    mutating func fail(_ summary: String, _ detail: String, at range: HCLRange?) {
        guard problems.count < Self.mostProblems else { return }
        problems.append(HCLDiagnostic(summary, detail, at: range))
    }

    func range(_ value: YAMLValue) -> HCLRange { places.range(from: value.place, to: value.end) }
    func nameRange(_ entry: YAMLEntry) -> HCLRange { places.range(from: entry.place, to: entry.end) }

    /// How a text is written; that of an alias stands on one line, wherever its anchor has it.
    func notation(_ style: YAMLStyle, _ place: TextPlace, _ end: TextPlace) -> HCLNotation {
        switch style {
        case .quoted: .quoted
        case .block where end.line > place.line: .block(indent: places.indent(below: place.line))
        case .plain, .block: .plain
        }
    }

    mutating func add(_ block: String, _ entry: YAMLEntry, _ members: [HCLJSONNode.Member]) {
        // The name stands for the whole: that is what messages about a target show.
        let range = nameRange(entry)
        blocks[block, default: []].append(
            HCLJSONNode.Member(name: entry.key, nameRange: range, value: .object(members, at: range))
        )
    }
}

// MARK: - The parts of a manifest

extension ManifestReader {
    private mutating func read(_ root: YAMLValue) {
        if root.isNull {
            return fail("Empty manifest", "It needs targets: write targets, and under it a name.", at: whole)
        }
        guard let entries = root.entries else { return wrong(root, .table(.top), "the manifest") }
        for (key, entry) in known(entries, ManifestKey.keys(at: .top), .top, at: whole) {
            switch key.name {
            case "version": checkVersion(entry.value)
            case "variables": each(key, entry) { $0.readVariable($1) }
            case "functions": each(key, entry) { $0.readFunction($1) }
            case "groups": each(key, entry) { $0.readGroup($1) }
            case "targets": each(key, entry) { $0.readTarget($1) }
            case "defaults":
                guard let inner = table(entry, .defaults) else { continue }
                defaults = items(inner, ManifestKey.keys(at: .defaults), .defaults, at: nameRange(entry))
            default: top += [item(key, entry)].compactMap { $0 }
            }
        }
    }

    private mutating func each(_ key: ManifestKey, _ entry: YAMLEntry, _ read: (inout Self, YAMLEntry) -> Void) {
        guard let entries = entry.value.entries else { return wrong(entry.value, key.form, key.name) }
        for entry in entries { read(&self, entry) }
    }

    private mutating func checkVersion(_ value: YAMLValue) {
        guard case .int(1) = value.kind else {
            let detail =
                "version is \(value.noun), but this program reads version 1. Write version: 1, or leave it out."
            return fail("Unknown version", detail, at: range(value))
        }
    }

    /// The entries of a table that makes up the manifest; none where nothing stands there.
    private mutating func table(_ entry: YAMLEntry, _ place: ManifestPlace) -> [YAMLEntry]? {
        if entry.value.isNull { return [] }
        if let entries = entry.value.entries { return entries }
        wrong(entry.value, .table(place), entry.key)
        return nil
    }

    private mutating func readVariable(_ entry: YAMLEntry) {
        guard checkVariable(entry) else { return }
        guard entry.value.entries == nil, !entry.value.isNull else {
            let items = items(
                table(entry, .variable) ?? [],
                ManifestKey.keys(at: .variable),
                .variable,
                at: nameRange(entry)
            )
            return add("variable", entry, items.map(\.member))
        }
        guard let value = node(entry.value, .plain, entry.key) else { return }
        add("variable", entry, [HCLJSONNode.Member(name: "default", nameRange: nameRange(entry), value: value)])
    }

    /// Names that expressions can't use, or mean something else by.
    private mutating func checkVariable(_ entry: YAMLEntry) -> Bool {
        let name = entry.key
        let isName = name.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
        if isName, let first = name.utf8.first, !first.isDigit, first != UInt8(ascii: "-") {
            guard ["group", "target", "BAKE_CMD_CONTEXT", "BAKE_LOCAL_PLATFORM"].contains(name) else { return true }
            fail(
                "Reserved name",
                "\(name) has a meaning of its own; give the variable another name.",
                at: nameRange(entry)
            )
        } else {
            let detail =
                "\(name.quoted) can't name a variable: it begins with a letter or _, and has digits and - besides."
            fail("Invalid name", detail, at: nameRange(entry))
        }
        return false
    }

    private mutating func readFunction(_ entry: YAMLEntry) {
        guard let inner = table(entry, .function) else { return }
        let items = items(inner, ManifestKey.keys(at: .function), .function, at: nameRange(entry))
        if items.contains(where: { $0.key.name == "params" }), items.contains(where: { $0.key.name == "result" }) {
            add("function", entry, items.map(\.member))
        }
    }

    private mutating func readGroup(_ entry: YAMLEntry) {
        let keys = ManifestKey.keys(at: .group)
        groups[entry.key] = []
        if entry.value.list != nil, let key = keys.first(where: { $0.name == "targets" }) {
            guard let value = node(entry.value, key.form, entry.key) else { return }
            return add("group", entry, [HCLJSONNode.Member(name: key.name, nameRange: nameRange(entry), value: value)])
        }
        guard entry.value.entries != nil || entry.value.isNull else {
            return wrong(entry.value, .either([.list(.text), .table(.group)]), entry.key)
        }
        let items = items(entry.value.entries ?? [], keys, .group, at: nameRange(entry))
        groups[entry.key] = items.filter { $0.key.reader == .policy }
        guard items.contains(where: { $0.key.name == "targets" }) else { return }
        add("group", entry, items.compactMap { $0.key.reader == .policy ? nil : $0.member })
    }

    private mutating func readTarget(_ entry: YAMLEntry) {
        guard let inner = table(entry, .target) else { return }
        let kind = kind(entry.key, inner)
        let items = items(inner, kind?.targetKeys ?? ManifestKey.keys(at: .target), .target, at: nameRange(entry))
        kindNames[entry.key] = kind?.name
        targets[entry.key] = items.filter { $0.key.reader == .policy || $0.key.reader == .kind }
        add("target", entry, items.compactMap { if case .bake = $0.key.reader { $0.member } else { nil } })
    }

    private mutating func kind(_ target: String, _ entries: [YAMLEntry]) -> ManifestKind? {
        guard let value = entries.first(where: { $0.key == "kind" })?.value, !value.isNull else { return .build }
        guard let name = value.string, let kind = kinds.first(where: { $0.name == name }) else {
            let names = kinds.map(\.name)
            let meant =
                value.string.flatMap { nearest(to: $0, among: names) }.map { " Did you mean \($0.quoted)?" } ?? ""
            let detail = "the kind of \(target) is \(value.noun); there is \(names.joinedAsChoice).\(meant)"
            fail("Unknown kind", detail, at: range(value))
            return nil
        }
        return kind
    }
}

extension ManifestKind {
    /// All keys of its targets.
    var targetKeys: [ManifestKey] {
        let common: Set<String> = ["kind", "name", "matrix", "description", "inherits"]
        return ManifestKey.keys(at: .target).filter {
            hasBuildFields || $0.reader == .policy || common.contains($0.name)
        } + keys
    }
}

extension ManifestReader.Item {
    /// The item as bake's evaluator reads it, under the name that it has there.
    var member: HCLJSONNode.Member {
        var name = key.name
        if case .bake(let other) = key.reader { name = other }
        return HCLJSONNode.Member(name: name, nameRange: nameRange, notation: .plain, value: node)
    }
}
