import CaissonDockerfile
import CaissonShell

/// Don't run zypper dist-upgrade.
///
/// ## Why it matters
///
/// It makes another distribution of the base image; take a newer base image instead.
///
/// ## Bad
///
/// ```dockerfile
/// FROM opensuse/leap:15.6
/// RUN zypper -n dup
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM opensuse/leap:15.6
/// RUN zypper -n refresh
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3035
enum DL3035 {
    static let rule = Rule("DL3035", .warning) { check in
        check.eachCommand("zypper") { check, run, command in
            guard let verb = command.argument(["dist-upgrade", "dup"]) else { return }
            check.report("don't upgrade the distribution; take a newer base image", at: command.span(verb), run.step)
        }
    }
}
