import CaissonDockerfile
import CaissonShell

/// Stage names should be unique.
///
/// ## Why it matters
///
/// Of two stages with one name only the last can be named by `COPY --from` and `--target`.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12 AS base
/// RUN one
/// FROM debian:12 AS base
/// RUN two
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12 AS one
/// RUN one
/// FROM debian:12 AS two
/// RUN two
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/duplicate-stage-name/
/// - https://github.com/hadolint/hadolint/wiki/DL3024
enum DuplicateStageName {
    static let rule = Rule("DuplicateStageName", .error, aliases: ["DL3024"]) { check in
        var seen: Set<String> = []
        for stage in check.facts.stages {
            guard let name = stage.name else { continue }
            if seen.insert(name.text.lowercased()).inserted { continue }
            check.report("there is a stage named \(name.text) already", at: name.span, check.facts.fromStep(of: stage))
        }
    }
}
