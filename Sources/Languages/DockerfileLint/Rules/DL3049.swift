import CaissonDockerfile
import CaissonShell

/// A label that the schema asks for is missing.
///
/// ## Why it matters
///
/// `label-schema` in the configuration lists the labels that each image must have.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
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
/// - https://github.com/hadolint/hadolint/wiki/DL3049
enum DL3049 {
    static let rule = Rule("DL3049", .info) { check in
        for stage in check.facts.stages where check.facts.isFinal(stage) {
            let present = check.facts.labelKeys(of: stage)
            for key in check.facts.settings.labelSchema.keys.sorted() where !present.contains(key) {
                let step = check.facts.fromStep(of: stage)
                check.report("the label \(key) is missing", at: step.instruction.name.span, step)
            }
        }
    }
}
