import Foundation
import Testing

/// Completion by a real TAB, in a bash that reads a pseudo-terminal.
@Suite struct CompletionTests {
    /// What stands in the line after a TAB: the keys put `echo` before it and send it.
    private static func line(after keys: String, in directory: URL) async throws -> String {
        let start =
            "PS1=; bind 'set enable-bracketed-paste off'; PATH=\"$1:$PATH\"; source <(caisson completion bash); clear"
        let typed = "\(start)\n\(keys)\t\u{1}echo MADE: \n exit\n"
        let program = URL(filePath: TestPaths.caisson).deletingLastPathComponent().path
        let shell = typed.replacing("$1", with: program)
        var command = Command("/usr/bin/script", ["-qec", "bash --norc --noprofile -i", "/dev/null"])
        command.environment["TERM"] = "dumb"
        command.environment["CAISSON_HOME"] = directory.path + "/state"
        command.environment["COLUMNS"] = "300"
        command.directory = directory.path
        command.input = .data(Data(shell.utf8))
        let output = try await run(command, within: .seconds(30)).output
        let lines = output.split(whereSeparator: \.isNewline).map(String.init)
        let made = try #require(lines.last { $0.hasPrefix("MADE: ") }, "\(output)")
        return made.dropFirst("MADE: ".count).trimmingCharacters(in: .whitespaces)
    }

    @Test(arguments: [
        ("caisson bui", "caisson build"), ("caisson lin", "caisson lint"),
        ("caisson build --tar", "caisson build --target"),
        ("caisson build --target bui", "caisson build --target builder"),
        ("caisson build --target=bui", "caisson build --target=builder"),
        ("caisson build -f Dock", "caisson build -f Dockerfile"), ("caisson build fol", "caisson build folder/"),
        ("caisson build --builder pri", "caisson build --builder private"),
        ("caisson build --progress qu", "caisson build --progress quiet"),
        ("caisson build --platform linux/ris", "caisson build --platform linux/riscv64"),
        ("caisson build --build-arg VER", "caisson build --build-arg VERSION="),
        ("caisson lint --ignore DL300", "caisson lint --ignore DL300"),
        ("caisson builder insp", "caisson builder inspect"),
    ])
    func `a TAB writes the rest of the word`(keys: String, line: String) async throws {
        try await withTemporaryDirectory { directory in
            try TestContext.write("ARG VERSION\nFROM scratch AS builder\n", to: directory, files: ["folder/x": ""])
            #expect(try await Self.line(after: keys, in: directory) == line)
        }
    }
}
