import CaissonDockerfile
import CaissonShell

/// Whether a failure within a pipe makes a RUN fail.
enum Pipefail {
    private static let shells: Set<String> = ["bash", "zsh", "ash"]

    /// Whether a SHELL ensures that, or has no such pipes.
    static func isSet(by shell: [String]) -> Bool {
        let name = ShellState.baseName(shell.first ?? "")
        if !ShellState.isPosix(name) { return true }
        guard shells.contains(name) else { return false }
        let options = shell.dropFirst()
        if options.contains(where: { $0.hasPrefix("-") && $0.holds("o") && $0.hasSuffix("opipefail") }) {
            return true
        }
        return zip(options, options.dropFirst()).contains { flag, value in
            flag.hasPrefix("-") && !flag.hasPrefix("--") && flag.holds("o") && value == "pipefail"
        }
    }

    /// The pipes of a script before which it doesn't say `set -o pipefail`, or says `set +o pipefail` after that.
    static func open(_ script: ShellScript) -> [Range<Int>] {
        script.pipes.filter { pipe in
            let last = script.commands.last { command in
                command.name == "set" && command.range.lowerBound < pipe.lowerBound
                    && command.arguments.contains { $0.text == "pipefail" }
            }
            guard let last, let name = last.words.firstIndex(where: { $0.text == "pipefail" }) else { return true }
            let flag = last.words[name - 1].text
            return !(flag.hasPrefix("-") && flag.hasSuffix("o"))
        }
    }

    /// A fix that adds a SHELL before the RUN; only if bash is certainly there.
    static func fix(for step: Step, in facts: Facts) -> Fix? {
        guard let stage = step.stage, let first = facts.ancestry(of: stage).last, !facts.hasShell(at: step),
            let image = facts.stages[first].image?.unquoted.lowercased(), !BaseImages.isWindows(image),
            !["alpine", "busybox", "slim-alpine", "distroless", "windows"].contains(where: image.contains)
        else { return nil }
        let start = facts.file.source.lineStarts[step.line - 1]
        let upper = step.instruction.name.text != "run"
        let text = "\(upper ? "SHELL" : "shell") [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\n"
        return .unsafe("set the shell to bash with pipefail", [Edit(at: start, text)])
    }
}

/// Finds commands whose output a shell runs.
enum PipedShell {
    private static let runners: Set<String> = [
        "sh", "bash", "ash", "dash", "zsh", "python", "python3", "perl", "ruby", "node", "php",
    ]

    /// The name of the shell that runs a command's output; nil if none does.
    static func runner(of index: Int, in run: Run) -> String? {
        let command = run.commands[index]
        let later = run.commands[(index + 1)...].filter { $0.shell.pipeline == command.shell.pipeline }
        for other in later where other.shell.connector == .pipe {
            let words = other.shell.words.map(\.text)
            let name = words.first { $0 != "sudo" && $0 != "env" && !$0.holds("=") && !$0.hasPrefix("-") } ?? ""
            let base = PathText.lastName(name)
            if runners.contains(base) { return base }
        }
        guard command.shell.isSubstituted else { return nil }
        // `sh -c "$(curl …)"` and `bash <(curl …)`: the outer command comes first in the list.
        let around = run.commands[..<index].last {
            !$0.shell.isSubstituted && $0.shell.range.contains(command.shell.range.lowerBound)
        }
        guard let around else { return nil }
        let base = PathText.lastName(around.name)
        if base == "eval" || base == "source" || base == "." { return base }
        guard runners.contains(base) else { return nil }
        let takesText = around.hasFlag("c") || around.arguments.contains { $0.text.hasPrefix("<(") }
        return takesText ? base : nil
    }
}

/// Where package managers keep what they download.
enum CacheTarget {
    private static let npm = "/root/.npm"

    /// The first command that downloads, and the directory to mount a cache at.
    static func first(in run: Run) -> (command: Command, target: String)? {
        for command in run.commands {
            if let target = target(of: command) { return (command, target) }
        }
        return nil
    }

    private static func target(of command: Command) -> String? {
        let verb = command.plainArguments().first?.text ?? ""
        if PipInstall.isInstall(command) { return "/root/.cache/pip" }
        switch (command.name, verb) {
        case ("go", "build"), ("go", "install"), ("go", "mod"), ("go", "test"): return "/go/pkg/mod"
        case ("cargo", "build"), ("cargo", "install"), ("cargo", "fetch"): return "/usr/local/cargo/registry"
        case ("npm", "ci"), ("npm", "install"): return npm
        case ("yarn", "install"): return "/usr/local/share/.cache/yarn"
        case ("pnpm", "install"): return "/root/.local/share/pnpm/store"
        case ("bundle", "install"): return "/usr/local/bundle/cache"
        case ("composer", "install"): return "/root/.composer/cache"
        case ("mvn", _) where !verb.isEmpty: return "/root/.m2"
        case ("gradle", _) where !verb.isEmpty: return "/root/.gradle"
        case ("dotnet", "restore"): return "/root/.nuget/packages"
        default: return nil
        }
    }
}

extension Facts {
    /// Whether pip's cache is off where a command runs: by ENV, or by an assignment before it.
    func hasNoPipCache(_ run: Run, _ command: Command) -> Bool {
        let name = "PIP_NO_CACHE_DIR"
        if run.hasMount(at: ["/root/.cache/pip"]) || run.hasMount("pip") { return true }
        if command.shell.assignments.contains(where: { $0.name == name && Self.isTrue($0.value) }) { return true }
        let exported = run.commands.contains { other in
            guard ["export", "declare", "typeset"].contains(other.name),
                other.nameSpan.lowerBound <= command.nameSpan.lowerBound
            else { return false }
            return other.arguments.contains { word in
                word.text.hasPrefix(name + "=") && Self.isTrue(String(word.text.dropFirst(name.utf8.count + 1)))
            }
        }
        // ARG is in the environment of RUN as ENV is.
        return exported || (values(before: run.step)[name] ?? nil).map(Self.isTrue) ?? false
    }

    /// Whether pip takes a value for one that turns its cache off.
    ///
    /// For the sake of older versions it does so for `off` and `0`, too.
    private static func isTrue(_ value: String) -> Bool {
        ["1", "true", "yes", "on", "y", "t", "0", "false", "no", "off", "n", "f"].contains(value.lowercased())
    }
}
