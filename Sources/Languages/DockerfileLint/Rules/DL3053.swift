import CaissonDockerfile
import CaissonShell

/// A label should be a time as in RFC 3339.
///
/// ## Why it matters
///
/// The configuration says so: its `label-schema`, or `--require-label`, makes this label a time as in RFC 3339.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// LABEL built=yesterday
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// LABEL built=2024-08-01T12:00:00Z
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3053
enum DL3053 {
    static let rule = Rule("DL3053", .warning) { check in
        check.eachLabel(.rfc3339, isValid: LabelValue.isTime, "a time as in RFC 3339")
    }
}
