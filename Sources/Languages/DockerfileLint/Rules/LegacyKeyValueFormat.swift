import CaissonDockerfile
import CaissonShell

/// Write ENV and LABEL with an equals sign.
///
/// ## Why it matters
///
/// `ENV one two three` sets one variable to `two three`; with `=` the meaning is plain and several fit in one
/// instruction.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20
/// ENV MODE production
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// ENV MODE=production
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/legacy-key-value-format/
enum LegacyKeyValueFormat {
    static let rule = Rule("LegacyKeyValueFormat", .warning, fix: .safe) { check in
        for step in check.facts.steps(.env, .label) {
            for pair in step.instruction.pairs where pair.isLegacy {
                let name = step.instruction.name.text
                check.report(
                    "write \(name) \(pair.key.text)=… with an equals sign",
                    at: pair.span,
                    step,
                    fix: check.facts.equalsFix(for: pair)
                )
            }
        }
    }
}
