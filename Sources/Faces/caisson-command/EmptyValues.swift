/// Flags with nothing as their value, as scripts with unset variables write them: `--output "$OUT"`, `--output=$OUT`.
///
/// They mean that the flag isn't given, for every flag of every command but those that choose among builds or records.
enum EmptyValues {
    /// The switches of all commands but `build`, which has its own table: what follows one of them is no value.
    static let switches: Set<String> = [
        "--all", "--all-inactive", "--allow-missing", "--append", "--as-builder", "--boot", "--bootstrap", "--default",
        "--diff",
        "--disable-ignore-pragma",
        "--dry-run", "--policy",
        "--finalize", "--fix", "--follow", "--force", "--git-submodules", "--global", "--help", "--keep-daemon",
        "--keep-going",
        "--keep-state",
        "--keep-workspace", "--leave", "--list", "--no-color",
        "--lsp", "--no-fail", "--no-history", "--no-mask", "--no-trunc", "--no-prefer-index", "--no-shellcheck",
        "--online",
        "--prefer-index",
        "--print", "--quiet", "--raw",
        "--remove", "--replace", "--self",
        "--stdio", "--strict-labels",
        "--unsafe-fixes", "--use",
        "--verbose", "--version", "-V", "-h", "-q", "-v",
    ]

    /// Flags that choose among builds: a variable that isn't set must not choose all; the command refuses these.
    private static let filters: Set<String> = [
        "--status", "--image", "--project", "--owner", "--tag", "--batch", "--since", "--longer-than", "--text",
        "--step",
    ]

    /// The same for records of a cache, of which a prune would remove all.
    private static let cacheFilters: Set<String> = [
        "--filter", "--keep-storage", "--local", "--max-used-space", "--min-free-space", "--reserved-space",
    ]

    /// The flags of a command that are refused without a value.
    static func filters(of verb: String?) -> Set<String> {
        switch verb {
        case "builds", "history": filters
        case "cache": cacheFilters
        default: []
        }
    }

    /// `--status=` of a command that chooses; ArgumentParser would take the next word as its value.
    private static func isEmptyFilter(_ word: String, of verb: String?) -> Bool {
        isFilter(word, of: verb) && word.firstIndex(of: "=") == word.indices.last
    }

    private static func isFilter(_ word: String, of verb: String?) -> Bool {
        filters(of: verb).contains(String(word.prefix { $0 != "=" }))
    }

    /// Whether a flag of a command has no value; `-f` follows a build's log, or asks nothing, and names a file or a format
    /// elsewhere.
    private static func isSwitch(_ name: String, of words: [String]) -> Bool {
        // With kernels it names the architecture.
        if name == "-a" { return words.first != "kernel" }
        guard name == "-f" else { return switches.contains(name) }
        return ["builds", "cache"].contains(words.first) && words.dropFirst().first != "import"
    }

    /// The words of a command other than `build` without such flags.
    static func dropped(from words: [String]) -> [String] {
        var done: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word != "--" else { return done + [word] + rest }
            if isEmptyFilter(word, of: words.first) {
                done += [String(word.dropLast()), ""]
                continue
            }
            let isFlag = word.hasPrefix("-") && word != "-" && !isFilter(word, of: words.first)
            if isFlag, word.hasPrefix("--"), word.hasSuffix("="), word.firstIndex(of: "=") == word.lastIndex(of: "=") {
                continue
            }
            if isFlag, rest.first == "", !word.contains("="), !isSwitch(word, of: words) {
                rest.removeFirst()
                continue
            }
            done.append(word)
        }
        return done
    }
}

/// A command line whose long runs of operands are one word each.
///
/// ArgumentParser's work grows with the square of the number of operands (6 s for 10,000 files); a glob of Dockerfiles is
/// read by it as a few words, and unfolded after.
struct FoldedOperands {
    /// What is parsed in place of the command line.
    private(set) var words: [String] = []
    private var runs: [[String]] = []

    /// Shorter runs stay as they are.
    private static let fewest = 64

    /// Folds the words after a verb none of whose options takes more than one value.
    init(_ arguments: some Sequence<String>) {
        var run: [String] = []
        for word in arguments {
            if word.hasPrefix("-"), word != "-" {
                take(run)
                run = []
                words.append(word)
            } else {
                run.append(word)
            }
        }
        take(run)
    }

    /// A run's first word may be the value of the option before it.
    private mutating func take(_ run: [String]) {
        guard run.count > Self.fewest else { return words += run }
        words += [run[0], Self.name(of: runs.count)]
        runs.append(Array(run.dropFirst()))
    }

    /// No argument of a process has a NUL in it.
    private static func name(of run: Int) -> String { "\0\(run)" }

    /// The operands that parsed ones stand for, in order.
    func unfolded(_ operands: [String]) -> [String] {
        guard !runs.isEmpty else { return operands }
        return operands.flatMap { word in
            guard word.hasPrefix("\0"), let run = Int(word.dropFirst()), runs.indices.contains(run) else {
                return [word]
            }
            return runs[run]
        }
    }
}
