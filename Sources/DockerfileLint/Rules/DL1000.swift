import Dockerfile
import Shell

/// The Dockerfile doesn't parse.
///
/// ## Why it matters
///
/// BuildKit would refuse it. The rest of the file is checked all the same.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUM make
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// RUN make
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL1000
enum DL1000 {
    static let rule = Rule("DL1000", .error) { check in
        for problem in check.file.problems {
            let step = check.facts.steps.first { $0.span.contains(problem.span.lowerBound) && !$0.isTrigger }
            check.report(problem.message, at: problem.span, step)
        }
    }
}
