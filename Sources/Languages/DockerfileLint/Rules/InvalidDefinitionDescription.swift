import CaissonDockerfile
import CaissonShell

/// A comment right above ARG or FROM should begin with its name.
///
/// ## Why it matters
///
/// `docker build --call=outline` shows that comment as the description of the argument or stage. BuildKit has it
/// as an experiment: it is off unless asked for. A line with nothing but `#` sets a comment apart; an empty line
/// doesn't.
///
/// ## Bad
///
/// ```dockerfile
/// # the version of the tool
/// ARG VERSION=1
/// FROM alpine:3.20
/// ```
///
/// ## Good
///
/// ```dockerfile
/// # VERSION of the tool
/// ARG VERSION=1
/// FROM alpine:3.20
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/invalid-definition-description/
enum InvalidDefinitionDescription {
    static let rule = Rule("InvalidDefinitionDescription", .info, fix: .safe, optional: true) { check in
        for step in check.facts.steps(.arg, .from) {
            let instruction = step.instruction
            guard let comment = check.facts.description(of: step) else { continue }
            let names =
                step.keyword == .arg ? instruction.pairs.map(\.key.text) : instruction.words.dropFirst(2).map(\.text)
            guard let first = names.first, !names.contains(String(comment.text.prefix { $0 != " " })) else { continue }
            let fix = Fix.safe("set the comment apart", [Edit(at: check.file.source.lineStarts[step.line - 1], "#\n")])
            check.report(
                "the comment above \(first) should begin with \"\(first)\", or be set apart by an empty comment",
                at: comment.span,
                step,
                fix: fix
            )
        }
    }
}
