package import CaissonBuildModel
import CaissonText

/// The command line that a build is run again with.
package struct RerunWords {
    /// The words behind the program's name.
    package private(set) var words: [String]
    /// Why they can't be run again; nil where they can.
    package let obstacle: String?

    /// Reads how a build was asked for.
    ///
    /// - Parameter valueFlags: The flags of `caisson batch` whose value may be the next word.
    package init(_ submission: BuildSubmission, _ invocation: BuildSubmission.Invocation, valueFlags: Set<String>) {
        words = invocation.arguments
        let stream = invocation.arguments.first(where: Self.namesDescriptor)
        obstacle = invocation.obstacle ?? stream.map { "\($0.quoted) in its command line was open for that run alone" }
        guard submission.job == .batch, let name = submission.name else { return }
        words = Self.narrowed(words, to: name, valueFlags)
    }

    /// The words of a batch for one target alone, whatever part of it was run then.
    private static func narrowed(_ words: [String], to name: String, _ valueFlags: Set<String>) -> [String] {
        var kept: [String] = []
        var rest = words[...]
        while let word = rest.first, word != "--" {
            rest.removeFirst()
            switch word.prefix(while: { $0 != "=" }) {
            case "--only", "--resume-id": if !word.contains("=") { rest = rest.dropFirst() }
            case "--resume", "--only-failed": break
            default:
                kept.append(word)
                if valueFlags.contains(word), let value = rest.popFirst() { kept.append(value) }
            }
        }
        // Operands that look like flags stay behind all flags.
        return kept + ["--only", name] + rest
    }

    /// Whether a word names what is open in one process only: standard input, or what a shell makes of `<(…)`.
    private static func namesDescriptor(_ word: String) -> Bool {
        var word = Substring(word)
        // `-f/dev/stdin`.
        if word.hasPrefix("-"), !word.hasPrefix("--") { word = word.dropFirst(2) }
        return word.split { "=,:".contains($0) }.contains { part in
            if part == "/dev/stdin" || part.hasPrefix("/dev/fd/") { return true }
            let folders = part.split(separator: "/", omittingEmptySubsequences: false)
            return folders.count > 4 && folders[..<2].elementsEqual(["", "proc"]) && folders[3] == "fd"
        }
    }
}
