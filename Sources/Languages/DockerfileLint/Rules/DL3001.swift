import CaissonDockerfile
import CaissonShell

/// Commands that make no sense in a container.
///
/// ## Why it matters
///
/// `ssh`, `vim`, `service`, `mount` and the like need a machine around them, or a person.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN service nginx start
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// RUN nginx -t
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3001
enum DL3001 {
    static let rule = Rule("DL3001", .info) { check in
        check.eachCommand("free", "kill", "mount", "ps", "service", "shutdown", "ssh", "top", "vim") {
            check,
            run,
            command in
            check.report("\(command.name) makes little sense in a container", at: command.nameSpan, run.step)
        }
    }
}
