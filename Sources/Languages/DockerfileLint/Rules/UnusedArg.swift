import CaissonDockerfile
import CaissonShell

/// An ARG that nothing uses.
///
/// ## Why it matters
///
/// It promises something that `--build-arg` doesn't do. An ARG with a RUN after it may be used by what runs
/// there, so only those that no instruction can see are findings. An ARG before FROM is for FROM alone: where a stage
/// uses its name nonetheless, that is said, and it isn't taken out.
///
/// ## Bad
///
/// ```dockerfile
/// ARG VERSION=1
/// FROM debian:12
/// CMD ["server"]
/// ```
///
/// ## Good
///
/// ```dockerfile
/// ARG VERSION=12
/// FROM debian:$VERSION
/// ```
///
/// ## References
///
/// - https://docs.docker.com/build/building/best-practices/
enum UnusedArg {
    static let rule = Rule("UnusedArg", .info, fix: .unsafe) { check in
        let wanted = check.file.outerArgumentUses
        for (step, pair) in check.facts.unusedArguments {
            if step.stage == nil, let use = wanted.first(where: { $0.name == pair.key.text }) {
                check.report("line \(use.line): \(use.explanation)", at: pair.key.span, step)
                continue
            }
            var fix: Fix?
            if step.instruction.pairs.count == 1 {
                fix = .unsafe("take it out", [Edit(check.file.source.wholeLines(step.span), "")])
            }
            check.report("nothing uses the argument \(pair.key.text)", at: pair.key.span, step, fix: fix)
        }
    }
}
