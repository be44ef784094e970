import CaissonDockerfile
import CaissonShell

/// The last USER should not be root.
///
/// ## Why it matters
///
/// What breaks out of a process that runs as root is root on more than the container.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// USER root
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// USER root
/// RUN make install
/// USER app
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3002
enum DL3002 {
    static let rule = Rule("DL3002", .warning) { check in
        var last: [Int: Step] = [:]
        for step in check.facts.steps(.user) { if let stage = step.stage { last[stage] = step } }
        for step in last.values.sorted(by: { $0.index < $1.index }) {
            guard let word = step.instruction.words.first else { continue }
            let user = word.unquoted
            guard ["root", "0"].contains(user) || user.hasPrefix("root:") || user.hasPrefix("0:") else { continue }
            check.report("the last user of this stage is root; switch to another one", at: word.span, step)
        }
    }
}
