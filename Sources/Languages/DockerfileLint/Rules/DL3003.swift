import CaissonDockerfile
import CaissonShell

/// Use WORKDIR to change the directory.
///
/// ## Why it matters
///
/// `cd` holds for one RUN only, and is easily overlooked.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN cd /src && make
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// WORKDIR /src
/// RUN make
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3003
enum DL3003 {
    static let rule = Rule("DL3003", .warning) { check in
        check.eachCommand("cd", triggers: false) { check, run, command in
            check.report("use WORKDIR to change the directory", at: command.span, run.step)
        }
    }
}
