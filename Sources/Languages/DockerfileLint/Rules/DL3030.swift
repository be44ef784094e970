import CaissonDockerfile
import CaissonShell

/// Use -y with yum install.
///
/// ## Why it matters
///
/// Nobody can answer yum's question in a build.
///
/// ## Bad
///
/// ```dockerfile
/// FROM rockylinux:9
/// RUN yum install curl-7.76.1 && yum clean all
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
/// - https://github.com/hadolint/hadolint/wiki/DL3030
enum DL3030 {
    static let rule = Rule("DL3030", .warning, fix: .safe) { check in
        check.eachCommand("yum") { check, run, command in
            let verbs = ["install", "groupinstall", "localinstall"]
            guard command.argument(verbs) != nil, !command.hasFlag("y", "assumeyes") else { return }
            check.reportMissing("-y", "yum install", verbs, run, command)
        }
    }
}
