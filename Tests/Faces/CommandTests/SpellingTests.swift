import ArgumentParser
import CaissonBuildModel
import Testing

@testable import caisson

/// One flag in its several spellings is one flag: for all flags of all commands, by their own declarations.
@Suite struct SpellingTests {
    /// What a command line comes to: the parsed command, or why there is none.
    private static func outcome(_ words: [String]) -> (text: String, isGood: Bool) {
        do {
            var text = ""
            dump(try Caisson.command(for: try CommandWords.normalised(words)), to: &text)
            return (text, true)
        } catch {
            return (ExitReport.of(error).complaint, false)
        }
    }

    @Test(arguments: DeclaredFlag.commands().filter { $0.command.configuration.subcommands.isEmpty }.map(\.words))
    func `a value may stand apart or behind the flag`(called: [String]) {
        var good = 0
        for (words, command) in DeclaredFlag.commands() where words == called {
            for flag in DeclaredFlag.all(of: command) where flag.hasValue {
                // Its value never stands apart.
                for name in flag.names where !["--lint", "--plan"].contains(name) {
                    // Only docker's commands take a word with a dash for a value that stands apart.
                    let isDockers = FlagTable.ofVerbs[words[0]] != nil
                    for value in ["x", "1", "a=b", "json"] + (isDockers ? ["-x"] : []) {
                        let apart = Self.outcome(words + [name, value, "."])
                        good += apart.isGood ? 1 : 0
                        let joined =
                            name.hasPrefix("--") ? ["\(name)=\(value)"] : ["\(name)\(value)", "\(name)=\(value)"]
                        for spelling in joined {
                            // ArgumentParser takes what stands before an equals sign for the name, letters included.
                            if !isDockers, !name.hasPrefix("--"), value.contains("=") { continue }
                            // Only docker's commands have values after a letter's equals sign.
                            if spelling.hasPrefix("\(name)="), !name.hasPrefix("--"), !isDockers { continue }
                            let other = Self.outcome(words + [spelling, "."])
                            #expect(other.isGood == apart.isGood, "\(words) \(spelling): \(other.text)")
                            if apart.isGood { #expect(other.text == apart.text, "\(words) \(spelling)") }
                        }
                    }
                }
            }
        }
        // Others refuse the operand, or have few flags with a value.
        let least = ["batch": 20, "build": 60, "context ls": 3, "lint": 20]
        #expect(good >= least[called.joined(separator: " ")] ?? 0, "\(good)")
    }

    @Test func `a switch of build may be written out, and off is not given`() {
        let plain = Self.outcome(["build", "."])
        #expect(plain.isGood)
        for flag in DeclaredFlag.all(of: BuildCommand.self) where !flag.hasValue {
            for name in flag.names where !["--help", "-h"].contains(name) {
                let on = Self.outcome(["build", name, "."])
                #expect(on.text != plain.text, "\(name)")
                for word in ["true", "1", "t", "TRUE"] {
                    #expect(Self.outcome(["build", "\(name)=\(word)", "."]).text == on.text, "\(name)=\(word)")
                }
                for word in ["false", "0", "f"] {
                    #expect(Self.outcome(["build", "\(name)=\(word)", "."]).text == plain.text, "\(name)=\(word)")
                }
                #expect(!Self.outcome(["build", "\(name)=perhaps", "."]).isGood, "\(name)=perhaps")
            }
        }
    }
}
