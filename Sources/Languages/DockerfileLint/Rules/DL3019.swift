import CaissonDockerfile
import CaissonShell

/// Use --no-cache with apk add.
///
/// ## Why it matters
///
/// The index stays in the layer otherwise.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20
/// RUN apk add curl=8.9.1-r2
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
/// - https://github.com/hadolint/hadolint/wiki/DL3019
enum DL3019 {
    static let rule = Rule("DL3019", .info, fix: .unsafe) { check in
        check.eachCommand("apk") { check, run, command in
            guard command.has("add"), !command.hasFlag("no-cache"), !run.hasMount("/var/cache/apk") else { return }
            check.reportMissing("--no-cache", "apk add", ["add"], run, command)
        }
    }
}
