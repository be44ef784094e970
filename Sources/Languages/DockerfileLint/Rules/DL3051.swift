import CaissonDockerfile
import CaissonShell

/// A label of the schema is empty.
///
/// ## Why it matters
///
/// A label without a value tells nothing.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// LABEL name=""
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// LABEL name="app"
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3051
enum DL3051 {
    static let rule = Rule("DL3051", .warning) { check in
        for (step, pair) in check.facts.labels where check.facts.settings.labelSchema[pair.key.unquoted] != nil {
            guard pair.value?.unquoted.isEmpty != false else { continue }
            check.report("the label \(pair.key.text) is empty", at: pair.span, step)
        }
    }
}
