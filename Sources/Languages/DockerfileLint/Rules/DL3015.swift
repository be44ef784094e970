import CaissonDockerfile
import CaissonShell

/// Use --no-install-recommends with apt-get install.
///
/// ## Why it matters
///
/// Recommended packages are many, and seldom needed in an image.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN apt-get install -y curl=7.88.1-10
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
/// - https://github.com/hadolint/hadolint/wiki/DL3015
enum DL3015 {
    static let rule = Rule("DL3015", .info, fix: .unsafe) { check in
        check.eachCommand("apt-get") { check, run, command in
            guard command.has("install"), !command.hasFlag("no-install-recommends"),
                !command.arguments.contains(where: { $0.text.holds("APT::Install-Recommends=false") })
            else { return }
            check.reportMissing("--no-install-recommends", "apt-get install", ["install"], run, command)
        }
    }
}
