import CaissonDockerfile
import CaissonShell

/// Use -n or -y with zypper.
///
/// ## Why it matters
///
/// Nobody can answer zypper's question in a build.
///
/// ## Bad
///
/// ```dockerfile
/// FROM opensuse/leap:15.6
/// RUN zypper install curl=8.6.0 && zypper clean
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM opensuse/leap:15.6
/// RUN zypper install -y curl=8.6.0 && zypper clean
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3034
enum DL3034 {
    static let rule = Rule("DL3034", .warning, fix: .safe) { check in
        check.eachCommand("zypper") { check, run, command in
            let verbs = ["install", "in", "remove", "rm", "source-install", "si", "patch"]
            guard command.argument(verbs) != nil, !command.hasFlag("n", "non-interactive", "y", "no-confirm") else {
                return
            }
            check.reportMissing("-y", "zypper", verbs, run, command)
        }
    }
}
