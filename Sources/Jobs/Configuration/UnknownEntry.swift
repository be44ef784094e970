import CaissonTOML
import CaissonText

/// A key that no row has, and what its writer may have meant.
struct UnknownEntry {
    private let name: String
    private let isTable: Bool
    private let table: String
    /// The other entries of the table.
    private let siblings: [TOMLEntry]

    init(_ entry: TOMLEntry, of table: String, among siblings: [TOMLEntry]) {
        name = entry.key
        isTable = entry.value.entries != nil
        self.table = table
        self.siblings = siblings
    }

    /// What is wrong, and what to do.
    var message: String {
        let subject = isTable ? "table" : "key"
        let place = table.isEmpty ? "the file" : "[\(table)]"
        return "\(place) has no \(subject) \(name.quoted); \(advice)"
    }

    private var advice: String {
        let keys = ConfigurationKey.keys(of: table).map(\.name)
        let tables = ConfigurationKey.tables(in: table)
        if let near = nearest(to: name, among: keys + tables) {
            // Both spellings stand there: the right one is read, and this one only seems to be.
            if let other = siblings.first(where: { $0.key == near }) {
                return "\(near) stands on line \(other.value.place.line); remove one of the two"
            }
            return "did you mean \(near)?"
        }
        if let key = ConfigurationKey.all.first(where: { $0.name == name }) {
            return "it belongs below [\(key.table)]"
        }
        if let other = ConfigurationKey.tables.first(where: { $0.split(separator: ".").last == name[...] }) {
            return "write [\(other)]"
        }
        let known = keys + tables.map { "[\(table.isEmpty ? $0 : "\(table).\($0)")]" }
        return "it has \(known.joined(separator: ", "))"
    }
}
