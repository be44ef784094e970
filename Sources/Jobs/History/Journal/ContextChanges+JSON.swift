import CaissonBuildModel
import CaissonJSON
import CaissonText

/// How a journal and the database keep what changed in a context.
extension ContextChanges {
    /// Reads it; a change that can't be read counts as one that was left out.
    init?(_ json: JSON) {
        guard let name = json["name"]?.string else { return nil }
        self.init(of: name, files: json["files"]?.count ?? 0, since: json["since"]?.string.flatMap { BuildID($0) })
        changes = json["changes"].items.compactMap { ContextChange($0) }
        omitted = (json["omitted"]?.count ?? 0).clampedAdding(json["changes"].items.count - changes.count)
    }
}

extension ContextChange {
    /// Reads `[kind, path, before, after]`.
    fileprivate init?(_ json: JSON) {
        guard let parts = json.array, parts.count == 4, let path = parts[1].string,
            let kind = parts[0].string.flatMap({ Kind(rawValue: $0) })
        else { return nil }
        self.init(kind, path, before: Self.hash(parts[2]), after: Self.hash(parts[3]))
    }

    private static func hash(_ json: JSON) -> UInt64? { json.string.flatMap { UInt64($0, radix: 16) } }
}

extension JSONWriter {
    /// Writes what changed in a context.
    mutating func write(_ changes: ContextChanges) {
        object { json in
            json.member("name", changes.name.clipped(to: JournalLimit.id))
            json.member("files", changes.files)
            json.member("since", ifAny: changes.previous?.description)
            if !changes.changes.isEmpty { json.list("changes", changes.changes) { $0.write($1) } }
            if changes.omitted > 0 { json.member("omitted", changes.omitted) }
        }
    }

    private mutating func write(_ change: ContextChange) {
        begin(UInt8(ascii: "["))
        string(change.kind.rawValue)
        string(change.path.clipped(to: JournalLimit.path))
        string(change.before.map { String($0, radix: 16) } ?? "")
        string(change.after.map { String($0, radix: 16) } ?? "")
        end(UInt8(ascii: "]"))
    }
}
