import CaissonDockerfile
import CaissonShell

/// Run dnf clean all after dnf install.
///
/// ## Why it matters
///
/// The cache stays in the layer otherwise.
///
/// ## Bad
///
/// ```dockerfile
/// FROM fedora:40
/// RUN dnf install -y curl-8.6.0
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
/// - https://github.com/hadolint/hadolint/wiki/DL3040
enum DL3040 {
    static let rule = Rule("DL3040", .warning, fix: .unsafe) { check in
        for name in ["dnf", "microdnf"] {
            check.eachUncleaned(
                name,
                verbs: ["install", "in", "upgrade", "up", "upgrade-minimal", "up-min", "reinstall", "rei"],
                cleaned: { command in
                    command.name == name && command.has("clean")
                        || command.name == "rm" && command.has("/var/cache/libdnf5*")
                }
            ) { check, run, command in
                guard !run.hasMount("/var/cache/libdnf5"), !run.hasMount(".cache/libdnf5") else { return }
                check.report(
                    "run \(name) clean all in the same RUN",
                    at: command.span,
                    run.step,
                    fix: run.appending("\(name) clean all")
                )
            }
        }
    }
}
