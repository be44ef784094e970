import CaissonDockerfile
import CaissonShell

/// Use -y with apt-get install.
///
/// ## Why it matters
///
/// Nobody can answer apt's question in a build.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN apt-get install --no-install-recommends curl=7.88.1-10
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// RUN apt-get install -y --no-install-recommends curl=7.88.1-10
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3014
enum DL3014 {
    static let rule = Rule("DL3014", .warning, fix: .safe) { check in
        check.eachCommand("apt-get") { check, run, command in
            guard command.has("install"), !command.hasFlag("y", "yes", "assume-yes"), !command.has("-q=2"),
                command.countFlags("q", "quiet") < 2
            else { return }
            check.reportMissing("-y", "apt-get install", ["install"], run, command)
        }
    }
}
