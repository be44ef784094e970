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

    /// Whether the RUN itself says `set -o pipefail`.
    static func isSet(in run: Run) -> Bool {
        guard let pipe = run.pipes.first else { return false }
        return run.commands.contains { command in
            command.name == "set" && command.has("pipefail") && command.nameSpan.lowerBound < pipe.lowerBound
        } && !run.isPlain
    }

    /// A fix that adds a SHELL before the RUN; only if bash is certainly there.
    static func fix(for step: Step, in facts: Facts) -> Fix? {
        guard let stage = step.stage, let first = facts.ancestry(of: stage).last, !facts.hasShell(at: step),
            let image = facts.stages[first].image?.unquoted,
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
        if command.shell.assignments.contains(where: { $0.name == name && Self.isTrue($0.value) }) { return true }
        guard let stage = run.step.stage else { return false }
        var value: String?
        let chain = Set(ancestry(of: stage))
        for step in steps(.env) where step.index < run.step.index {
            guard let own = step.stage, chain.contains(own) else { continue }
            for pair in step.instruction.pairs where pair.key.unquoted == name { value = pair.value?.unquoted }
        }
        return value.map(Self.isTrue) ?? false
    }

    private static func isTrue(_ value: String) -> Bool { ["1", "true", "yes", "on"].contains(value.lowercased()) }
}
