import CaissonDockerfile
import CaissonShell

/// Run yum clean all after yum install.
///
/// ## Why it matters
///
/// The cache stays in the layer otherwise.
///
/// ## Bad
///
/// ```dockerfile
/// FROM rockylinux:9
/// RUN yum install -y curl-7.76.1
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
/// - https://github.com/hadolint/hadolint/wiki/DL3032
enum DL3032 {
    static let rule = Rule("DL3032", .warning, fix: .unsafe) { check in
        check.eachUncleaned(
            "yum",
            verbs: ["install"],
            cleaned: Cleaning.ofDnf
        ) { check, run, command in
            guard !run.hasMount(at: Cleaning.rpmCaches) else { return }
            check.report(
                "run yum clean all in the same RUN",
                at: command.span,
                run.step,
                fix: run.appending("yum clean all")
            )
        }
    }
}
