import CaissonText
import CaissonDockerfile
import CaissonShell

/// Give USER as a number.
///
/// ## Why it matters
///
/// Kubernetes' `runAsNonRoot` can tell only a number from root.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// USER app
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// USER 1000
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3066
enum DL3066 {
    static let rule = Rule("DL3066", .info) { check in
        for step in check.facts.steps(.user) {
            guard let word = step.instruction.words.first else { continue }
            let user = word.unquoted.prefix { $0 != ":" }
            guard !user.utf8.allSatisfy({ Ascii.isDigit($0) }) else { continue }
            let defined = check.facts.uses(in: word, of: step).map(\.name).filter {
                check.facts.isDefined($0, before: step)
            }
            if !defined.isEmpty {
                // Whoever builds may give an argument a number.
                let isGiven = defined.contains { check.facts.isArgument($0, before: step) }
                guard !isGiven, let value = check.facts.known(word.text, at: step),
                    !value.prefix(while: { $0 != ":" }).utf8.allSatisfy({ Ascii.isDigit($0) })
                else { continue }
            }
            check.report(
                "\(word.text) is a name; a number can be told from root without the image",
                at: word.span,
                step
            )
        }
    }
}
