import CaissonDockerfile
import CaissonShell

/// Pin versions in zypper install.
///
/// ## Why it matters
///
/// Without a version the image changes with the repository.
///
/// ## Bad
///
/// ```dockerfile
/// FROM opensuse/leap:15.6
/// RUN zypper -n install curl && zypper clean
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
/// - https://github.com/hadolint/hadolint/wiki/DL3037
enum DL3037 {
    static let rule = Rule("DL3037", .warning) { check in
        check.eachCommand("zypper") { check, run, command in
            guard let words = command.installed(["install", "in"], valued: PackageFlags.zypper) else { return }
            check.reportUnpinned(
                words.filter { !$0.contains("=><") && !$0.hasSuffix(".rpm") },
                "zypper install",
                "=version",
                run,
                command
            )
        }
    }
}
