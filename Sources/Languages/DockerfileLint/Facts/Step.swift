package import CaissonDockerfile
package import CaissonShell

/// An instruction, on its own or after ONBUILD.
package struct Step: Sendable {
    /// Holds the instruction for all copies of the step.
    ///
    /// Rules pass thousands of steps around, and each instruction has a dozen lists, which would be copied.
    private final class Storage: Sendable {
        let instruction: Instruction

        init(_ instruction: Instruction) { self.instruction = instruction }
    }

    private let storage: Storage
    /// The instruction.
    package var instruction: Instruction { storage.instruction }
    /// Its number among the file's instructions; after ONBUILD, the number of the ONBUILD.
    package var index: Int
    /// The stage; nil before the first FROM.
    package var stage: Int?
    /// Whether it stands after ONBUILD.
    package var isTrigger: Bool
    /// Its first line.
    package var line: Int
    /// Where the whole instruction stands.
    package var span: Range<Int>
    /// Where its keyword is, that of the whole.
    var keywordOffset: Int

    init(_ instruction: Instruction, index: Int, stage: Int?, isTrigger: Bool, of whole: Instruction) {
        storage = Storage(instruction)
        self.index = index
        self.stage = stage
        self.isTrigger = isTrigger
        line = whole.line
        span = whole.span
        keywordOffset = whole.name.span.lowerBound
    }

    /// What it does.
    package var keyword: Keyword? { instruction.keyword }
}

/// A RUN and the commands in it.
package struct Run: Sendable {
    /// The RUN.
    package var step: Step
    /// Its number among the steps.
    package var stepIndex: Int
    /// The commands, in order.
    package var commands: [Command] = []
    /// Where the pipes are in the file.
    package var pipes: [Range<Int>] = []
    /// How many commands are at the top; a compound one counts once.
    package var commandCount = 0
    /// How many commands have a name, including those in substitutions and compound commands.
    ///
    /// A script that another shell is given counts as the one command that runs it, and conditions in brackets don't.
    package var namedCount = 0
    /// The mounts.
    package var mounts: [Mount] = []
    /// Where those pipes are that `set -o pipefail` doesn't cover.
    package var openPipes: [Range<Int>] = []
    /// The language of its shell.
    package var dialect = ShellScript.Dialect.posix
    /// Whether its shell is a POSIX one: not PowerShell or cmd.
    package var isPosix: Bool { dialect == .posix }
    /// Whether it consists of the commands alone: no heredoc, no JSON list.
    package var isPlain = true

    /// Whether a cache or tmpfs is mounted at one of these directories, or around it.
    package func hasMount(at directories: [String]) -> Bool {
        mounts.contains { mount in
            guard mount.type == "cache" || mount.type == "tmpfs" else { return false }
            let target = "/" + PathText.cleaned(mount.target).drop { $0 == "/" }
            return directories.contains { $0 == target || $0.hasPrefix(target + "/") }
        }
    }

    /// Whether a cache or tmpfs is mounted at a path that contains this text.
    package func hasMount(_ part: String) -> Bool {
        mounts.contains { ($0.type == "cache" || $0.type == "tmpfs") && $0.target.holds(part) }
    }

    /// The offset after the last command, where `&& …` can be added; nil if that isn't simply possible.
    var appendOffset: Int? {
        guard isPlain, isPosix, !step.isTrigger, let last = commands.last, !last.shell.isSubstituted,
            commands.allSatisfy({
                $0.shell.depth == 0 && $0.shell.connector != .or && $0.shell.connector != .background
            })
        else { return nil }
        let end = step.instruction.restSpan.upperBound
        return last.lastEnd == end ? end : nil
    }
}

/// A command of a RUN.
package struct Command: Sendable {
    /// What the shell reader read.
    package var shell: ShellCommand
    /// Where its text stands.
    var place: Place

    /// How the reader's offsets are mapped into the file.
    enum Place: Sendable {
        /// The offsets are those of the instruction's joined text.
        case joined(LogicalText)
        /// They are offsets of the file.
        case file
        /// There are no offsets: all of it is at these places.
        case fixed([Range<Int>])
    }

    /// The command's name.
    package var name: String { shell.name }

    /// The words after the name.
    package var arguments: ArraySlice<ShellWord> { shell.arguments }

    /// Where a word stands in the file.
    package func span(_ word: ShellWord) -> Range<Int> { span(word.range) }

    /// Where a range of the reader's is in the file.
    func span(_ range: Range<Int>) -> Range<Int> {
        switch place {
        case .joined(let text): return text.source(of: range)
        case .file: return range
        case .fixed(let spans):
            return spans.indices.contains(range.lowerBound) ? spans[range.lowerBound] : spans.first ?? 0..<0
        }
    }

    /// Where all of it stands.
    package var span: Range<Int> {
        guard let first = shell.words.first, let last = shell.words.last else { return span(shell.range) }
        return span(first).lowerBound..<span(last).upperBound
    }

    /// Where its name stands.
    package var nameSpan: Range<Int> { shell.words.first.map(span) ?? span }

    /// The end of its last word or redirection.
    var lastEnd: Int {
        let words = shell.words.last.map { span($0).upperBound } ?? 0
        let targets = shell.redirections.last.map { span($0.target).upperBound } ?? 0
        return max(words, targets)
    }
}
