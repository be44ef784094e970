import CaissonDockerfile
import CaissonShell

/// A label should be a git hash.
///
/// ## Why it matters
///
/// The configuration says so: its `label-schema`, or `--require-label`, makes this label a git hash.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// LABEL rev=main
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// LABEL rev=0123abc
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3055
enum DL3055 {
    static let rule = Rule("DL3055", .warning) { check in
        check.eachLabel(.hash, isValid: LabelValue.isHash, "a git hash of 7 or 40 digits")
    }
}
