import CaissonDockerfile
import CaissonShell

/// Use apt-get instead of apt.
///
/// ## Why it matters
///
/// apt is made for people: its output and options may change from one release to the next.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN apt install -y curl=7.88.1-10
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
/// - https://github.com/hadolint/hadolint/wiki/DL3027
enum DL3027 {
    static let rule = Rule("DL3027", .warning, fix: .safe) { check in
        check.eachCommand("apt") { check, run, command in
            let verbs = [
                "install", "update", "upgrade", "remove", "purge", "autoremove", "clean", "full-upgrade", "download",
            ]
            var fix: Fix?
            if command.isEditable, command.argument(verbs) != nil, !command.has("full-upgrade"),
                command.shell.words.first?.isQuoted == false
            {
                let edits = [Edit(command.nameSpan, "apt-get")]
                // apt's upgrade installs new packages where it has to, apt-get's doesn't.
                fix = command.has("upgrade") ? .unsafe("use apt-get", edits) : .safe("use apt-get", edits)
            }
            check.report("apt is for people; use apt-get or apt-cache", at: command.nameSpan, run.step, fix: fix)
        }
    }
}
