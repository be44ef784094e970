import CaissonDockerfile
import CaissonShell

/// Run yarn cache clean after yarn install.
///
/// ## Why it matters
///
/// The cache stays in the layer otherwise.
///
/// ## Bad
///
/// ```dockerfile
/// FROM node:22
/// RUN yarn install --frozen-lockfile
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM node:22
/// RUN yarn install --frozen-lockfile && yarn cache clean
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3060
enum DL3060 {
    static let rule = Rule("DL3060", .info, fix: .unsafe) { check in
        check.eachUncleaned(
            "yarn",
            verbs: ["install"],
            cleaned: Cleaning.ofYarn
        ) { check, run, command in
            guard !run.hasMount(at: Cleaning.yarnCaches), !run.hasMount("yarn"),
                check.facts.isShipped(stage: run.step.stage)
            else { return }
            check.report(
                "run yarn cache clean in the same RUN",
                at: command.span,
                run.step,
                fix: run.appending("yarn cache clean")
            )
        }
    }
}
