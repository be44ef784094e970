import CaissonDockerfile
import CaissonShell

/// Pin versions in apk add.
///
/// ## Why it matters
///
/// Without a version the image changes with the repository.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20
/// RUN apk add --no-cache curl
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// RUN apk add --no-cache curl=8.9.1-r2
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3018
enum DL3018 {
    static let rule = Rule("DL3018", .warning) { check in
        check.eachCommand("apk") { check, run, command in
            guard let words = command.installed(["add"], valued: PackageFlags.apk) else { return }
            let open = words.filter { !$0.contains("=~><") && !$0.hasSuffix(".apk") }
            check.reportUnpinned(open, "apk add", "=version", run, command)
        }
    }
}
