import CaissonJSON

/// A command with its options and subcommands, as the program declares them.
package struct CommandTree: Sendable, Hashable {
    /// An option or a switch.
    package struct Option: Sendable, Hashable {
        /// Its names with their dashes, the usual one first.
        package var names: [String]
        /// What it is for, in a sentence.
        package var abstract: String
        /// Whether a value follows.
        package var takesValue: Bool
        /// The values that it may have, where they are a few words.
        package var values: [String]
    }

    /// Its name.
    package var name: String
    /// What it is for, in a sentence.
    package var abstract: String
    /// Its options, without those that nobody is shown.
    package var options: [Option]
    /// Its subcommands, without those that nobody is shown.
    package var commands: [CommandTree]

    /// Reads what ArgumentParser dumps of its declarations; nil where that is no such text.
    package init?(dump: String) {
        guard let json = try? JSON(parsing: Array(dump.utf8)), let root = json["command"] else { return nil }
        self.init(root)
    }

    private init(_ json: JSON) {
        name = json["commandName"]?.string ?? ""
        abstract = Self.sentence(json["abstract"]?.string)
        let arguments = (json["arguments"]?.array ?? []).filter { $0["shouldDisplay"] != .bool(false) }
        options = arguments.compactMap(Option.init)
        commands = (json["subcommands"]?.array ?? []).filter { $0["shouldDisplay"] != .bool(false) }.map(
            CommandTree.init
        )
    }

    fileprivate static func sentence(_ text: String?) -> String {
        let line = (text ?? "").split(separator: "\n").first.map(String.init) ?? ""
        return line.hasSuffix(".") ? String(line.dropLast()) : line
    }

    /// The subcommand of that name.
    func command(_ name: String) -> CommandTree? { commands.first { $0.name == name } }

    /// The option that a word, without a value in it, is.
    func option(_ word: String) -> Option? { options.first { $0.names.contains(word) } }
}

extension CommandTree.Option {
    fileprivate init?(_ json: JSON) {
        guard let kind = json["kind"]?.string, kind == "option" || kind == "flag" else { return nil }
        func spelled(_ name: JSON) -> String? {
            name["name"]?.string.map { (name["kind"]?.string == "long" ? "--" : "-") + $0 }
        }
        let preferred = json["preferredName"].flatMap(spelled)
        let all = (json["names"]?.array ?? []).compactMap(spelled)
        names = ([preferred].compactMap(\.self) + all.filter { $0 != preferred })
        guard !names.isEmpty else { return nil }
        abstract = CommandTree.sentence(json["abstract"]?.string)
        takesValue = kind == "option"
        values = (json["allValues"]?.array ?? []).compactMap(\.string)
    }
}
