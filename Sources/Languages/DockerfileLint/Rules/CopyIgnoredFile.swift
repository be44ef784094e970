import CaissonDockerfile
import CaissonIgnoreFile
import CaissonShell

/// COPY of a file that the ignore file keeps out.
///
/// ## Why it matters
///
/// What `.dockerignore` excludes is not sent to the engine, so it can't be copied: the build fails.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20
/// COPY secret.txt /
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// COPY public.txt /
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/copy-ignored-file/
enum CopyIgnoredFile {
    static let rule = Rule("CopyIgnoredFile", .warning) { check in
        guard let matcher = check.facts.settings.ignored, !matcher.hasExceptions else { return }
        for step in check.facts.steps(.copy, .add) where step.instruction.flag("from") == nil {
            for source in check.facts.sources(of: step) {
                let path = PathText.cleaned(source.unquoted)
                let isRoot = path == "." || path == "/"
                if isRoot,
                    !matcher.patterns.contains(where: {
                        ["*", "**", "**/*"].contains(String(decoding: $0.text, as: UTF8.self))
                    })
                {
                    continue
                }
                guard let isIgnored = try? matcher.matchesOrParentMatches(Array(path.utf8)), isIgnored else { continue }
                check.report(
                    "\(source.text) is excluded by the ignore file, so it can't be copied",
                    at: source.span,
                    step
                )
            }
        }
    }
}
