import ArgumentParser
import Testing

@testable import caisson

/// `--flag "$UNSET"` and `--flag=$UNSET` mean that the flag isn't given: for all flags of all commands, by their own help.
@Suite struct EmptyValuesTests {
    /// A flag as the help of a command declares it.
    private struct Declared: Hashable {
        var names: [String]
        var hasValue: Bool
    }

    /// All commands below one, with the words that call them.
    private static func commands(
        _ command: any ParsableCommand.Type = Caisson.self,
        _ words: [String] = []
    ) -> [(words: [String], command: any ParsableCommand.Type)] {
        let configuration = command.configuration
        return [(words, command)]
            + configuration.subcommands.flatMap { commands($0, words + [$0.configuration.commandName ?? ""]) }
    }

    private static func declared(by command: any ParsableCommand.Type) -> [Declared] {
        command.helpMessage(includeHidden: true, columns: 400).split(separator: "\n").compactMap { line in
            guard line.hasPrefix("  -") else { return nil }
            let column = line.dropFirst(2).split(separator: "   ", maxSplits: 1)[0]
            let words = column.split { " ,/".contains($0) }.map(String.init)
            // What no user writes.
            let names = words.filter { $0.hasPrefix("-") && $0 != "--ignored-flag" }
            return Declared(names: names, hasValue: words.contains { $0.hasPrefix("<") })
        }
    }

    @Test func `the table of switches is what the commands declare`() {
        let others = Self.commands().filter { $0.words.first != "build" }.flatMap { Self.declared(by: $0.command) }
        #expect(others.count > 60)
        let switches = Set(others.filter { !$0.hasValue }.flatMap(\.names))
        let values = Set(others.filter(\.hasValue).flatMap(\.names))
        #expect(switches.isDisjoint(with: values))
        #expect(switches.subtracting(EmptyValues.switches) == [])
        #expect(EmptyValues.switches.isDisjoint(with: values))
    }

    @Test func `a flag with nothing as its value is left out, whatever the command`() throws {
        for (words, command) in Self.commands() where !words.isEmpty {
            for flag in Self.declared(by: command) {
                for name in flag.names {
                    let long = words + ["\(name)=", "."]
                    if name.hasPrefix("--") {
                        #expect(try CommandWords.normalised(long) == words + ["."], "\(long)")
                    }
                    let apart = words + [name, "", "."]
                    let isTaken = flag.hasValue && name != "--lint"
                    guard isTaken || words.first != "build" else { continue }
                    #expect(try CommandWords.normalised(apart) == (isTaken ? words + ["."] : apart), "\(apart)")
                }
            }
        }
    }

    @Test func `all else stays`() throws {
        let words = ["lint", "-c", "a", "--", "--ignore", "", "x"]
        #expect(try CommandWords.normalised(words) == words)
        let more = ["image", "create", "-t", "a=", "--annotation", "a=", "x"]
        #expect(try CommandWords.normalised(more) == more)
        #expect(
            try CommandWords.normalised(["build", "--build-arg", "a=", "."]) == ["build", "--build-arg", "a=", "."]
        )
        #expect(
            try CommandWords.normalised(["build", "-t", "", "-o=", "-ftext", ""]) == ["build", "--file", "text", ""]
        )
    }
}
