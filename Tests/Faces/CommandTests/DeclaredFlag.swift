import ArgumentParser

@testable import caisson

/// A flag as the help of a command declares it: what tests of all flags walk.
struct DeclaredFlag: Hashable {
    var names: [String]
    var hasValue: Bool

    /// All commands below one, with the words that call them.
    static func commands(
        _ command: any ParsableCommand.Type = Caisson.self,
        _ words: [String] = []
    ) -> [(words: [String], command: any ParsableCommand.Type)] {
        let configuration = command.configuration
        return [(words, command)]
            + configuration.subcommands.flatMap { commands($0, words + [$0.configuration.commandName ?? ""]) }
    }

    /// The flags of a command.
    static func all(of command: any ParsableCommand.Type) -> [DeclaredFlag] {
        command.helpMessage(includeHidden: true, columns: 400).split(separator: "\n").compactMap { line in
            guard line.hasPrefix("  -") else { return nil }
            let column = line.dropFirst(2).split(separator: "   ", maxSplits: 1)[0]
            let words = column.split { " ,/".contains($0) }.map(String.init)
            // What no user writes.
            let names = words.filter { $0.hasPrefix("-") && !["--ignored-flag", "--off"].contains($0) }
            return DeclaredFlag(names: names, hasValue: words.contains { $0.hasPrefix("<") })
        }
    }
}
