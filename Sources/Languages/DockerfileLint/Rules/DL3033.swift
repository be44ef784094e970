import CaissonDockerfile
import CaissonShell

/// Pin versions in yum install.
///
/// ## Why it matters
///
/// Without a version the image changes with the repository.
///
/// ## Bad
///
/// ```dockerfile
/// FROM rockylinux:9
/// RUN yum install -y curl && yum clean all
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM rockylinux:9
/// RUN yum install -y curl-7.76.1 && yum clean all
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3033
enum DL3033 {
    static let rule = Rule("DL3033", .warning) { check in
        check.eachCommand("yum") { check, run, command in
            check.reportUnpinned(
                RpmPackage.unpinned(command, in: run, check.facts),
                "yum install",
                "-version",
                run,
                command
            )
        }
    }
}
