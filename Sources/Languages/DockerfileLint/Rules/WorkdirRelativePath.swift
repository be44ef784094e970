import CaissonDockerfile
import CaissonShell

/// Use absolute paths in WORKDIR.
///
/// ## Why it matters
///
/// A relative path goes on from what the base image has set, and moves with it. BuildKit looks at the first
/// WORKDIR of a stage alone, hadolint at all.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20
/// WORKDIR app
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// WORKDIR /app
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/workdir-relative-path/
/// - https://github.com/hadolint/hadolint/wiki/DL3000
enum WorkdirRelativePath {
    static let rule = Rule("WorkdirRelativePath", .error, aliases: ["DL3000"], fix: .unsafe) { check in
        var set: Set<Int> = []
        for step in check.facts.steps(.from, .workdir) {
            guard let stage = step.stage else { continue }
            if step.keyword == .from {
                if case .stage(let parent) = check.facts.stages[stage].base, set.contains(parent) { set.insert(stage) }
                continue
            }
            let isFirst = set.insert(stage).inserted
            guard let word = step.instruction.words.first else { continue }
            // hadolint treats each path that begins with a variable as absolute.
            let isWritten = !PathText.isAbsolute(word.unquoted)
            guard isWritten || (isFirst && check.facts.isRelative(word, at: step)) else { continue }
            let isFixable = isWritten && word.text.utf8.first != 0x22
            check.report(
                "the working directory \(word.text) is relative to what came before; give an absolute path",
                at: word.span,
                step,
                fix: isFixable ? .unsafe("make it absolute", [Edit(at: word.span.lowerBound, "/")]) : nil,
                names: isFirst ? (isWritten ? .all : .own) : .only("DL3000")
            )
        }
    }
}
