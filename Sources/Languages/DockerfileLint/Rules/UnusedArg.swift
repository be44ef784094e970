import CaissonDockerfile
import CaissonShell

/// An ARG that nothing uses.
///
/// ## Why it matters
///
/// It promises something that `--build-arg` doesn't do. An ARG with a RUN after it may be used by what runs
/// there, so only those that no instruction can see are findings.
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
        for (step, pair) in check.facts.unusedArguments {
            var fix: Fix?
            if step.instruction.pairs.count == 1 {
                fix = .unsafe("take it out", [Edit(check.file.source.wholeLines(step.span), "")])
            }
            check.report("nothing uses the argument \(pair.key.text)", at: pair.key.span, step, fix: fix)
        }
    }
}
