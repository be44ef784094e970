import CaissonDockerfile
import CaissonShell

/// Label keys should follow Docker's rules.
///
/// ## Why it matters
///
/// Small letters, digits, `.`, `-`, `_` and `/`, a letter first, and no reserved prefix.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// LABEL Version=1
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// LABEL com.example.version=1
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3048
enum DL3048 {
    static let rule = Rule("DL3048", .style) { check in
        for (step, pair) in check.facts.labels {
            guard let reason = LabelKey.complaint(pair.key.unquoted) else { continue }
            check.report("the label key \(pair.key.text) \(reason)", at: pair.key.span, step)
        }
    }
}
