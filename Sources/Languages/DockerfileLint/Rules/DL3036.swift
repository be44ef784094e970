import CaissonDockerfile
import CaissonShell

/// Run zypper clean after zypper install.
///
/// ## Why it matters
///
/// The cache stays in the layer otherwise.
///
/// ## Bad
///
/// ```dockerfile
/// FROM opensuse/leap:15.6
/// RUN zypper -n install curl=8.6.0
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM opensuse/leap:15.6
/// RUN zypper -n install curl=8.6.0 && zypper clean
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3036
enum DL3036 {
    static let rule = Rule("DL3036", .warning, fix: .unsafe) { check in
        check.eachUncleaned(
            "zypper",
            verbs: ["install", "in"],
            cleaned: Cleaning.ofZypper
        ) { check, run, command in
            guard !run.hasMount(at: Cleaning.zypperCaches) else { return }
            check.report(
                "run zypper clean in the same RUN",
                at: command.span,
                run.step,
                fix: run.appending("zypper clean")
            )
        }
    }
}
