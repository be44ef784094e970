import CaissonDockerfile
import CaissonShell

/// Limit wget's progress output.
///
/// ## Why it matters
///
/// The bar fills the build's log with thousands of lines.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN wget https://example.com/app.tar
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// RUN wget --progress=dot:giga https://example.com/app.tar
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3047
enum DL3047 {
    static let rule = Rule("DL3047", .info, fix: .safe) { check in
        check.eachCommand("wget") { check, run, command in
            guard !command.hasFlag("progress", "q", "quiet", "o", "output-file", "a", "append-output", "no-verbose"),
                !command.has("-nv")
            else { return }
            // BusyBox's wget knows no --progress, and fails; -q is what both have.
            let flag = BaseImages.bringGNU(run.step, in: check.facts) ? "--progress=dot:giga" : "-q"
            let fix =
                command.isEditable ? Fix.safe("add \(flag)", [Edit(at: command.nameSpan.upperBound, " \(flag)")]) : nil
            check.report(
                "limit wget's progress output: --progress=dot:giga, -nv or -q",
                at: command.span,
                run.step,
                fix: fix
            )
        }
    }
}
