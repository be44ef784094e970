import CaissonDockerfile
import CaissonShell

/// COPY of several files needs a destination that ends with /.
///
/// ## Why it matters
///
/// Several files can only go into a directory.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// COPY a b /dest
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// COPY a b /dest/
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3021
enum DL3021 {
    static let rule = Rule("DL3021", .error, fix: .safe) { check in
        for step in check.facts.steps(.copy) where step.instruction.words.count > 2 {
            // A variable may end with a slash, too.
            guard let last = step.instruction.words.last, let path = check.facts.known(last.text, at: step),
                !path.hasSuffix("/")
            else { continue }
            let plain = last.text.utf8.first != 0x22 && !step.instruction.isJSON
            let fix = plain ? Fix.safe("end it with /", [Edit(at: last.span.upperBound, "/")]) : nil
            check.report("several files go into a directory: end \(last.text) with /", at: last.span, step, fix: fix)
        }
    }
}
