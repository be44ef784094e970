import CaissonDockerfile
import CaissonShell

/// Set pipefail before a RUN with a pipe.
///
/// ## Why it matters
///
/// A pipe ends as its last command does: a failed download goes unseen.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN curl -fsS https://example.com/a | tar -x
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// SHELL ["/bin/bash", "-o", "pipefail", "-c"]
/// RUN curl -fsS https://example.com/a | tar -x
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL4006
enum DL4006 {
    static let rule = Rule("DL4006", .warning, fix: .unsafe) { check in
        var safe: [Int: Bool] = [:]
        for (index, step) in check.facts.steps.enumerated() where !step.isTrigger {
            let stage = step.stage ?? -1
            if step.keyword == .from, stage >= 0, case .stage(let parent) = check.facts.stages[stage].base {
                safe[stage] = safe[parent]
            } else if step.keyword == .shell {
                safe[stage] = Pipefail.isSet(by: step.instruction.words.map(\.text))
            } else if step.keyword == .run, safe[stage] != true,
                let run = check.facts.run(at: index), run.isPosix,
                let pipe = run.openPipes.first
            {
                check.report(
                    "a failure before the pipe goes unseen; set pipefail with SHELL",
                    at: pipe,
                    step,
                    fix: Pipefail.fix(for: step, in: check.facts)
                )
            }
        }
    }
}
