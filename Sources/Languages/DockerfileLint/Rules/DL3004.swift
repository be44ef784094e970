import CaissonDockerfile
import CaissonShell

/// Don't use sudo in RUN.
///
/// ## Why it matters
///
/// RUN is root unless USER says otherwise; sudo behaves in odd ways without a terminal. Switch with USER, or use
/// gosu in entry points.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN sudo make install
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// USER root
/// RUN make install
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3004
enum DL3004 {
    static let rule = Rule("DL3004", .error, fix: .unsafe) { check in
        check.eachCommand("sudo") { check, run, command in
            var fix: Fix?
            if command.isEditable, let next = command.arguments.first, !next.text.hasPrefix("-") {
                fix = .unsafe("take sudo out", [Edit(command.nameSpan.lowerBound..<command.span(next).lowerBound, "")])
            }
            check.report(
                "don't use sudo; RUN is root unless USER says otherwise",
                at: command.nameSpan,
                run.step,
                fix: fix
            )
        }
    }
}
