import CaissonDockerfile
import CaissonShell

/// COPY --from can't name its own stage.
///
/// ## Why it matters
///
/// A stage can't take files from itself; the build fails.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12 AS build
/// COPY --from=build /a /b
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12 AS build
/// FROM debian:12
/// COPY --from=build /a /b
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3023
enum DL3023 {
    static let rule = Rule("DL3023", .error) { check in
        for step in check.facts.steps(.copy) {
            guard let stage = step.stage, let flag = step.instruction.flag("from"),
                let own = check.facts.stages[stage].name,
                flag.value?.lowercased() == own.text.lowercased()
            else { continue }
            check.report("\(own.text) is this very stage", at: flag.valueSpan, step)
        }
    }
}
