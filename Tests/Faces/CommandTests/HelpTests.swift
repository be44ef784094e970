import CaissonManuals
import ArgumentParser
import CaissonText
import Glibc
import Testing

@testable import caisson

@Suite("The help of every command")
struct HelpTests {
    /// A command by the words that call it.
    struct Named: Sendable, CustomTestStringConvertible {
        var words: [String]
        var type: any ParsableCommand.Type
        var testDescription: String { words.joined(separator: " ") }
    }

    static let all = named([], Caisson.self)

    private static func named(_ words: [String], _ type: any ParsableCommand.Type) -> [Named] {
        let more = type.configuration.subcommands.filter { $0.configuration.shouldDisplay }
        return [Named(words: words, type: type)]
            + more.flatMap { named(words + [$0.configuration.commandName ?? ""], $0) }
    }

    private static func help(_ command: Named, width: Int) -> String {
        HelpLayout(width: width).text(of: Caisson.helpMessage(for: command.type, columns: 100_000))
    }

    @Test("it has an overview, a usage, examples, variables and the exit status", arguments: all)
    func sections(command: Named) {
        let lines = Self.help(command, width: 80).pieces(at: "\n")
        for title in ["OVERVIEW: ", "USAGE: caisson", "EXAMPLES", "ENVIRONMENT", "EXIT STATUS"] {
            #expect(lines.count { $0.hasPrefix(title) } == 1, "\(title)")
        }
    }

    @Test(
        "no line is wider than the terminal, but for a word that is to be typed",
        arguments: all,
        [40, 60, 80, 100, 200]
    )
    func widths(command: Named, width: Int) {
        for line in Self.help(command, width: width).pieces(at: "\n") where line.count > width {
            let words = line.replacing(" \\", with: "").trimmed.split(separator: " ")
            #expect(words.count == 1 && Self.examples(command).contains { $0.contains(words[0]) }, "\(line)")
        }
    }

    @Test("all that ArgumentParser says is in it", arguments: all, [40, 80])
    func complete(command: Named, width: Int) {
        let own = Self.help(command, width: width).replacing("\\\n", with: "").filter { !$0.isWhitespace }
        let theirs = Caisson.helpMessage(for: command.type, columns: 100_000)
        #expect(own.contains("--version") == command.words.isEmpty)
        let words = theirs.replacing("Exit status:", with: "").replacing("--version", with: "")
            .replacing("Show the version.", with: "").split(
                whereSeparator: \.isWhitespace
            )
        let missing = words.filter { !$0.hasSuffix(":") && !own.contains($0) }
        #expect(missing.isEmpty)
    }

    @Test("its examples are command lines of that command", arguments: all)
    func examples(command: Named) throws {
        let examples = Self.examples(command)
        #expect(!examples.isEmpty)
        for line in examples {
            let words = ShellWords(line)
            let given = Array((words.ended + [words.last ?? ""]).dropFirst())
            #expect(line.hasPrefix("caisson ") && given.starts(with: command.words), "\(line)")
            #expect(throws: Never.self, "\(line)") { try Caisson.command(for: CommandWords.normalised(given)) }
        }
    }

    private static func examples(_ command: Named) -> [String] {
        (Manual.commands[command.words.joined(separator: " ")]?.examples ?? []).map(\.line)
    }

    @Test("a broken example is the same to a shell", arguments: all, [20, 40, 80])
    func brokenExamples(command: Named, width: Int) {
        let help = Self.help(command, width: width).replacing("\\\n", with: " ")
        let shown = Set(help.pieces(at: "\n").map { ShellWords($0) })
        for line in Self.examples(command) { #expect(shown.contains(ShellWords(line)), "\(line)") }
    }

    @Test("every variable that help names has a meaning, and those of ours are all named")
    func variables() {
        let named = Set(Manual.commands.values.flatMap(\.environment))
        for name in named { #expect(Manual.own[name] != nil || PeerVariables.honoured[name] != nil, "\(name)") }
        for name in Manual.own.keys { #expect(named.contains(name), "\(name)") }
        for name in PeerVariables.honoured.keys {
            let command = name.contains("BAKE_") ? "batch" : "build"
            #expect(Manual.commands[command]?.environment.contains(name) == true, "\(name)")
        }
    }

    @Test("no command has a manual that nothing shows")
    func commands() {
        #expect(Set(Manual.commands.keys) == Set(Self.all.map { $0.words.joined(separator: " ") }))
    }

    @Test("what is no help stays as it is", arguments: ["", "caisson 0.1.0", "OVERVIEW: x", "{\n}\n"])
    func other(text: String) {
        #expect(HelpLayout(width: 40).text(of: text) == text)
    }

    @Test("any width gives lines", arguments: [Int.min, -1, 0, 1, 19, Int.max])
    func oddWidths(width: Int) throws {
        let build = try #require(Self.all.first { $0.words == ["build"] })
        #expect(Self.help(build, width: width).contains("EXAMPLES"))
    }

    @Test(
        "whatever COLUMNS is, the program prints it, and says what is wrong with a command line",
        arguments: ["\(Int.min)", "-5", "0", "20", "26", "40", "100000", "abc"]
    )
    func programWidths(columns: String) async {
        // In a process of its own, as the variable is the whole process's.
        await #expect(processExitsWith: .success) { [columns] in
            setenv("COLUMNS", columns, 1)
            for command in HelpTests.all {
                for words in [command.words + ["--help"], ["help"] + command.words] {
                    let asked = await Main.ending(of: words)
                    #expect(asked.status == 0 && asked.output.hasPrefix("OVERVIEW: "), "\(words)")
                }
                let wrong = await Main.ending(of: command.words + ["--no-such-flag"])
                #expect(wrong.status == 2 && wrong.complaint.hasPrefix("error: "), "\(command.words)")
            }
            let missing = await Main.ending(of: ["completion"])
            #expect(missing.status == 2 && missing.complaint.contains("<shell>"), "\(missing.complaint)")
        }
    }
}
