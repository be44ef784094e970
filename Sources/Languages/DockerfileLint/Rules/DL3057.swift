import CaissonDockerfile
import CaissonShell

/// A HEALTHCHECK is missing.
///
/// ## Why it matters
///
/// Without one an engine can't tell a container that hangs from one that works. Off unless its severity is
/// raised.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// CMD ["server"]
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// HEALTHCHECK CMD ["curl", "-f", "http://localhost/"]
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3057
enum DL3057 {
    static let rule = Rule("DL3057", .ignore) { check in
        let checked = Set(check.facts.steps(.healthcheck).compactMap(\.stage))
        for stage in check.facts.stages where !check.facts.ancestry(of: stage.index).contains(where: checked.contains) {
            let step = check.facts.fromStep(of: stage)
            check.report("there is no HEALTHCHECK", at: step.instruction.name.span, step)
        }
    }
}
