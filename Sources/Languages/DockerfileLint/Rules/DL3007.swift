import CaissonDockerfile
import CaissonShell

/// Don't use the tag latest.
///
/// ## Why it matters
///
/// `latest` moves: the same Dockerfile builds another image tomorrow.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:latest
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
/// - https://github.com/hadolint/hadolint/wiki/DL3007
enum DL3007 {
    static let rule = Rule("DL3007", .warning) { check in
        for stage in check.facts.stages {
            guard case .image = stage.base, let word = stage.image else { continue }
            let image = ImageName(word.unquoted)
            guard image.tag == "latest", image.digest == nil else { continue }
            check.report("latest moves; name a version", at: word.span, check.facts.fromStep(of: stage))
        }
    }
}
