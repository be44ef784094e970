import CaissonDockerfile
import CaissonShell

/// Don't copy a whole file system.
///
/// ## Why it matters
///
/// `COPY --from=x / /` takes all of the other image, its package database and caches included; name what is
/// needed, or use it as the base.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12 AS build
/// FROM scratch
/// COPY --from=build / /
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12 AS build
/// FROM scratch
/// COPY --from=build /app /app
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3067
enum DL3067 {
    static let rule = Rule("DL3067", .warning) { check in
        for step in check.facts.steps(.copy) where step.instruction.flag("from") != nil {
            let words = step.instruction.words
            guard words.count == 2, words[0].unquoted == "/", words[1].unquoted == "/" else { continue }
            check.report("this copies a whole file system; name what is needed", at: words[0].span, step)
        }
    }
}
