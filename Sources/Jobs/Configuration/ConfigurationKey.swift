/// A key of `caisson.toml`: one row tells how it is read, what variable wins over it, and what it is for.
package struct ConfigurationKey: Sendable {
    /// The table that it stands in, such as `build_engine.queue`.
    package let table: String
    /// Its name in that table.
    package let name: String
    /// The environment variable that wins over the file; nil where there is none.
    package let variable: String?
    /// What it says, in words that follow its name; without a period.
    package let meaning: String
    /// What its value may be.
    let form: ConfigurationForm
    /// The default in words, where it isn't the same on all machines.
    let fallback: String?

    init(
        _ name: String,
        _ form: ConfigurationForm,
        fallback: String? = nil,
        variable: String? = nil,
        _ meaning: String
    ) {
        let parts = name.split(separator: ".")
        self.table = parts.dropLast().joined(separator: ".")
        self.name = String(parts.last ?? "")
        self.form = form
        self.fallback = fallback
        self.variable = variable
        self.meaning = meaning
    }

    /// Table and name with a point between them.
    package var fullName: String { "\(table).\(name)" }
}

// MARK: - Tables

extension ConfigurationKey {
    /// The tables that belong to others, who read them by themselves: the linter's.
    static let foreignTables = ["lint"]

    /// The tables that have keys, in the order of the rows.
    package static let tables: [String] = all.reduce(into: []) { tables, key in
        if !tables.contains(key.table) { tables.append(key.table) }
    }

    /// The keys of a table.
    static func keys(of table: String) -> [ConfigurationKey] { all.filter { $0.table == table } }

    /// The names of the tables in a table, which is the file itself where it has no name.
    static func tables(in table: String) -> [String] {
        let inner = tables.compactMap { name -> String? in
            guard !table.isEmpty else { return name.contains(".") ? nil : name }
            return name.hasPrefix(table + ".") ? String(name.dropFirst(table.count + 1)) : nil
        }
        return table.isEmpty ? inner + foreignTables : inner
    }
}
