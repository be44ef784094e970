import CaissonDockerfile
import CaissonShell

/// Use -l when adding a user with a high number.
///
/// ## Why it matters
///
/// useradd writes a sparse lastlog file as long as the number is high; in a layer it is not sparse.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN useradd -u 123456 app
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// RUN useradd -l -u 123456 app
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3046
enum DL3046 {
    static let rule = Rule("DL3046", .warning, fix: .unsafe) { check in
        check.eachCommand("useradd") { check, run, command in
            guard command.hasFlag("u", "uid"), !command.hasFlag("l", "no-log-init") else { return }
            guard let text = command.value(of: ["-u", "--uid"]), let number = check.facts.known(text, at: run.step),
                number.utf8.count > 5, number.utf8.allSatisfy({ Ascii.isDigit($0) })
            else { return }
            let fix = command.isEditable ? Fix.unsafe("add -l", [Edit(at: command.nameSpan.upperBound, " -l")]) : nil
            check.report("with a number as high as \(number), useradd needs -l", at: command.span, run.step, fix: fix)
        }
    }
}
