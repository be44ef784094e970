import CaissonDockerfile
import CaissonShell

extension Check {
    /// Calls the closure with each command that has one of the names, or with each command if there are no names.
    mutating func eachCommand(
        _ names: String...,
        triggers: Bool = true,
        _ body: (inout Check, Run, Command) -> Void
    ) {
        let runs = facts.runs
        for run in runs where triggers || !run.step.isTrigger {
            for command in run.commands where names.isEmpty || names.contains(command.name) {
                // On Windows, many names are those of other commands: `wget`, `ps`, `mount`.
                if !run.isPosix, !names.isEmpty, !Self.everywhere.contains(command.name) { continue }
                body(&self, run, command)
            }
        }
    }

    /// Commands that are the same on Windows.
    private static let everywhere: Set<String> = ["cd", "gem", "go", "npm", "yarn"]

    /// Calls the closure with each command that installs something and that no later command of its RUN cleans up
    /// after.
    mutating func eachUncleaned(
        _ name: String,
        verbs: [String],
        cleaned: (Command) -> Bool,
        _ body: (inout Check, Run, Command) -> Void
    ) {
        let runs = facts.runs
        for run in runs {
            let last = run.commands.lastIndex { $0.name == name && $0.argument(verbs) != nil }
            guard let last, run.isPosix, !run.commands[(last + 1)...].contains(where: cleaned) else { continue }
            body(&self, run, run.commands[last])
        }
    }

    /// Reports words without a version.
    mutating func reportUnpinned(_ words: [ShellWord], _ what: String, _ how: String, _ run: Run, _ command: Command) {
        guard let first = words.first else { return }
        let message = "\(what) without a version: \(words.listed); write \(first.text)\(how)"
        report(message, at: command.span(first), run.step)
    }

    /// Reports a flag that is missing, with the fix that adds it after the verb.
    mutating func reportMissing(
        _ flag: String,
        _ what: String,
        _ verbs: [String],
        _ run: Run,
        _ command: Command
    ) {
        var fix: Fix?
        if command.isEditable {
            let edits = [command.insertion(flag, afterVerb: verbs)]
            fix = rule.fix == .unsafe ? .unsafe("add \(flag)", edits) : .safe("add \(flag)", edits)
        }
        report("\(what) without \(flag)", at: command.span, run.step, fix: fix)
    }

    /// Checks the values of the labels of a type.
    mutating func eachLabel(_ type: LabelType, isValid: (String) -> Bool, _ what: String) {
        for (step, pair) in facts.labels where facts.settings.labelSchema[pair.key.unquoted] == type {
            let value = pair.value?.unquoted ?? ""
            if value.contains("$") || isValid(value) { continue }
            report("the label \(pair.key.text) should be \(what)", at: pair.value?.span ?? pair.span, step)
        }
    }
}

extension Run {
    /// The fix that adds another command after all others.
    func appending(_ text: String) -> Fix? {
        appendOffset.map { .unsafe("add \(text)", [Edit(at: $0, " && \(text)")]) }
    }
}

extension Command {
    /// The value of a flag: the word after it, or the text after its `=`.
    func value(of names: [String]) -> String? {
        for (index, word) in zip(arguments.indices, arguments) {
            if names.contains(word.text) {
                return index + 1 < arguments.endIndex ? arguments[index + 1].text : nil
            }
            for name in names {
                if name.hasPrefix("--"), word.text.hasPrefix(name + "=") {
                    return String(word.text.dropFirst(name.count + 1))
                }
                let isShort = name.utf8.count == 2 && word.text.hasPrefix(name) && word.text.utf8.count > 2
                if isShort { return String(word.text.dropFirst(2)) }
            }
        }
        return nil
    }
}
