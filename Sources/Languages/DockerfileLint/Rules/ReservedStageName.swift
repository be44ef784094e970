import CaissonDockerfile
import CaissonShell

/// A stage must not be named scratch or context.
///
/// ## Why it matters
///
/// `scratch` is the empty image and `context` the build's context; a stage of that name can't be reached or hides
/// them.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12 AS scratch
/// RUN make
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12 AS empty
/// RUN make
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/reserved-stage-name/
/// - https://github.com/hadolint/hadolint/wiki/DL3063
enum ReservedStageName {
    static let rule = Rule("ReservedStageName", .warning, aliases: ["DL3063"]) { check in
        for stage in check.facts.stages {
            guard let name = stage.name, ["scratch", "context"].contains(name.text.lowercased()) else { continue }
            let message = "\(name.text) is a reserved name; name the stage otherwise"
            check.report(message, at: name.span, check.facts.fromStep(of: stage))
        }
    }
}
