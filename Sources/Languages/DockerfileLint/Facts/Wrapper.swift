import CaissonDockerfile
import CaissonText
import CaissonShell

/// Commands that run another one, which is the one that the rules are about.
enum Wrapper {
    /// The wrappers, each with its flags that take a value.
    private static let valued: [String: Set<String>] = [
        "command": [], "env": ["-u", "--unset", "-C", "--chdir"], "exec": ["-a"], "nice": ["-n", "--adjustment"],
        "nohup": [], "stdbuf": ["-i", "-o", "-e", "--input", "--output", "--error"],
        "timeout": ["-k", "--kill-after", "-s", "--signal"],
    ]

    /// The commands that really run: without `env`, `exec` and the like, and those in the text of PowerShell and cmd.
    static func unwrapped(_ command: Command) -> [Command] {
        var command = command
        // Each round takes words away.
        while let inner = inner(of: command) { command = inner }
        let texts = innerTexts(of: command)
        return texts.isEmpty ? [command] : texts
    }

    private static func inner(of command: Command) -> Command? {
        guard let valued = valued[command.name] else { return nil }
        var words = command.shell.words.dropFirst()
        var assignments = command.shell.assignments
        // `command -v curl` only asks.
        if command.name == "command", words.contains(where: { $0.text == "-v" || $0.text == "-V" }) { return nil }
        while let word = words.first {
            if word.text.hasPrefix("-") {
                words = words.dropFirst(valued.contains(word.text) ? 2 : 1)
            } else if command.name == "env", let equals = word.text.firstIndex(of: "=") {
                let name = String(word.text[..<equals])
                let value = String(word.text[word.text.index(after: equals)...])
                assignments.append(ShellCommand.Assignment(name: name, value: value, range: word.range))
                words = words.dropFirst()
            } else {
                break
            }
        }
        if command.name == "timeout" { words = words.dropFirst() }
        guard !words.isEmpty else { return nil }
        var inner = command
        inner.shell.words = Array(words)
        inner.shell.assignments = assignments
        return inner
    }

    /// The commands in the text that PowerShell or cmd is given; they have no places of their own.
    private static func innerTexts(of command: Command) -> [Command] {
        let dialect = ShellState.dialect(of: command.name)
        guard dialect != .posix else { return [] }
        let flags = dialect == .cmd ? ["/c", "/k", "/s/c"] : ["-c", "-command"]
        var words = command.arguments
        if let flag = words.firstIndex(where: { flags.contains($0.text.lowercased()) }) {
            words = words[(flag + 1)...]
        } else if words.first?.text.hasPrefix("-") == true || words.first?.text.hasPrefix("/") == true {
            // `-File x.ps1` and the like.
            return []
        }
        let text = words.map(\.text).joined(separator: " ")
        let script = ShellScript(parsing: Array(text.utf8), dialect: dialect)
        return script.commands.map { Command(shell: $0, place: .fixed([command.span])) }
    }

    /// Verbs that the names of PowerShell's own commands begin with.
    private static let verbs: Set<String> = [
        "add", "clear", "copy", "disable", "enable", "expand", "export", "get", "import", "install", "invoke", "move",
        "new", "out", "register", "remove", "rename", "restart", "set", "start", "stop", "test", "uninstall", "update",
        "wait", "write",
    ]

    /// Whether a RUN's text begins in a way that cmd can't understand: its shell is one that the image has set.
    static func isPowerShell(_ text: ArraySlice<UInt8>) -> Bool {
        let first = String(decoding: text.prefix { Ascii.isLetter($0) || $0 == 0x2D }, as: UTF8.self)
        if first.isEmpty { return text.first.map { [0x24, 0x26, 0x5B].contains($0) } ?? false }
        let parts = first.lowercased().split(separator: "-")
        return parts.count == 2 && parts.first.map { verbs.contains(String($0)) } == true
    }

    /// Whether a RUN's text begins with a program that only Windows has.
    static func isWindowsOnly(_ text: ArraySlice<UInt8>) -> Bool {
        let first = text.prefix { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A }
        return ["powershell", "cmd"].contains(ShellState.baseName(String(decoding: first, as: UTF8.self)))
    }
}
