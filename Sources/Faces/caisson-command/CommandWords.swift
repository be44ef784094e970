import CaissonText
import CaissonBuildModel

/// The words of `caisson build` in the one spelling that ArgumentParser reads.
///
/// Docker's flags are read by pflag, which takes more than ArgumentParser does: `-ofile`, `-o=file`, `-qt name`,
/// `--pull=false`, values that begin with `-`. Those become `--name value` or `--name` here, from a table of the flags.
/// Words that this doesn't know are left for ArgumentParser to complain about.
struct CommandWords {
    private var done: [String] = []

    /// The words, rewritten where the verb is `build`.
    static func normalised(_ given: [String]) throws(BuildError) -> [String] {
        let words = given.first == "build" ? given : parted(EmptyValues.dropped(from: given))
        // A flag with and without a value is more than ArgumentParser reads.
        if words.first == "lint" {
            return words.flatMap { $0 == "--fix=unsafe" ? ["--unsafe-fixes"] : [$0 == "--fix=safe" ? "--fix" : $0] }
        }
        guard words.first == "build" else {
            try checkVerb(words.first)
            return words.first == "image" ? try ImageCommand.normalised(words) : words
        }
        var rewriting = CommandWords()
        var rest = words.dropFirst()
        while let word = rest.popFirst() {
            guard word != "--" else {
                rewriting.done += [word] + rest
                break
            }
            if word.hasPrefix("--") {
                try rewriting.take(long: word, &rest)
            } else if word.hasPrefix("-"), word != "-" {
                try rewriting.take(short: word, &rest)
            } else {
                rewriting.done.append(word)
            }
        }
        return ["build"] + rewriting.done
    }

    /// The letters of options that have a value, of the commands whose words are read as they are.
    private static let valueLetters: [String: Set<Character>] = [
        "lint": ["t", "f", "c"], "context": ["f", "o"], "image": ["t", "f"],
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

    private static func checkVerb(_ word: String?) throws(BuildError) {
        let verbs = Caisson.verbs + ["help"]
        guard let word, !word.hasPrefix("-"), !verbs.contains(word) else { return }
        let hint = nearest(to: word, among: verbs).map { "; did you mean \($0)?" }
        throw BuildError(
            .usage,
            "unknown command \(word.quoted)\(hint ?? "; the commands are \(verbs.joined(separator: ", "))")"
        )
    }

    private mutating func take(long word: String, _ rest: inout ArraySlice<String>) throws(BuildError) {
        let (name, value) = word.cut(at: "=") ?? (word, nil)
        if name == "--lint" {
            // Its value is never the next word: that is the context's path.
            if value != "" { done += [name, value ?? LintBeforeBuildOptions.defaultThreshold] }
            return
        }
        switch BuildFlags.kind(of: name) {
        case .boolean:
            try set(name, value)
        case .value:
            let value = value ?? rest.popFirst()
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
        }
    }

    private mutating func take(short word: String, _ rest: inout ArraySlice<String>) throws(BuildError) {
        var letters = Substring(word.dropFirst())
        while let letter = letters.popFirst() {
            guard let name = BuildFlags.long(of: letter) else {
                done.append("-\(letter)\(letters)")
                return
            }
            if case .boolean = BuildFlags.kind(of: name) {
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
        done.removeAll { $0 == name }
        if isOn { done.append(name) }
    }
}
