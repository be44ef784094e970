import CaissonDockerfile
import CaissonShell

/// Don't leave findings out by comments in the Dockerfile.
///
/// ## Why it matters
///
/// Where exceptions are to be decided elsewhere, comments that silence rules should be seen. Off unless its
/// severity is raised.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20
/// # hadolint ignore=DL3018
/// RUN apk add --no-cache curl
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// RUN apk add --no-cache curl=8.9.1-r2
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL1001
enum DL1001 {
    static let rule = Rule("DL1001", .ignore) { check in
        for pragma in Pragma.all(in: check.file) {
            check.report(
                "this comment leaves findings out: \(pragma.names.joined(separator: ", "))",
                at: pragma.comment.span
            )
        }
    }
}
