import CaissonDockerfile
import CaissonShell

/// Finds the commands of a RUN in any of its forms.
enum CommandReader {
    /// The programs that read commands from a heredoc or after `-c`.
    static let shells: Set<String> = ["sh", "bash", "ash", "dash", "zsh", "ksh"]

    static func read(_ run: inout Run, _ file: Dockerfile) {
        readText(&run, file)
        run.namedCount = run.commands.count { !$0.shell.words.isEmpty && !["[", "[["].contains($0.name) }
        run.commands = run.commands.flatMap(Wrapper.unwrapped)
    }

    private static func readText(_ run: inout Run, _ file: Dockerfile) {
        let instruction = run.step.instruction
        if instruction.isJSON {
            run.isPlain = false
            readList(instruction.words, &run)
            return
        }
        let heredocs = instruction.heredocs
        if let first = heredocs.first, instruction.rest == first.range {
            run.isPlain = false
            readBody(first, &run, file)
            return
        }
        if run.isPosix, Wrapper.isWindowsOnly(instruction.text.bytes[instruction.rest]) { run.dialect = .cmd }
        if run.dialect == .cmd, Wrapper.isPowerShell(instruction.text.bytes[instruction.rest]) {
            run.dialect = .powerShell
        }
        let script = ShellScript(parsing: instruction.text.bytes, range: instruction.rest, dialect: run.dialect)
        take(script, .joined(instruction.text), &run)
        run.commandCount = script.topLevelCount
        guard !heredocs.isEmpty else { return }
        run.isPlain = false
        for command in script.commands where shells.contains(ShellState.baseName(command.name)) {
            // `bash <<EOF`: the shell runs the body, unless it is given a file.
            guard !command.arguments.contains(where: { !$0.text.hasPrefix("-") }) else { continue }
            for redirection in command.redirections where redirection.symbol.hasPrefix("<<") {
                let body = heredocs.first { $0.name == redirection.target.text }
                if let body { readBody(body, &run, file) }
            }
        }
    }

    private static func take(_ script: ShellScript, _ place: Command.Place, _ run: inout Run) {
        run.commands += script.commands.map { Command(shell: $0, place: place) }
        let open = Pipefail.open(script)
        for pipe in script.pipes {
            let span = if case .joined(let text) = place { text.source(of: pipe) } else { pipe }
            run.pipes.append(span)
            if open.contains(pipe) { run.openPipes.append(span) }
        }
    }

    /// Reads a heredoc's lines; if they begin with `#!`, they are the shell's only if that names a shell.
    private static func readBody(_ heredoc: Heredoc, _ run: inout Run, _ file: Dockerfile) {
        let bytes = file.source.bytes
        if bytes[heredoc.body].starts(with: [0x23, 0x21]) {
            let line = bytes[heredoc.body].prefix { $0 != 0x0A }
            let words = String(decoding: line.dropFirst(2), as: UTF8.self).split(separator: " ")
            var program = words.first.map { ShellState.baseName(String($0)) } ?? ""
            if program == "env" { program = words.dropFirst().first { !$0.hasPrefix("-") }.map(String.init) ?? "" }
            guard shells.contains(program) else { return }
        }
        let script = ShellScript(parsing: bytes, range: heredoc.body, dialect: run.dialect)
        take(script, .file, &run)
        run.commandCount += script.topLevelCount
    }

    /// Reads a JSON list, which is one command, and the text after `-c` if that command is a shell.
    private static func readList(_ words: [Word], _ run: inout Run) {
        guard !words.isEmpty else { return }
        run.commandCount = 1
        let spans = words.map(\.span)
        var command = ShellCommand(range: 0..<words.count)
        command.words = words.enumerated().map { ShellWord(text: $1.text, range: $0..<($0 + 1)) }
        run.commands = [Command(shell: command, place: .fixed(spans))]
        guard shells.contains(ShellState.baseName(words[0].text)), words.count >= 3,
            let flag = words.firstIndex(where: { $0.text.hasPrefix("-") && $0.text.hasSuffix("c") }),
            flag + 1 < words.count
        else { return }
        let script = ShellScript(parsing: words[flag + 1].text)
        for command in script.commands {
            run.commands.append(Command(shell: command, place: .fixed([words[flag + 1].span])))
        }
        run.pipes = script.pipes.map { _ in words[flag + 1].span }
        let isCovered = Pipefail.isSet(by: words[..<flag].map(\.text) + [words[flag].text])
        run.openPipes = isCovered ? [] : Pipefail.open(script).map { _ in words[flag + 1].span }
        run.commandCount = script.topLevelCount
    }
}
