import CaissonDockerfile
import CaissonShell

/// BuildKit can't build this Dockerfile.
///
/// ## Why it matters
///
/// It doesn't parse, or it has a name or a value that BuildKit doesn't take: a port, a signal, a flag's value, a stage
/// that comes later. Nothing is said about what a base image or `--build-arg` may set. The rest of the file is checked
/// all the same.
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
        if let zero = check.file.firstZero {
            // The other problems of a binary file would help nobody.
            return check.report("this is a binary file, no Dockerfile: it has a byte of zero", at: zero..<(zero + 1))
        }
        for problem in check.file.problems + check.file.refusals + CheckOptions.problems(of: check.file) {
            check.report(problem.message, at: problem.span, check.facts.step(at: problem.span.lowerBound))
        }
    }
}
