import CaissonShell

extension Command {
    /// Whether one of the words is an argument.
    func has(_ words: String...) -> Bool {
        arguments.contains { words.contains($0.text) }
    }

    /// The first argument that is one of the words.
    func argument(_ words: [String]) -> ShellWord? {
        arguments.first { words.contains($0.text) }
    }

    /// Whether one of the flags is given: `--name`, `--name=value`, or a letter of `-abc`.
    func hasFlag(_ names: String...) -> Bool {
        arguments.contains { word in Self.flags(of: word.text) { names.contains(String($0)) } }
    }

    /// How often flags are given; each letter of `-qq` counts.
    func countFlags(_ names: String...) -> Int {
        var count = 0
        for word in arguments {
            _ = Self.flags(of: word.text) { name in
                count += names.contains(String(name)) ? 1 : 0
                return false
            }
        }
        return count
    }

    private static func flags(of text: String, _ isWanted: (Substring) -> Bool) -> Bool {
        guard text.utf8.first == 0x2D, text.utf8.count > 1 else { return false }
        if text.hasPrefix("--") { return isWanted(text.dropFirst(2).prefix { $0 != "=" }) }
        return text.dropFirst().contains { isWanted(Substring(String($0))) }
    }

    /// The arguments that aren't flags; a word after one of the flags in `valued` is a value and left out, too.
    func plainArguments(valued: Set<String> = []) -> [ShellWord] {
        var plain: [ShellWord] = []
        var isValue = false
        for word in arguments {
            if isValue {
                isValue = false
            } else if word.text.utf8.first == 0x2D {
                isValue = valued.contains(word.text)
            } else {
                plain.append(word)
            }
        }
        return plain
    }

    /// The arguments, including flags but without the values of flags.
    func arguments(withoutValuesOf valued: Set<String>) -> [ShellWord] {
        var kept: [ShellWord] = []
        var isValue = false
        for word in arguments {
            if isValue { isValue = false } else { kept.append(word) }
            if valued.contains(word.text) { isValue = true }
        }
        return kept
    }

    /// What `verb packages…` installs: the plain arguments without the verbs; nil if none of the verbs is there.
    func installed(_ verbs: [String], valued: Set<String> = []) -> [ShellWord]? {
        guard argument(verbs) != nil else { return nil }
        return plainArguments(valued: valued).filter { !verbs.contains($0.text) }
    }

    /// An edit that puts a word after another one.
    func insertion(_ text: String, after word: ShellWord) -> Edit {
        Edit(at: span(word).upperBound, " " + text)
    }

    /// An edit that puts a word after the command's verb, or after its name.
    func insertion(_ text: String, afterVerb verbs: [String]) -> Edit {
        if let verb = argument(verbs) { return insertion(text, after: verb) }
        return Edit(at: nameSpan.upperBound, " " + text)
    }

    /// Whether its text can be edited, because it is in the file exactly as it was read.
    var isEditable: Bool {
        if case .fixed = place { false } else { true }
    }
}

extension ShellWord {
    /// Whether it ends with one of these.
    func hasSuffix(_ suffixes: String...) -> Bool { suffixes.contains { text.hasSuffix($0) } }

    /// Whether it contains one of these bytes.
    func contains(_ bytes: String) -> Bool {
        text.utf8.contains { byte in bytes.utf8.contains(byte) }
    }
}

extension [ShellWord] {
    /// The words for a message, three at most.
    var listed: String {
        let names = prefix(3).map(\.text).joined(separator: ", ")
        return count > 3 ? "\(names) and \(count - 3) more" : names
    }
}
