import CaissonDockerfile
import CaissonShell

/// Pin versions in dnf install.
///
/// ## Why it matters
///
/// Without a version the image changes with the repository.
///
/// ## Bad
///
/// ```dockerfile
/// FROM fedora:40
/// RUN dnf install -y curl && dnf clean all
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM fedora:40
/// RUN dnf install -y curl-8.6.0 && dnf clean all
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3041
enum DL3041 {
    static let rule = Rule("DL3041", .warning) { check in
        check.eachCommand("dnf", "microdnf") { check, run, command in
            check.reportUnpinned(
                RpmPackage.unpinned(command, in: run, check.facts),
                "\(command.name) install",
                "-version",
                run,
                command
            )
        }
    }
}
