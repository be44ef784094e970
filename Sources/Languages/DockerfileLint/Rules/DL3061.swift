import CaissonDockerfile
import CaissonShell

/// A Dockerfile begins with FROM, ARG or a comment.
///
/// ## Why it matters
///
/// There is nothing yet that another instruction could change.
///
/// ## Bad
///
/// ```dockerfile
/// RUN make
/// FROM debian:12
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
/// - https://github.com/hadolint/hadolint/wiki/DL3061
enum DL3061 {
    static let rule = Rule("DL3061", .error) { check in
        for step in check.facts.steps where step.stage == nil && !step.isTrigger && step.keyword != .arg {
            guard let keyword = step.keyword else { continue }
            check.report("\(keyword.rawValue) stands before the first FROM", at: step.instruction.name.span, step)
        }
    }
}
