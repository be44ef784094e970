import CaissonHCL
import CaissonIgnoreFile
import CaissonText

/// What `--set` changes, target by target.
struct BakeOverrides {
    /// A change of one field of one target.
    struct Change {
        /// The key as it is written: that of a field, `secret`, `push` or `load`.
        let key: String
        /// What stands behind the key: the name within a field.
        let name: String?
        /// The values, one for each time the key was given.
        var values: [String] = []
        /// Whether the values are added to those that are there.
        var adds = false

        /// When it is applied: what looks at others' work comes after them.
        var rank: Int {
            switch key {
            case "secret": 1
            case "push": 2
            case "load": 3
            default: 0
            }
        }
    }

    /// The changes by target.
    private(set) var changes: [String: [Change]] = [:]
    private(set) var problems: [HCLDiagnostic] = []

    private static let lists: Set<String> = Set(
        BakeField.target.compactMap { if case .list(let word, _) = $0.setting { word } else { nil } }
    )

    /// Reads `PATTERN.KEY[.NAME][+]=VALUE`, patterns as Go's `path.Match` has them.
    init(_ texts: [String], targets: [BakeTarget], inputs: BakeInputs) {
        for text in texts { add(text, targets, inputs) }
    }

    private mutating func fail(_ text: String, _ detail: String) {
        problems.append(HCLDiagnostic("Invalid override", "--set \(text.quoted): \(detail).", at: nil))
    }

    private mutating func add(_ text: String, _ targets: [BakeTarget], _ inputs: BakeInputs) {
        let (left, value) = text.cut(at: "=").map { ($0, $1 as String?) } ?? (text, nil)
        let adds = left.hasSuffix("+")
        let path = (adds ? String(left.dropLast()) : left).pieces(at: ".")
        guard path.count >= 2 else { return fail(text, "write TARGET.KEY=VALUE") }
        let key = path[1]
        guard value != nil || key == "args" else { return fail(text, "write TARGET.KEY=VALUE") }
        let name = path.count > 2 ? path[2...].joined(separator: ".") : nil
        if let problem = Self.problem(key, name, adds) { return fail(text, problem) }
        let names = Self.names(path[0], targets)
        guard !names.isEmpty else {
            let meant = nearest(to: path[0], among: targets.map(\.name)).map { "; did you mean \($0.quoted)?" } ?? ""
            return fail(text, "could not find any target matching \(path[0].quoted)\(meant)")
        }
        // An argument without a value has that of the environment; where that has none, nothing changes.
        guard let value = value ?? name.flatMap({ inputs.lookUp($0) }) else { return }
        for target in names { change(target, Change(key: key, name: name), value, adds) }
    }

    private mutating func change(_ target: String, _ change: Change, _ value: String, _ adds: Bool) {
        var list = changes[target] ?? []
        let index = list.firstIndex { $0.key == change.key && $0.name == change.name } ?? list.count
        if index == list.count { list.append(change) }
        let isList = Self.lists.contains(change.key)
        list[index].values = (isList ? list[index].values : []) + [value]
        list[index].adds = adds
        changes[target] = list
    }

    /// What is wrong with a key.
    private static func problem(_ key: String, _ name: String?, _ adds: Bool) -> String? {
        if key == "secret" {
            if name == nil { return "a secret needs a name: secret.NAME=VALUE" }
            return adds ? "secret does not support append" : nil
        }
        if key == "push" || key == "load" { return nil }
        guard let field = BakeField.settable(key) else {
            let meant = nearest(to: key, among: BakeField.settingWords + ["secret", "push", "load"])
            return "unknown key \(key.quoted)" + (meant.map { "; did you mean \($0.quoted)?" } ?? "")
        }
        if field.setting == .named, name == nil { return "\(key) needs a name: \(key).NAME=VALUE" }
        return key == "resources" && adds ? "resources does not support append" : nil
    }

    /// The targets of that name, or those that match the pattern.
    private static func names(_ pattern: String, _ targets: [BakeTarget]) -> [String] {
        if targets.contains(where: { $0.name == pattern }) { return [pattern] }
        let pattern = Array(pattern.utf8)
        return targets.map(\.name).filter { FileNamePattern.matches(pattern, Array($0.utf8)) }
    }
}
