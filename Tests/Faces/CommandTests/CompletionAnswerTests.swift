import CaissonJSON
import Testing

@testable import CaissonCompletion
@testable import caisson

@Suite struct CompletionAnswerTests {
    private static func options(_ command: CommandTree) -> [CommandTree.Option] {
        command.options + command.commands.flatMap(options)
    }

    @Test func `every option with a value has a kind`() throws {
        let tree = try #require(CompletionAnswer.tree)
        let all = Self.options(tree).filter(\.takesValue)
        #expect(all.count > 60)
        for option in all where option.values.isEmpty {
            let names = option.names.filter { $0.hasPrefix("--") }
            #expect(names.contains { ValueKind.ofOptions[$0] != nil }, "\(option.names)")
        }
        let known = Set(all.flatMap(\.names))
        #expect(ValueKind.ofOptions.keys.filter { !known.contains($0) } == [])
    }

    @Test func `a Dockerfile at hand has the stages and arguments`() async throws {
        try await withTemporaryDirectory { directory in
            try write("ARG VERSION\nFROM scratch AS builder\nFROM builder AS final\n", to: directory + "/Dockerfile")
            try write("FROM scratch AS other\n", to: directory + "/D 2")
            let none: [String: String] = ["HOME": directory, "CAISSON_HOME": directory + "/state"]
            func ask(_ words: String...) -> String { CompletionAnswer.text(words, environment: none) }
            #expect(ask("fish", "--", "build", directory, "--target", "") == ":none\nbuilder\t\nfinal\t\n")
            #expect(ask("zsh", "--", "build", "-f", directory + "/D 2", "--target", "") == ":none\nother\t\n")
            #expect(ask("bash", "=:", "caisson build --target=f \(directory)") == ":directories\n")
            #expect(ask("bash", "=:", "caisson build -f '\(directory)/D 2' --target=o") == ":none\nother\n")
            #expect(ask("fish", "--", "build", directory, "--build-arg", "") == ":none\nVERSION=\t\n")
            #expect(ask("fish", "--", "build", "/nowhere", "--target", "") == ":none\n")
            #expect(ask("bash", "", "caisson build --builder ") == ":none\ndefault\nprivate\n")
            #expect(ask("bash", "", "caisson lint --ignore DL3006").contains("DL3006\n"))
            for wrong in [[], ["tcsh", "--", ""], ["bash"], ["fish", "build"]] {
                #expect(CompletionAnswer.text(wrong, environment: none) == "")
            }
        }
    }
}
