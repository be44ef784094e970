import CaissonDockerfile
import CaissonShell

/// No empty line between the lines of one instruction.
///
/// ## Why it matters
///
/// An empty line after a `\` is passed over today and will be an error in a future release of BuildKit.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20
/// RUN echo one && \
///
///     echo two
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// RUN echo one && \
///     echo two
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/no-empty-continuation/
enum NoEmptyContinuation {
    static let rule = Rule("NoEmptyContinuation", .warning, fix: .safe) { check in
        for step in check.facts.steps where !step.isTrigger && !step.instruction.emptyLines.isEmpty {
            let lines = step.instruction.emptyLines
            let source = check.file.source
            let edits = lines.map {
                Edit(source.wholeLines(source.lineStarts[$0 - 1]..<(source.lineStarts[$0 - 1])), "")
            }
            let span = source.lineRange(lines[0])
            check.report(
                "an empty line in the middle of \(step.instruction.name.text)",
                at: span,
                step,
                fix: .safe("take the empty lines out", edits),
                // BuildKit notices it at the end of the instruction's own lines.
                names: .buildKits(
                    source.line(of: max(step.span.lowerBound, step.instruction.restSpan.upperBound - 1))
                )
            )
        }
    }
}
