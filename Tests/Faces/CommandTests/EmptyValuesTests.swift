import ArgumentParser
import CaissonBuildModel
import Testing

@testable import caisson

/// `--flag "$UNSET"` and `--flag=$UNSET` mean that the flag isn't given: for all flags of all commands, by their own help.
@Suite struct EmptyValuesTests {
    /// Whether a command's flags are docker's, which have tables of their own.
    private static func hasTable(_ words: [String]) -> Bool {
        words.first.map { FlagTable.ofVerbs[$0] != nil } ?? false
    }

    @Test func `the table of switches is what the commands declare`() {
        let others = DeclaredFlag.commands().filter { !Self.hasTable($0.words) }.flatMap {
            DeclaredFlag.all(of: $0.command)
        }
        #expect(others.count > 60)
        // The letters that have a value with some commands and none with others.
        let switches = Set(others.filter { !$0.hasValue }.flatMap(\.names)).subtracting(["-a", "-f"])
        let values = Set(others.filter(\.hasValue).flatMap(\.names))
        #expect(switches.isDisjoint(with: values))
        #expect(switches.subtracting(EmptyValues.switches) == [])
        #expect(EmptyValues.switches.isDisjoint(with: values))
    }

    @Test func `a flag with nothing as its value is left out, whatever the command`() throws {
        for (words, command) in DeclaredFlag.commands() where !words.isEmpty {
            for flag in DeclaredFlag.all(of: command) {
                for name in flag.names {
                    if EmptyValues.filters(of: words.first).contains(name) { continue }
                    let long = words + ["\(name)=", "."]
                    if name.hasPrefix("--") {
                        #expect(try CommandWords.normalised(long) == words + ["."], "\(long)")
                    }
                    let apart = words + [name, "", "."]
                    let isTaken = flag.hasValue && !["--lint", "--plan"].contains(name)
                    guard isTaken || !Self.hasTable(words) else { continue }
                    #expect(try CommandWords.normalised(apart) == (isTaken ? words + ["."] : apart), "\(apart)")
                }
            }
        }
    }

    @Test(arguments: [["builds", "ls"], ["cache", "prune"]])
    func `an empty choice stays, and takes no word after it as its value`(command: [String]) throws {
        let names = EmptyValues.filters(of: command[0])
        #expect(names.count >= 5)
        for name in names {
            #expect(try CommandWords.normalised(command + ["\(name)=", "docs"]) == command + [name, "", "docs"])
            #expect(try CommandWords.normalised(command + [name, "", "-f"]) == command + [name, "", "-f"])
            #expect(try CommandWords.normalised(command + ["\(name)=a=", "x"]) == command + ["\(name)=a=", "x"])
        }
    }

    @Test(arguments: EmptyValues.filters(of: "cache"))
    func `a prune with a condition or limit that is empty isn't one of everything`(name: String) throws {
        let command = try #require(try Caisson.command(for: ["cache", "prune", "-f", name, ""]) as? CacheCommand.Prune)
        #expect(throws: BuildError.self) { try command.rules(now: .now) }
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
