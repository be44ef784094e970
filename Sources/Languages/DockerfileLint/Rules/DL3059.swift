import CaissonDockerfile
import CaissonShell

/// Put consecutive RUN together.
///
/// ## Why it matters
///
/// Each RUN is a layer; what one deletes stays in the layer before it.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN one
/// RUN two
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// RUN one && two
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3059
enum DL3059 {
    static let rule = Rule("DL3059", .info) { check in
        let steps = check.facts.steps
        for run in check.facts.runs where !run.step.isTrigger && run.namedCount < 2 && run.stepIndex > 0 {
            guard let before = check.facts.run(at: run.stepIndex - 1),
                !before.step.isTrigger,
                before.namedCount < 2, steps[run.stepIndex - 1].stage == run.step.stage,
                before.step.instruction.flags.map(\.text) == run.step.instruction.flags.map(\.text)
            else { continue }
            check.report("this RUN could be one with the RUN before it", at: run.step.instruction.name.span, run.step)
        }
    }
}
