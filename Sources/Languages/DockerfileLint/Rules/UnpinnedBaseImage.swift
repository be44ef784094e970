import CaissonDockerfile
import CaissonShell

/// Pin base images by digest.
///
/// ## Why it matters
///
/// A tag can be moved; a digest is one image for ever. Off unless asked for.
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
/// FROM debian:12@sha256:bbbbbbbb
/// ```
///
/// ## References
///
/// - https://docs.docker.com/build/building/best-practices/
enum UnpinnedBaseImage {
    static let rule = Rule("UnpinnedBaseImage", .info, optional: true) { check in
        for stage in check.facts.stages {
            guard case .image = stage.base, let word = stage.image, ImageName(word.unquoted).digest == nil,
                !word.text.holds("$")
            else { continue }
            check.report("\(word.text) can move; pin it by digest", at: word.span, check.facts.fromStep(of: stage))
        }
    }
}
