import ArgumentParser
import CaissonText
import CaissonBuildModel

/// The words of `caisson build` and `caisson batch` in the one spelling that ArgumentParser reads.
///
/// Docker's flags are read by pflag, which takes more than ArgumentParser does: `-ofile`, `-o=file`, `-qt name`,
/// `--pull=false`, values that begin with `-`. Those become `--name value` or `--name` here, from a table of the flags.
/// Words that this doesn't know are left for ArgumentParser to complain about.
struct CommandWords {
    private let flags: FlagTable
    private var done: [String] = []
    /// The words of `build` that are no flags and no flags' values.
    private var operands: [String] = []
    /// Whether a word isn't known or lacks its value, which ArgumentParser says better.
    private var isIncomplete = false

    private init(_ flags: FlagTable) { self.flags = flags }

    /// The words, rewritten where the verb has docker's flags.
    static func normalised(_ given: [String]) throws(BuildError) -> [String] {
        let table = given.first.flatMap { FlagTable.ofVerbs[$0] }
        let words = table != nil ? given : parted(EmptyValues.dropped(from: given))
        // A flag with and without a value is more than ArgumentParser reads.
        if words.first == "lint" {
            return words.flatMap { $0 == "--fix=unsafe" ? ["--unsafe-fixes"] : [$0 == "--fix=safe" ? "--fix" : $0] }
        }
        guard let table, let verb = words.first else {
            try checkVerb(words)
            return words.first == "image" ? try ImageCommand.normalised(words) : words
        }
        var rewriting = CommandWords(table)
        try rewriting.rewrite(words.dropFirst())
        if verb == "build" { try rewriting.checkOperands(given) }
        return [verb] + rewriting.done
    }

    private mutating func rewrite(_ words: ArraySlice<String>) throws(BuildError) {
        var rest = words
        while let word = rest.popFirst() {
            guard word != "--" else {
                done += [word] + rest
                operands += rest
                break
            }
            if word.hasPrefix("--") {
                try take(long: word, &rest)
            } else if word.hasPrefix("-"), word != "-" {
                try take(short: word, &rest)
            } else {
                done.append(word)
                operands.append(word)
            }
        }
    }

    /// The letters of options that have a value, of the commands whose words are read as they are.
    private static let valueLetters: [String: Set<Character>] = [
        "lint": ["t", "f", "c"], "builds": ["n"], "context": ["f", "o"], "image": ["t", "f"],
    ]

    /// The words with a letter's value apart from it: `-fDockerfile` as `-f Dockerfile`.
    private static func parted(_ words: [String]) -> [String] {
        let letters = valueLetters[words.first ?? ""] ?? []
        let end = words.firstIndex(of: "--") ?? words.endIndex
        return words[..<end].flatMap { word -> [String] in
            let rest = word.dropFirst()
            guard word.hasPrefix("-"), let letter = rest.first, letters.contains(letter), rest.count > 1 else {
                return [word]
            }
            return ["-\(letter)", String(rest.dropFirst())]
        } + words[end...]
    }

    /// Refuses what is no command: the first word, and the second where the first one has commands of its own.
    private static func checkVerb(_ words: [String]) throws(BuildError) {
        try check(words.first, among: Caisson.verbs + ["help"], after: "")
        guard let verb = words.first, let command = Caisson.subcommand(called: verb) else { return }
        let inner = command.configuration.subcommands
        guard !inner.isEmpty else { return }
        let shown = inner.filter { $0.configuration.shouldDisplay }.compactMap { $0.configuration.commandName }
        let hidden =
            inner.compactMap { $0.configuration.commandName } + inner.flatMap { $0.configuration.aliases } + ["help"]
        // What can't be a command's name, such as a path, the parser refuses.
        guard let second = words.dropFirst().first, !hidden.contains(second), second.allSatisfy(\.isLetter) else {
            return
        }
        try check(second, among: shown, after: "\(verb) ")
    }

    private static func check(_ word: String?, among verbs: [String], after start: String) throws(BuildError) {
        guard let word, !word.hasPrefix("-"), !verbs.contains(word) else { return }
        let hint = nearest(to: word, among: verbs).map { "; did you mean \(start)\($0)?" }
        throw BuildError(
            .usage,
            "unknown command \((start + word).quoted)\(hint ?? "; the commands are \(verbs.joined(separator: ", "))")"
        )
    }

    /// Refuses a build without a context, or with several: mostly the dash of a flag is wrong then.
    private func checkOperands(_ given: [String]) throws(BuildError) {
        guard !isIncomplete, !done.contains("--help"), operands.count != 1 else { return }
        guard !operands.isEmpty else {
            throw BuildError(.usage, "no build context is given; for this directory: caisson build .")
        }
        if let word = operands.first(where: { $0.first.map("–—−‐‑".contains) ?? false }) {
            let flag = word.count > 2 ? "--\(word.dropFirst())" : "-\(word.dropFirst())"
            throw BuildError(.usage, "“\(word)” begins with a dash that isn't “-”; did you mean \(flag)?")
        }
        let short = given.first { $0.count > 2 && !$0.hasPrefix("--") && BuildFlags.kind(of: "-" + $0) != nil }
        let hint = short.map { "; did you mean -\($0)?" } ?? ""
        let names = operands.map(\.quoted).joined(separator: " and ")
        throw BuildError(.usage, "a build has one context, but \(operands.count) are given: \(names)\(hint)")
    }

    private mutating func take(long word: String, _ rest: inout ArraySlice<String>) throws(BuildError) {
        let (name, value) = word.cut(at: "=") ?? (word, nil)
        if let alone = flags.optional[name] {
            // Its value is never the next word: that is the context's path.
            if value != "" { done += [name, value ?? alone] }
            return
        }
        if name == "--resume", let id = Self.resumed(value, &rest), flags.kind("--resume-id") != nil {
            done += ["--resume-id", id]
            return
        }
        switch flags.kind(name) {
        case .boolean:
            try set(name, value)
        case .value:
            let value = value ?? rest.popFirst()
            isIncomplete = isIncomplete || value == nil
            // Nothing is what scripts with unset variables write: the flag isn't given.
            if value != "" { done += [name] + (value.map { [$0] } ?? []) }
        case .ignored(let flag):
            let value = flag.hasValue ? value ?? rest.popFirst() : value
            // Nothing as the value, or `=false`, doesn't ask for it.
            let isAsked = flag.hasValue ? value != "" : GoBoolean.parse(value ?? "true") == true
            if isAsked { done += ["--ignored-flag", name] }
        case .unavailable(let hint):
            throw BuildError(.usage, "\(name) is not available yet in this version of caisson\(hint)")
        case nil:
            done.append(word)
            isIncomplete = true
        }
    }

    /// The batch that `--resume` names: behind `=`, or as the next word where that is a whole id and so no target.
    private static func resumed(_ value: String?, _ rest: inout ArraySlice<String>) -> String? {
        if let value { return value.isEmpty || GoBoolean.parse(value) != nil ? nil : value }
        guard let next = rest.first, BuildID(next) != nil else { return nil }
        return rest.popFirst()
    }

    private mutating func take(short word: String, _ rest: inout ArraySlice<String>) throws(BuildError) {
        var letters = Substring(word.dropFirst())
        while let letter = letters.popFirst() {
            guard let name = flags.long(letter) else {
                done.append("-\(letter)\(letters)")
                isIncomplete = true
                return
            }
            if case .boolean = flags.kind(name) {
                if letters.first == "=" {
                    try set(name, String(letters.dropFirst()))
                    return
                }
                try set(name, nil)
                continue
            }
            let value = letters.first == "=" ? letters.dropFirst() : letters
            let isJoined = !letters.isEmpty
            try take(long: isJoined ? "\(name)=\(value)" : name, &rest)
            return
        }
    }

    /// Turns a switch on or off; the last word of several counts.
    private mutating func set(_ name: String, _ value: String?) throws(BuildError) {
        let word = value ?? "true"
        if word.isEmpty { return }
        guard let isOn = GoBoolean.parse(word) else {
            throw BuildError(.usage, "\(name)=\(word) is neither on nor off; use \(name) or \(name)=false")
        }
        done.removeAll { $0 == name || $0 == "--off=\(name)" }
        if isOn {
            done.append(name)
        } else if flags.keepsOff.contains(name) {
            done.append("--off=\(name)")
        }
    }
}
