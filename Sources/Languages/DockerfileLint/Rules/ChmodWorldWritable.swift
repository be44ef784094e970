import CaissonDockerfile
import CaissonShell

/// Don't make files writable for everyone.
///
/// ## Why it matters
///
/// Any process in the container can change such files, and what runs them.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN chmod -R 777 /srv
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// RUN chmod -R 755 /srv
/// ```
///
/// ## References
///
/// - https://docs.docker.com/build/building/best-practices/
enum ChmodWorldWritable {
    static let rule = Rule("ChmodWorldWritable", .warning, fix: .unsafe) { check in
        check.eachCommand("chmod") { check, run, command in
            guard let word = command.arguments.first(where: { FileMode.isWorldWritable($0.text) }) else { return }
            var fix: Fix?
            if command.isEditable, word.text == "777" || word.text == "0777" {
                fix = .unsafe("write 755", [Edit(command.span(word), "755")])
            }
            check.report("\(word.text) lets everyone write", at: command.span(word), run.step, fix: fix)
        }
        for step in check.facts.steps(.copy, .add) {
            guard let flag = step.instruction.flag("chmod"), let value = flag.value, FileMode.isWorldWritable(value)
            else { continue }
            check.report("\(value) lets everyone write", at: flag.valueSpan, step)
        }
    }
}
