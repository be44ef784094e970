import CaissonDockerfile
import CaissonShell

/// MAINTAINER is deprecated, use a label.
///
/// ## Why it matters
///
/// `LABEL maintainer=` is seen by `docker inspect` like all labels and can be overridden.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20
/// MAINTAINER Jane Doe <jane@example.com>
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// LABEL maintainer="Jane Doe <jane@example.com>"
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/maintainer-deprecated/
/// - https://github.com/hadolint/hadolint/wiki/DL4000
enum MaintainerDeprecated {
    static let rule = Rule("MaintainerDeprecated", .error, aliases: ["DL4000"], fix: .unsafe) { check in
        for step in check.facts.steps(.maintainer) {
            let instruction = step.instruction
            var fix: Fix?
            if let word = instruction.words.first, !word.text.contains(where: { "\"\\$".contains($0) }) {
                let label = instruction.name.text == "maintainer" ? "label" : "LABEL"
                // The image has no author then, and a label more.
                fix = .unsafe(
                    "make it a label",
                    [Edit(instruction.name.span, label), Edit(word.span, "maintainer=\"\(word.text)\"")]
                )
            }
            check.report("MAINTAINER is deprecated; use LABEL maintainer=…", at: instruction.name.span, step, fix: fix)
        }
    }
}
