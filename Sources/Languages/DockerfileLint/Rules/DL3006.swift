import CaissonDockerfile
import CaissonShell

/// Give the base image a tag.
///
/// ## Why it matters
///
/// Without a tag it is `latest`: another image tomorrow.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3006
enum DL3006 {
    static let rule = Rule("DL3006", .warning) { check in
        for stage in check.facts.stages {
            guard case .image = stage.base, let word = stage.image else { continue }
            let image = ImageName(word.unquoted)
            guard image.tag == nil, image.digest == nil, !word.text.hasPrefix("$") else { continue }
            check.report(
                "\(word.text) has no tag, so it is another image tomorrow",
                at: word.span,
                check.facts.fromStep(of: stage)
            )
        }
    }
}
