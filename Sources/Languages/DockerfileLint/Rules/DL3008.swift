import CaissonDockerfile
import CaissonShell

/// Pin versions in apt-get install.
///
/// ## Why it matters
///
/// Without a version the image changes with the archive, and old layers in the cache keep old packages.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// RUN apt-get update && apt-get install -y --no-install-recommends curl=7.88.1-10+deb12u7 && rm -rf /var/lib/apt/lists/*
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3008
enum DL3008 {
    static let rule = Rule("DL3008", .warning) { check in
        check.eachCommand("apt-get") { check, run, command in
            guard let words = command.installed(["install"], valued: PackageFlags.apt) else { return }
            let open = words.filter { !$0.contains("=/") && !$0.hasSuffix(".deb") }
            check.reportUnpinned(open, "apt-get install", "=version", run, command)
        }
    }
}
