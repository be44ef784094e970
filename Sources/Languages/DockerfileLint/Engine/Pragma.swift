package import CaissonDockerfile

/// A comment that says which findings to leave out.
package struct Pragma: Sendable, Hashable {
    /// What it holds for.
    package enum Scope: Sendable, Hashable {
        /// The instruction that begins on the next line.
        case nextInstruction
        /// All of the file.
        case file
        /// The stage whose FROM is on the next line.
        case stage
    }

    /// What it holds for.
    package var scope: Scope
    /// The names of the rules, as they are written.
    package var names: [String]
    /// Whether it names all rules.
    package var isForAll = false
    /// The comment.
    package var comment: Comment

    /// Reads the pragmas of a file.
    static func all(in file: Dockerfile) -> [Pragma] {
        file.comments.compactMap { comment in
            guard comment.text.utf8.count < 4096 else { return nil }
            return hadolint(comment) ?? caisson(comment)
        }
    }

    /// The shell that `# hadolint shell=…` names.
    static func shell(in file: Dockerfile) -> String? {
        for comment in file.comments {
            guard let rest = rest(of: comment.text, after: "hadolint"), rest.hasPrefix("shell") else { continue }
            let value = rest.dropFirst(5).drop { $0 == " " }
            if value.first == "=" {
                return String(value.dropFirst().drop { $0 == " " }.prefix { $0 != " " && $0 != "#" })
            }
        }
        return nil
    }

    private static func rest(of text: String, after word: String) -> Substring? {
        guard text.hasPrefix(word), let next = text.dropFirst(word.count).first, next == " " || next == "\t" else {
            return nil
        }
        return text.dropFirst(word.count).drop { $0 == " " || $0 == "\t" }
    }

    /// `# hadolint ignore=A,B # why`, with `global` or `stage` before `ignore`.
    private static func hadolint(_ comment: Comment) -> Pragma? {
        guard var rest = rest(of: comment.text, after: "hadolint") else { return nil }
        var scope = Scope.nextInstruction
        for (word, wide) in [("global", Scope.file), ("stage", .stage)] {
            if rest.hasPrefix(word + " ") {
                rest = rest.dropFirst(word.count).drop { $0 == " " }
                scope = wide
            }
        }
        guard rest.hasPrefix("ignore") else { return nil }
        rest = rest.dropFirst(6).drop { $0 == " " }
        guard rest.first == "=" else { return nil }
        let names = list(rest.dropFirst())
        return names.isEmpty ? nil : Pragma(scope: scope, names: names, comment: comment)
    }

    /// `# caisson ignore=A,B reason`, with `global` before `ignore`.
    private static func caisson(_ comment: Comment) -> Pragma? {
        guard var rest = rest(of: comment.text, after: "caisson") else { return nil }
        var scope = Scope.nextInstruction
        if rest.hasPrefix("global ") {
            scope = .file
            rest = rest.dropFirst(7).drop { $0 == " " }
        }
        guard rest.hasPrefix("ignore=") else { return nil }
        let names = list(rest.dropFirst(7))
        return names.isEmpty ? nil : Pragma(scope: scope, names: names, isForAll: names == ["all"], comment: comment)
    }

    /// Names separated by commas, with blanks around them; what follows a blank without a comma is the reason.
    private static func list(_ text: Substring) -> [String] {
        var names: [String] = []
        var rest = text
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" }
            let name = rest.prefix { $0.isLetter || $0.isNumber }
            guard !name.isEmpty else { return names }
            names.append(String(name))
            rest = rest.dropFirst(name.count).drop { $0 == " " || $0 == "\t" }
            guard rest.first == "," else { return names }
            rest = rest.dropFirst()
        }
    }
}
