import CaissonDockerfile
import CaissonShell

/// Ports are at most 65535.
///
/// ## Why it matters
///
/// There are no others.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// EXPOSE 80000
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// EXPOSE 65535
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3011
enum DL3011 {
    static let rule = Rule("DL3011", .error) { check in
        for step in check.facts.steps(.expose) {
            for word in step.instruction.words {
                let ports = word.text.prefix { $0 != "/" }.split(separator: "-").compactMap { Int($0) }
                if ports.contains(where: { $0 > 65535 }) {
                    check.report("\(word.text): a port is at most 65535", at: word.span, step)
                }
            }
        }
    }
}
