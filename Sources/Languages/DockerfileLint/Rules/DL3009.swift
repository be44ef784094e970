import CaissonDockerfile
import CaissonShell

/// Delete apt's lists after installing.
///
/// ## Why it matters
///
/// The lists are tens of megabytes in the layer that nobody needs.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN apt-get update && apt-get install -y --no-install-recommends curl=7.88.1-10
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// RUN apt-get update && apt-get install -y --no-install-recommends curl=7.88.1-10 && rm -rf /var/lib/apt/lists/*
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3009
enum DL3009 {
    static let rule = Rule("DL3009", .info, fix: .unsafe) { check in
        for run in check.facts.runs where check.facts.isShipped(stage: run.step.stage) {
            let isUpdate: (Command) -> Bool = {
                ["apt", "apt-get", "aptitude"].contains($0.name) && $0.has("update")
            }
            guard !run.hasMount(at: Cleaning.aptLists), let update = run.commands.first(where: isUpdate),
                let last = run.commands.lastIndex(where: isUpdate),
                !run.commands[last...].contains(where: Cleaning.ofApt)
            else { continue }
            check.report(
                "delete apt's lists in the same RUN: rm -rf /var/lib/apt/lists/*",
                at: update.span,
                run.step,
                fix: run.appending("rm -rf /var/lib/apt/lists/*")
            )
        }
    }
}
