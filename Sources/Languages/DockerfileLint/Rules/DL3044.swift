import CaissonDockerfile
import CaissonShell

/// An ENV can't use what it defines itself.
///
/// ## Why it matters
///
/// All values of one ENV are made with the variables as they were before it.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// ENV HOME_DIR=/app BIN_DIR=$HOME_DIR/bin
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// ENV HOME_DIR=/app
/// ENV BIN_DIR=$HOME_DIR/bin
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3044
enum DL3044 {
    static let rule = Rule("DL3044", .error) { check in
        for step in check.facts.steps(.env) {
            let pairs = step.instruction.pairs
            for pair in pairs {
                guard let value = pair.value else { continue }
                for use in check.facts.uses(in: value, of: step)
                where use.name != pair.key.text && !check.facts.isDefined(use.name, before: step) {
                    guard pairs.contains(where: { $0.key.text == use.name }) else { continue }
                    check.report(
                        "\(use.name) is defined in this ENV, and has no value yet where it is used",
                        at: use.span,
                        step
                    )
                }
            }
        }
    }
}
