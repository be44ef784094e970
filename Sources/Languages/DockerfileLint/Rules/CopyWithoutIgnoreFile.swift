import CaissonDockerfile
import CaissonShell

/// COPY of the whole context without an ignore file.
///
/// ## Why it matters
///
/// Without `.dockerignore`, `COPY .` takes `.git`, build output and local secrets along.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// COPY . /app
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// COPY . /app
/// ```
///
/// ## References
///
/// - https://docs.docker.com/build/building/best-practices/
enum CopyWithoutIgnoreFile {
    static let rule = Rule("CopyWithoutIgnoreFile", .info) { check in
        guard check.facts.settings.hasIgnoreFile == false else { return }
        for step in check.facts.steps(.copy, .add) where step.instruction.flag("from") == nil {
            guard let source = check.facts.sources(of: step).first(where: { PathText.cleaned($0.unquoted) == "." })
            else { continue }
            check.report(
                "this copies all of the context, .git included; there is no ignore file",
                at: source.span,
                step
            )
        }
    }
}
