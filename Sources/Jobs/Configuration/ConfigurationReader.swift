import CaissonTOML
import CaissonText

/// Reads a file, then the variables, into a configuration that has its defaults.
struct ConfigurationReader {
    /// What has been read.
    private(set) var configuration: Configuration
    /// What was wrong, up to a limit.
    private(set) var problems: [ConfigurationProblem] = []
    /// Whether the file is no TOML.
    private(set) var isOfSyntax = false

    init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    /// Takes note of something that is wrong.
    mutating func report(_ problem: ConfigurationProblem) {
        if problems.count < ConfigurationError.most { problems.append(problem) }
    }

    // MARK: Variables

    /// Reads the variables; one that is empty says nothing.
    mutating func read(_ variables: [String: String], _ base: PathBase) {
        for key in ConfigurationKey.all {
            guard let name = key.variable, let text = variables[name], !text.isEmpty else { continue }
            let written = WrittenValue(variable: text, for: key.form)
            if key.form.set(written, in: &configuration, base) {
                configuration.origins[key.fullName] = .variable(name)
            } else {
                let advice = "set it to \(key.form.expectation), or unset it"
                report(ConfigurationProblem("\(name) is \(text.quoted); \(advice)"))
            }
        }
    }

    // MARK: The file

    /// Reads a file.
    mutating func read(_ file: ConfigurationFile, _ base: PathBase) {
        configuration.file = file.path
        do throws(TOMLError) {
            read(try TOMLValue(parsing: file.bytes).entries ?? [], of: "", in: file, base)
        } catch {
            isOfSyntax = true
            report(ConfigurationProblem(file: file.path, at: error.place, error.message))
        }
    }

    /// Reads the entries of a table; those of the tables in it as well, which are none but those of the rows.
    private mutating func read(
        _ entries: [TOMLEntry],
        of table: String,
        in file: ConfigurationFile,
        _ base: PathBase
    ) {
        let known = ConfigurationKey.keys(of: table)
        let tables = ConfigurationKey.tables(in: table)
        // No more is looked at than is told: a file may be nothing but mistakes.
        for entry in entries where problems.count < ConfigurationError.most {
            let name = table.isEmpty ? entry.key : "\(table).\(entry.key)"
            if table.isEmpty, ConfigurationKey.foreignTables.contains(entry.key) { continue }
            if tables.contains(entry.key) {
                if let inner = entry.value.entries {
                    read(inner, of: name, in: file, base)
                } else {
                    report(entry.problem(in: file, "\(name) has to be a table; write [\(name)], and its keys below"))
                }
            } else if let key = known.first(where: { $0.name == entry.key }) {
                set(key, entry, in: file, base)
            } else {
                let unknown = UnknownEntry(entry, of: table, among: entries)
                report(entry.problem(in: file, unknown.message))
            }
        }
    }

    private mutating func set(
        _ key: ConfigurationKey,
        _ entry: TOMLEntry,
        in file: ConfigurationFile,
        _ base: PathBase
    ) {
        let written = WrittenValue(entry.value.kind)
        guard key.form.set(written, in: &configuration, base) else {
            return report(entry.problem(in: file, "\(key.fullName) is \(written); write \(key.form.expectation)"))
        }
        if case .builder = key.form, !file.isOwn, written.text?.contains("://") == true {
            // It would send secrets and logins to whoever wrote the file that a folder came with.
            return report(
                entry.problem(
                    in: file,
                    "\(key.fullName) can't be an address in a folder's file, which may be somebody else's; write the "
                        + "name of a builder, or write it into the user's own \(ConfigurationFile.name)"
                )
            )
        }
        if key.fullName == "cache.after_builds", !file.isOwn, written.flag == true {
            // Else a folder from somebody else could empty the caches of whoever builds it.
            return report(
                entry.problem(
                    in: file,
                    "\(key.fullName) can't be on in a folder's file, which may be somebody else's; write it into the user's "
                        + "own \(ConfigurationFile.name)"
                )
            )
        }
        configuration.origins[key.fullName] = .file(file.path, entry.value.place)
    }
}

extension TOMLEntry {
    /// A problem at the entry's key.
    fileprivate func problem(in file: ConfigurationFile, _ message: String) -> ConfigurationProblem {
        ConfigurationProblem(file: file.path, at: value.place, message)
    }
}
