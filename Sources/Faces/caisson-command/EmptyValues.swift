/// Flags with nothing as their value, as scripts with unset variables write them: `--output "$OUT"`, `--output=$OUT`.
///
/// They mean that the flag isn't given, for every flag of every command.
enum EmptyValues {
    /// The switches of all commands but `build`, which has its own table: what follows one of them is no value.
    static let switches: Set<String> = [
        "--all-inactive", "--append", "--as-builder", "--bootstrap", "--default", "--diff", "--disable-ignore-pragma",
        "--dry-run",
        "--fix", "--force", "--global", "--help", "--keep-daemon", "--keep-state", "--leave", "--list", "--no-color",
        "--lsp", "--no-fail", "--no-trunc", "--no-prefer-index", "--no-shellcheck", "--online", "--prefer-index",
        "--raw",
        "--remove", "--self",
        "--stdio", "--strict-labels",
        "--unsafe-fixes", "--use",
        "--verbose", "--version", "-V", "-h",
    ]

    /// The words of a command other than `build` without such flags.
    static func dropped(from words: [String]) -> [String] {
        var done: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word != "--" else { return done + [word] + rest }
            let isFlag = word.hasPrefix("-") && word != "-"
            if isFlag, word.hasPrefix("--"), word.hasSuffix("="), word.firstIndex(of: "=") == word.lastIndex(of: "=") {
                continue
            }
            if isFlag, rest.first == "", !word.contains("="), !switches.contains(word) {
                rest.removeFirst()
                continue
            }
            done.append(word)
        }
        return done
    }
}
