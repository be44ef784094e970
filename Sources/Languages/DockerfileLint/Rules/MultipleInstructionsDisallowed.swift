import CaissonDockerfile
import CaissonShell

/// Only the last CMD, ENTRYPOINT and HEALTHCHECK of a stage count.
///
/// ## Why it matters
///
/// Each replaces the one before it. The finding stands at the one that has no effect, as BuildKit reports it;
/// hadolint reports the one that comes after.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20
/// CMD ["one"]
/// CMD ["two"]
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// CMD ["two"]
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/
/// - https://github.com/hadolint/hadolint/wiki/DL4003
/// - https://github.com/hadolint/hadolint/wiki/DL4004
/// - https://github.com/hadolint/hadolint/wiki/DL3012
enum MultipleInstructionsDisallowed {
    static let rule = Rule(
        "MultipleInstructionsDisallowed",
        .warning,
        aliases: ["DL4003", "DL4004", "DL3012"],
        weights: ["DL4004": .error, "DL3012": .error],
        fix: .safe
    ) { check in
        var earlier: [Keyword: Step] = [:]
        let codes: [Keyword: String] = [.cmd: "DL4003", .entrypoint: "DL4004", .healthcheck: "DL3012"]
        for step in check.facts.steps(.from, .cmd, .entrypoint, .healthcheck) {
            guard let keyword = step.keyword, let code = codes[keyword] else {
                earlier = [:]
                continue
            }
            if let previous = earlier[keyword] {
                let fix = Fix.safe("take it out", [Edit(check.file.source.wholeLines(previous.span), "")])
                check.report(
                    "this \(previous.instruction.name.text) has no effect: another one follows in line \(step.line)",
                    at: previous.instruction.name.span,
                    previous,
                    fix: fix,
                    names: .also(code, step.line)
                )
            }
            earlier[keyword] = step
        }
    }
}
