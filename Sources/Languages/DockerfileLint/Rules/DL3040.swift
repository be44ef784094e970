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
        report(&check, "dnf", Cleaning.ofDnf)
        report(&check, "microdnf", Cleaning.ofMicrodnf)
    }

    private static func report(_ check: inout Check, _ name: String, _ cleaned: (Command) -> Bool) {
        check.eachUncleaned(
            name,
            verbs: ["install", "in", "upgrade", "up", "upgrade-minimal", "up-min", "reinstall", "rei"],
            cleaned: cleaned
        ) { check, run, command in
            guard !run.hasMount(at: Cleaning.rpmCaches), !run.hasMount(".cache/libdnf5") else { return }
            check.report(
                "run \(name) clean all in the same RUN",
                at: command.span,
                run.step,
                fix: run.appending("\(name) clean all")
            )
        }
    }
}
