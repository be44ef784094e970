import CaissonDockerfile
import CaissonShell

/// ONBUILD can't hold ONBUILD, FROM or MAINTAINER.
///
/// ## Why it matters
///
/// The engine refuses them when the image is used.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// ONBUILD FROM debian:12
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// ONBUILD RUN make
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3043
enum DL3043 {
    static let rule = Rule("DL3043", .error) { check in
        for step in check.facts.steps where step.isTrigger {
            guard let keyword = step.keyword, [.onbuild, .from, .maintainer].contains(keyword) else { continue }
            check.report("ONBUILD can't hold \(keyword.rawValue)", at: step.instruction.name.span, step)
        }
    }
}
