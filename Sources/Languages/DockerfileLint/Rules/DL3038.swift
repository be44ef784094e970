import CaissonDockerfile
import CaissonShell

/// Use -y with dnf install.
///
/// ## Why it matters
///
/// Nobody can answer dnf's question in a build.
///
/// ## Bad
///
/// ```dockerfile
/// FROM fedora:40
/// RUN dnf install curl-8.6.0 && dnf clean all
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
/// - https://github.com/hadolint/hadolint/wiki/DL3038
enum DL3038 {
    static let rule = Rule("DL3038", .warning, fix: .safe) { check in
        check.eachCommand("dnf", "microdnf") { check, run, command in
            let verbs = ["install", "groupinstall", "localinstall"]
            guard command.argument(verbs) != nil, !command.hasFlag("y", "assumeyes") else { return }
            check.reportMissing("-y", "\(command.name) install", verbs, run, command)
        }
    }
}
