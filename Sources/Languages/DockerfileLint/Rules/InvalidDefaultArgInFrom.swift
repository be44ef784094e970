import CaissonDockerfile
import CaissonShell

/// The defaults of ARG should make a valid base image.
///
/// ## Why it matters
///
/// Without `--build-arg` the name of the base image is empty or no name at all, and the build fails.
///
/// ## Bad
///
/// ```dockerfile
/// ARG TAG
/// FROM busybox:$TAG
/// ```
///
/// ## Good
///
/// ```dockerfile
/// ARG TAG=1.36
/// FROM busybox:$TAG
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/invalid-default-arg-in-from/
enum InvalidDefaultArgInFrom {
    static let rule = Rule("InvalidDefaultArgInFrom", .warning) { check in
        let scope = check.facts.defaultArguments
        for stage in check.facts.stages {
            guard let image = stage.image else { continue }
            let name = Expansion.expand(image.text, escape: check.file.escape) { scope[$0] }
            guard let name, !ImageName.isValid(name) else { continue }
            let message = "with the defaults of ARG, \(image.text) is \(name.isEmpty ? "empty" : name): no image's name"
            check.report(message, at: image.span, check.facts.fromStep(of: stage))
        }
    }
}
