import CaissonDockerfile
import CaissonShell

/// Use SHELL to change the default shell.
///
/// ## Why it matters
///
/// A link at /bin/sh changes it for all that runs in the image; SHELL for RUN alone.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN ln -sf /bin/bash /bin/sh
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// SHELL ["/bin/bash", "-c"]
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL4005
enum DL4005 {
    static let rule = Rule("DL4005", .warning) { check in
        check.eachCommand("ln") { check, run, command in
            guard command.has("/bin/sh") else { return }
            check.report("use SHELL [\"/bin/bash\", \"-c\"] to change the shell of RUN", at: command.span, run.step)
        }
    }
}
