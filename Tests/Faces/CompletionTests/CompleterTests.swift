import Testing

@testable import CaissonCompletion

@Suite struct CompleterTests {
    /// A program with the shapes that commands have.
    private static let dump = """
        {"command": {"commandName": "caisson", "subcommands": [
          {"commandName": "build", "abstract": "Builds an image.\\nAt length.", "arguments": [
            {"kind": "option", "abstract": "The Dockerfile.", "names": [{"kind": "short", "name": "f"}, {"kind": "long", "name": "file"}],
             "preferredName": {"kind": "long", "name": "file"}},
            {"kind": "option", "names": [{"kind": "long", "name": "target"}]},
            {"kind": "option", "names": [{"kind": "long", "name": "build-arg"}]},
            {"kind": "option", "names": [{"kind": "long", "name": "builder"}]},
            {"kind": "option", "names": [{"kind": "long", "name": "progress"}]},
            {"kind": "option", "names": [{"kind": "long", "name": "secret-one"}], "shouldDisplay": false},
            {"kind": "flag", "names": [{"kind": "long", "name": "push"}]},
            {"kind": "positional", "valueName": "path"}]},
          {"commandName": "lint", "arguments": [
            {"kind": "option", "names": [{"kind": "long", "name": "ignore"}]},
            {"kind": "option", "names": [{"kind": "long", "name": "format"}]}]},
          {"commandName": "batch", "arguments": [
            {"kind": "option", "names": [{"kind": "long", "name": "file"}, {"kind": "short", "name": "f"}]},
            {"kind": "option", "names": [{"kind": "long", "name": "set"}]},
            {"kind": "option", "names": [{"kind": "long", "name": "var"}]}]},
          {"commandName": "builder", "subcommands": [
            {"commandName": "rm", "arguments": []}, {"commandName": "ls"}, {"commandName": "supervise", "shouldDisplay": false}]},
          {"commandName": "version", "arguments": [
            {"kind": "option", "names": [{"kind": "long", "name": "format"}], "allValues": ["table", "json"]}]}
        ]}}
        """

    private static func complete(_ words: [String]) throws -> Completion {
        let tree = try #require(CommandTree(dump: dump))
        let sources = CompletionSources(
            stages: { file, context in ["builder-\(file ?? "")-\(context ?? "")", "final"] },
            arguments: { _, _ in ["VERSION"] },
            builders: { ["default", "farm"] },
            rules: { [Completion.Candidate("DL3006", "Tag the image"), Completion.Candidate("DL4000")] },
            targets: { files in [Completion.Candidate("app", "the app"), Completion.Candidate("db\(files.joined())")] },
            variables: { _ in [Completion.Candidate("TAG")] }
        )
        return Completer(tree, sources).complete(words)
    }

    @Test(arguments: [
        ([""], ["build", "lint", "batch", "builder", "version"]), (["bu"], ["build", "builder"]),
        (["b", "--pu"], ["--push"]),
        (["builder", ""], ["rm", "ls"]), (["builder", "x", ""], []), (["nothing", ""], []), ([], []),
        (["build", "--"], ["--build-arg", "--builder", "--file", "--progress", "--push", "--target"]),
        (["build", "--target", ""], ["builder--", "final"]), (["build", "--target", "f"], ["final"]),
        (["build", "-f", "D", "here", "--target", "b"], ["builder-D-here"]),
        (["build", "--file=D", "--target=b"], ["--target=builder-D-"]), (["build", "--push=", ""], []),
        (["build", "--build-arg", ""], ["VERSION="]), (["build", "--builder", "f"], ["farm"]),
        (["build", "--progress", ""], ["auto", "tty", "plain", "quiet", "rawjson"]),
        (["builder", "rm", ""], ["default", "farm"]), (["builder", "rm", "farm", "d"], ["default"]),
        (["lint", "--ignore", "DL3"], ["DL3006"]), (["lint", "--format", "sa"], ["sarif"]),
        (["version", "--format", ""], ["table", "json"]), (["version", "--format=j"], ["--format=json"]),
        (["batch", ""], ["app", "db"]), (["bake", "app", "d"], ["db"]), (["f", "-f", "x", "--file=y", "d"], ["dbxy"]),
        (["batch", "--set", "a"], ["app."]), (["batch", "--set=d"], ["--set=db."]), (["batch", "--var", ""], ["TAG="]),
        (["build", "--", "--pu"], []), (["build", "--secret-one", ""], []),
    ])
    func `words are offered where they may stand`(given: [String], expected: [String]) throws {
        #expect(try Self.complete(given).candidates.map(\.word) == expected)
    }

    @Test func `files and directories are the shell's`() throws {
        #expect(try Self.complete(["build", "-f", "x"]).paths == .files)
        #expect(try Self.complete(["build", "--file=x"]).paths == .files)
        #expect(try Self.complete(["build", ""]).paths == .directories)
        #expect(try Self.complete(["lint", ""]).paths == .files)
        #expect(try Self.complete(["build", "--", "-"]).paths == .directories)
        #expect(try Self.complete(["version", ""]).paths == .none)
    }

    @Test func `what a word means is its first sentence`() throws {
        #expect(try Self.complete(["buil"]).candidates == [.init("build", "Builds an image"), .init("builder")])
        #expect(try Self.complete(["build", "--fi"]).candidates == [.init("--file", "The Dockerfile")])
        #expect(CommandTree(dump: "") == nil && CommandTree(dump: "{}") == nil && CommandTree(dump: "[1]") == nil)
    }

    @Test(arguments: [
        ("caisson", ["caisson"], ""), ("caisson ", ["caisson", ""], ""),
        ("caisson  build 'a b' c", ["caisson", "build", "a b", "c"], ""),
        ("caisson 'a", ["caisson", "a"], ""), ("caisson a\\ b", ["caisson", "a b"], ""), ("", [""], ""),
        ("c --target=bu", ["c", "--target=bu"], "--target="), ("c --addr unix:", ["c", "--addr", "unix:"], "unix:"),
        ("c \"a\\\"b", ["c", "a\"b"], ""), ("c a\\", ["c", "a"], ""), ("c ''", ["c", ""], ""),
    ])
    func `a line of bash is its words`(line: String, words: [String], cut: String) {
        let read = BashLine(line, separators: " \t\n\"'><=;|&(:")
        #expect(read.words == words && read.cut == cut, "\(read)")
    }

    @Test func `an answer has what each shell shows`() {
        let found = Completion(paths: .none, candidates: [.init("--target=a", "one"), .init("--target=b")])
        #expect(found.text(for: .bash, cut: "--target=") == ":none\na\nb\n")
        #expect(found.text(for: .fish) == ":none\n--target=a\tone\n--target=b\t\n")
        #expect(Completion(paths: .files).text(for: .zsh) == ":files\n")
    }

    @Test(arguments: ShellScript.allCases)
    func `a script asks the program by the same verb`(shell: ShellScript) {
        #expect(shell.text.contains(" __complete \(shell.rawValue) "))
        #expect(shell.text.hasSuffix("\n") && !shell.text.contains("\n\n\n"))
    }
}
