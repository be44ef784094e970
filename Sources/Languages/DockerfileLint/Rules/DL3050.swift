import CaissonDockerfile
import CaissonShell

/// A label that the schema doesn't know.
///
/// ## Why it matters
///
/// With `strict-labels` only the schema's labels are allowed.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// LABEL version=1.0.0 other=1
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// LABEL version=1.0.0
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3050
enum DL3050 {
    static let rule = Rule("DL3050", .info, fix: .unsafe) { check in
        guard check.facts.settings.strictLabels else { return }
        for (step, pair) in check.facts.labels where check.facts.settings.labelSchema[pair.key.unquoted] == nil {
            var fix: Fix?
            if step.instruction.pairs.count == 1, !step.isTrigger {
                fix = .unsafe("take it out", [Edit(check.file.source.wholeLines(step.span), "")])
            }
            check.report("the label \(pair.key.text) is not in the schema", at: pair.key.span, step, fix: fix)
        }
    }
}
